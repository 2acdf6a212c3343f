"""The few scripts that Wagtail's pages hold inline, known by their form, and allowed by a nonce; no other runs.

Wagtail starts its date fields, its choosers and its panels of several rows with a line of script beside each, without
a nonce. Such a line is one of a handful of calls, whose arguments are literals: only what is exactly that is given the
nonce of the answer. A script that found its way into a page stays without one and isn't run.
"""

import re
import secrets

_STRING = r'"(?:[^"\\<\n]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
#: A JSON text without a tag in it; whether it is well-formed is the script's own affair, it can't call anything.
_JSON = rf"\{{(?:{_STRING}|[\s,:{{}}\[\]0-9.eE+-]|true|false|null)*\}}"
_CALLS = "|".join(
    (
        rf"init(?:Date|DateTime|Time)Chooser\({_STRING}, {_JSON}\);",
        rf"new [A-Z][A-Za-z]*Chooser\({_STRING}, {_JSON}\);",
        rf"new Chooser\({_STRING}, {_JSON}\);",
        rf"createTaskChooser\({_STRING}\);",
        rf"\s*\(function\(\) \{{\s*var panel = new (?:Inline|MultipleChooser)Panel\(JSON\.parse\({_STRING}\)\);\s*"
        r"\}\)\(\);\s*",
    )
)
#: As it stands in a page, or within the template of a row to come, whose end tags Wagtail spells otherwise.
_SCRIPT = re.compile(rf"<script>(?P<call>{_CALLS})(?P<end><-*/script>)")


def new_nonce() -> str:
    """For one answer."""
    return secrets.token_urlsafe(18)


def with_nonce(page: str, nonce: str) -> str:
    """`page` with `nonce` on each script in it that is one of Wagtail's own."""
    return _SCRIPT.sub(rf'<script nonce="{nonce}">\g<call>\g<end>', page)

"""Keeps secrets out of everything that is written about requests: logs, error reports, mails.

`SecretFilter` stands on every handler in `settings.LOGGING`; `install` adds it where other programs brought handlers
of their own (granian's access log). `SecretReporter` is Django's report of an error, cleaned as a whole. Both know a
secret by its looks and by its places: behind `des_`, behind `/k/` in an address, and in an Authorization header. The
links of invitations and of forgotten passwords are kept out the same way.
"""

import logging
import re

from django.views.debug import ExceptionReporter

#: What stands where a secret stood.
HIDDEN = "[gizli]"

_SECRETS = (
    # However an address spells its letters: `_` may come as %5F.
    (re.compile(r"(?i)des(?:_|%5f)(?:[\w-]|%[0-9a-f]{2}){16,}"), HIDDEN),
    (re.compile(r"(?i)(/(?:k|%6b)/)(?:[\w-]|%[0-9a-f]{2}){24,}"), rf"\1{HIDDEN}"),
    # Links that were sent by mail: to join, and to choose a new password.
    (re.compile(r"(/davet/)[^/\s?\"'<>&]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"(/parola/sifirla/[\w-]+/)[\w-]+-[\w-]+"), rf"\1{HIDDEN}"),
    # In reports of errors a line end and quotation marks may stand between the two words.
    (re.compile(r"""(?i)\b(basic|bearer)((?:[\s'"]|&#x27;|&quot;)+)[\w+/=.~-]{16,}"""), rf"\1\2{HIDDEN}"),
)


def without_secrets(text: str) -> str:
    """`text` with what is or may be a secret left out."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class SecretFilter(logging.Filter):
    """Lets every record through, without secrets in its message, its traceback and its stack."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            record.msg = without_secrets(record.getMessage())
        except (TypeError, ValueError, KeyError):
            # Logging itself would print the arguments to say what is wrong with them.
            record.msg = f"{without_secrets(str(record.msg))} (its arguments don't fit and are left out)"
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(record.exc_text)
        if record.stack_info:
            record.stack_info = without_secrets(record.stack_info)
        return True


class SecretReporter(ExceptionReporter):
    """Django's report of an error, as page and as text, without secrets wherever they stood."""

    def get_traceback_html(self) -> str:
        return without_secrets(super().get_traceback_html())

    def get_traceback_text(self) -> str:
        return without_secrets(super().get_traceback_text())


def install() -> None:
    """Puts the filter on handlers that the settings don't name. Called when the application starts."""
    for name in ("granian.access", "_granian"):
        for handler in logging.getLogger(name).handlers:
            if not any(isinstance(known, SecretFilter) for known in handler.filters):
                handler.addFilter(SecretFilter())

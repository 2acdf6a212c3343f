"""The forms of a page, read as a browser would send them, and their fields spoiled one after the other.

A form whose every field is spoiled is refused, so that nothing behind it is ever asked. Here everything else is as the
page itself holds it, or as a person would have filled it in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup

#: What no page sends in a field of the kind: moments that no clock can reckon with, numbers that no row has, texts that
#: no database keeps. All of a kind of the first two, one after the other of the last.
HOSTILE = {
    "moment": ("0001-01-01", "01.01.0001 00:00", "9999-12-31 23:59"),
    "number": ("9" * 25,),
    "text": ("\x00", "x" * 9000, "\u202e'\"{{7*7}}"),
}
#: Never spoiled: without them nothing is asked at all.
KEPT = ("csrfmiddlewaretoken",)


@dataclass(frozen=True)
class Form:
    """Where a form is sent, what it holds, and what kind of thing each of its fields takes."""

    action: str
    method: str
    values: tuple[tuple[str, str], ...]
    kinds: dict[str, str] = field(hash=False)

    def filled_in(self, **filled: str | list[str]) -> "Form":
        """With `filled` in the fields of these names."""
        values = [(name, value) for name, value in self.values if name not in filled]
        for name, value in filled.items():
            values += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return Form(self.action, self.method, tuple(values), self.kinds)

    def spoiled(self, kinds: Iterable[str] = tuple(HOSTILE)) -> Iterator["Form"]:
        """With one field after the other holding what none of its kind holds, the others as they are."""
        texts = cycle(HOSTILE["text"])
        for name, kind in self.kinds.items():
            if kind in kinds:
                for hostile in [next(texts)] if kind == "text" else HOSTILE[kind]:
                    yield self.filled_in(**{name: hostile})

    @property
    def encoded(self) -> str:
        return urlencode(self.values)


def forms_of(page: str, address: str) -> list[Form]:
    """The forms of the HTML `page`, which stands at `address`."""
    return [_read(form, address) for form in BeautifulSoup(page, "html.parser").find_all("form")]


def _read(form, address: str) -> Form:
    values, kinds = [], {}
    for control in form.find_all(["input", "select", "textarea"]):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or name in KEPT or kind in ("submit", "button", "file", "image"):
            continue
        if control.find_parent("template"):
            continue
        kinds[name] = _kind(control)
        values += [(name, value) for value in _values(control)]
    action = urljoin(address, form.get("action") or address)
    return Form(action, form.get("method", "get").upper(), tuple(values), kinds)


def _values(control) -> list[str]:
    """What a browser sends of `control` as the page holds it."""
    if control.name == "textarea":
        return [control.get_text().removeprefix("\n")]
    if control.name == "select":
        options = control.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")]
        if not chosen and not control.has_attr("multiple"):
            chosen = options[:1]
        return [option.get("value", option.get_text()) for option in chosen]
    if control.get("type") in ("checkbox", "radio"):
        return [control.get("value", "on")] if control.has_attr("checked") else []
    return [control.get("value", "")]


def _kind(control) -> str:
    said = " ".join(
        str(control.get(attribute, "")) for attribute in ("type", "id", "name", "data-controller")
    )
    if any(word in said for word in ("date", "_at", "time", "since", "until", "last_login", "_on")):
        return "moment"
    if control.name == "select" or control.get("type") in ("checkbox", "radio", "hidden", "number"):
        return "number"
    return "text"

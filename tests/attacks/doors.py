"""Every door there is: each route of the URL configuration as an address, true or with anything in its gaps.

The walk of `tests.test_entitlement_walk` lists the routes; here their gaps are filled.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.test_entitlement_walk import routes

#: A gap of a route: `<converter:name>`, or a group of a regular expression, which may hold another.
GAP = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>|\((?:[^()]|\([^()]*\))*\)(?P<optional>\?)?")


@dataclass(frozen=True)
class Door:
    """A route and its qualified name."""

    route: str
    name: str

    @property
    def gaps(self) -> int:
        return len(list(GAP.finditer(self.route)))

    def address(self, value: Callable[[str], str]) -> str:
        """The address in which each gap holds what `value` says for its name; for a nameless group, for its text."""
        pattern = self.route.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\.", ".")

        def filled(match: re.Match) -> str:
            named = re.match(r"\(\?P<(\w+)>", match[0])
            return value(match["name"] or (named[1] if named else match[0]))

        return "/" + GAP.sub(filled, pattern)


def doors() -> list[Door]:
    """Each route once, in the order of the configuration."""
    return list(dict.fromkeys(Door(route, name) for route, name in routes()))


def site_doors() -> list[Door]:
    return [door for door in doors() if not door.route.startswith("yonetim/")]


def admin_doors() -> list[Door]:
    return [door for door in doors() if door.route.startswith("yonetim/")]


#: Routes under these are answered by the views that answer those of news items and of desks.
TWINS = tuple(
    f"yonetim/{name}/" for name in ("aciklamalar", "bultenler", "konular", "kaynaklar", "bulten-dizileri")
)


def unlike_admin_doors() -> list[Door]:
    """The doors of the admin without those that differ in the model alone."""
    return [door for door in admin_doors() if not door.route.startswith(TWINS)]


def forged_addresses(door: Door, true: Callable[[str], str], values: list[str]) -> Iterator[str]:
    """The addresses of `door` with each of `values` in one gap after the other, the others holding what is true."""
    for place in range(door.gaps):
        for forged in values:
            number = iter(range(door.gaps))
            yield door.address(
                lambda name, forged=forged, number=number, place=place: (
                    quote(forged, safe="%/;.~-_") if next(number) == place else true(name)
                )
            )

"""Who may read what: the keys a reader holds and the keys that open an item.

A reader may read an item when the two sets meet. This module is the one place where either set is made; `bulletin`
stores an item's keys beside it, and every list, page, feed, hit and image asks with the reader's keys.
Keys are never made from a slug, which could be used again: an agency is named by its number.
"""

from collections.abc import Iterable

#: What anybody on the internet may read.
PUBLIC = "public"
#: What every agency entitled to everything may read; on an item, "yalnızca kullanıcı kurumlara açık".
SUBSCRIBER = "subscriber"
#: Held by the directorate's own editors, and on every item: the newsroom reads all it has offered.
NEWSROOM = "newsroom"

ANONYMOUS_KEYS = frozenset({PUBLIC})


def agency_key(agency_id: int) -> str:
    """The key of items addressed to one agency by name."""
    return f"agency:{agency_id}"


def part_key(kind: str, value: str | int) -> str:
    """The key of one desk, topic, series or language, for an agency entitled to parts only."""
    return f"{SUBSCRIBER}:{kind}:{value}"


def keys_of(user) -> frozenset[str]:
    """The keys `user` holds at this moment.

    Anonymous and inactive users, and users of an agency whose contract isn't in force, hold `public` alone.
    """
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS_KEYS
    keys = {PUBLIC}
    if user.has_perm("bulletin.read_all"):
        keys |= {SUBSCRIBER, NEWSROOM}
    if user.agency is not None:
        keys |= keys_of_agency(user.agency)
    return frozenset(keys)


def keys_of_agency(agency) -> frozenset[str]:
    """The keys that reading for `agency` gives at this moment; only `public` unless its contract is in force.

    An agency reads what was addressed to those merged into it: they can't any more.
    """
    if not agency.is_current():
        return ANONYMOUS_KEYS
    keys = {PUBLIC, agency_key(agency.pk), *map(agency_key, agency.predecessors)}
    if agency.entitled_to_everything:
        keys.add(SUBSCRIBER)
    else:
        keys |= {part_key(entitlement.kind, entitlement.value) for entitlement in agency.entitlements.all()}
    return frozenset(keys)


def keys_of_audience(
    audience: Iterable[str],
    *,
    language: str,
    desk_id: int | None = None,
    topic_ids: Iterable[int] = (),
    series_id: int | None = None,
) -> frozenset[str]:
    """The keys that open an item with this `audience`.

    The derived `subscriber:*` keys are there only if the audience holds `subscriber`: an item addressed to one agency
    is not opened by its desk. Raises ValueError for an empty audience, which nobody could read.
    """
    keys = set(audience)
    if not keys:
        raise ValueError("An item's audience is never empty.")
    if SUBSCRIBER in keys:
        keys.add(part_key("language", language))
        keys |= {part_key("topic", topic_id) for topic_id in topic_ids}
        if desk_id is not None:
            keys.add(part_key("desk", desk_id))
        if series_id is not None:
            keys.add(part_key("series", series_id))
    keys.add(NEWSROOM)
    return frozenset(keys)

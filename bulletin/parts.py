"""The parts of the bulletin that an agency may be entitled to, as people say them: “masa Asya Masası, dil Türkçe”."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from subscribers.models import Agency, AgencyEntitlement

from .models import BulletinSeries, Desk, Topic
from .vocabulary import language_name, languages

Kind = AgencyEntitlement.Kind

_MODELS = {Kind.DESK: Desk, Kind.TOPIC: Topic, Kind.SERIES: BulletinSeries}


def in_words(parts: Iterable[tuple[str, str]]) -> str:
    """(kind, value) pairs of entitlements, with names for numbers; what isn't there any more keeps its number."""
    pairs = list(parts)
    numbers: dict[str, set[int]] = {}
    for kind, value in pairs:
        if kind != Kind.LANGUAGE:
            numbers.setdefault(kind, set()).add(int(value))
    names = {kind: _MODELS[kind].objects.in_bulk(wanted) for kind, wanted in numbers.items()}
    words = []
    for kind, value in pairs:
        name = language_name(value) if kind == Kind.LANGUAGE else names[kind].get(int(value), value)
        words.append(f"{Kind(kind).label} {name}")
    return ", ".join(words) or _("hiçbiri")


def parts_of(agency: Agency) -> str:
    """The parts that `agency` is entitled to, in words."""
    return in_words(agency.entitlements.order_by("kind", "value").values_list("kind", "value"))


def parts_to_choose() -> list[tuple[str, list[tuple[str, str]]]]:
    """(kind in words, [(`kind:value`, name)]) of every part there is, for a menu."""
    groups = [
        (Kind(kind).label, [(f"{kind}:{thing.pk}", str(thing)) for thing in model.objects.all()])
        for kind, model in _MODELS.items()
    ]
    tongues = [(f"{Kind.LANGUAGE}:{code}", name) for code, name in languages()]
    return [*groups, (Kind.LANGUAGE.label, tongues)]

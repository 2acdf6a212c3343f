"""Reading the audit log: which events are asked for, and how one is told in words.

Used by the page and the table of `administration.audit`. Order is that of sequences, so a page is asked for by the
sequence it begins before or after, and no event is counted. Names come from whoever is still there, else from the
personal data that the log keeps; what was erased has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulletin.models import Item
from subscribers.audit_kinds import AuditKind
from subscribers.models import (
    Agency,
    AuditEvent,
    AuditPersonalData,
    ServiceAccount,
    Token,
    User,
    normalise_email,
)

#: People whom a part of a name may mean at most.
NAMESAKES = 50

#: Rows of personal data looked through for the names of people who are gone.
LOOKED_THROUGH = 500

#: Kinds whose personal data are what stood before and after.
CHANGES = (AuditKind.PERSON_CHANGED, AuditKind.AGENCY_CHANGED, AuditKind.AGENCY_ENDED)

LABELS: dict[str, str | Promise] = {
    "actor": _("yapan"),
    "address": _("adres"),
    "after": _("sonra"),
    "again": _("yeniden"),
    "agency": _("kurum"),
    "before": _("önce"),
    "by": _("nasıl"),
    "cause": _("neden"),
    "changed": _("değişen"),
    "checkpoint": _("imhanın özeti"),
    "code": _("kod"),
    "contact_email": _("ilgili kişinin e-postası"),
    "contact_name": _("ilgili kişi"),
    "contact_phone": _("ilgili kişinin telefonu"),
    "coordinator": _("kurum sorumlusu"),
    "coordinators": _("kurum sorumluluğu kalkan"),
    "desks": _("masalar"),
    "digest": _("özeti"),
    "edition": _("sürüm"),
    "email": _("e-posta"),
    "ended": _("sonlandırılan"),
    "ended_at": _("sözleşme bitişi"),
    "entitled_to_everything": _("bütün içeriğe yetkili"),
    "events": _("kayıt"),
    "first": _("ilk sıra"),
    "first_name": _("ad"),
    "given": _("verilen"),
    "head": _("günlüğün başı"),
    "holder": _("sahibi"),
    "indicator": _("gösterge"),
    "into": _("birleştiği kurum"),
    "invited": _("çağrılan"),
    "invited_by": _("çağıran"),
    "is_active": _("hesap açık"),
    "is_coordinator": _("kurum sorumlusu"),
    "is_superuser": _("üst yönetici"),
    "item": _("içerik"),
    "kind": _("tür"),
    "language": _("dil"),
    "last": _("son sıra"),
    "last_name": _("soyadı"),
    "left": _("kalan kod"),
    "month": _("ay"),
    "moved": _("geçen kişiler"),
    "name": _("ad"),
    "network_address": _("ağ adresi"),
    "networks": _("izinli ağlar"),
    "people": _("kişi sayısı"),
    "people_limit": _("kişi sınırı"),
    "period": _("dönem"),
    "permissions": _("izinler"),
    "person": _("kişi"),
    "publication": _("yayım günlüğündeki sırası"),
    "purpose": _("amaç"),
    "reason": _("gerekçe"),
    "received_on": _("başvuru tarihi"),
    "records": _("tutanak"),
    "refused": _("çağrılmayan"),
    "request": _("başvuru numarası"),
    "role": _("rol"),
    "roles": _("roller"),
    "rows": _("satır"),
    "scopes": _("kapsam"),
    "second_factor": _("ikinci doğrulama"),
    "second_factor_required": _("ikinci doğrulama zorunlu"),
    "sequences": _("kayıtlar"),
    "since": _("ilk gün"),
    "started_at": _("sözleşme başlangıcı"),
    "stays": _("oturum açık kalır"),
    "step": _("adım"),
    "taken": _("alınan"),
    "to_invite": _("çağrılacak"),
    "until": _("son gün"),
    "value": _("değer"),
    "version": _("sürüm"),
    "year": _("yıl"),
}


@dataclass(frozen=True)
class Asked:
    """What is asked of the log. people: None for everybody; address: an e-mail address typed, known or not."""

    kind: str = ""
    people: frozenset[UUID] | None = None
    address: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Told:
    """One event in words. personal: None where there were none; erased: whether they are gone."""

    event: AuditEvent
    moment: str
    kind: str
    actor: str
    subject: str
    details: list[tuple[str, str]]
    personal: list[tuple[str, str]] | None
    erased: bool


def people_meant(typed: str) -> frozenset[UUID]:
    """The people that a number (UUID), an e-mail address or a part of a name may mean."""
    try:
        return frozenset({UUID(typed)})
    except ValueError:
        pass
    if "@" in typed:
        address = normalise_email(typed)
        known = AuditPersonalData.objects.filter(fields__email=address, person__isnull=False)
        return frozenset(
            {
                *User.objects.filter(email=address).values_list("uuid", flat=True),
                *known.values_list("person", flat=True).distinct()[:NAMESAKES],
            }
        )
    named = Q()
    for word in typed.split():
        named &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    return frozenset(User.objects.filter(named).order_by("pk").values_list("uuid", flat=True)[:NAMESAKES])


def events(
    asked: Asked, *, limit: int, before: int | None = None, after: int | None = None
) -> list[AuditEvent]:
    """At most `limit` events, newest first: those next to `before` (older) or `after` (newer) where one is given."""
    found = _within_days(AuditEvent.objects.all(), asked)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if before is not None:
        found = found.filter(sequence__lt=before)
    if after is not None:
        found = found.filter(sequence__gt=after)
    order = "sequence" if after is not None else "-sequence"
    if asked.people is None:
        chosen = list(found.order_by(order)[:limit])
    else:
        # Three ways to be concerned, each by an index of its own.
        of_them = Q(person__in=asked.people)
        if asked.address:
            of_them |= Q(fields__email=asked.address)
        concerned = (
            Q(actor__in=asked.people),
            Q(subject__in=asked.people),
            Q(sequence__in=AuditPersonalData.objects.filter(of_them).values("sequence")),
        )
        sequences = {
            sequence
            for way in concerned
            for sequence in found.filter(way).order_by(order).values_list("sequence", flat=True)[:limit]
        }
        nearest = sorted(sequences, reverse=after is None)[:limit]
        chosen = list(AuditEvent.objects.filter(sequence__in=nearest))
    return sorted(chosen, key=lambda event: event.sequence, reverse=True)


def in_words(shown: list[AuditEvent]) -> list[Told]:
    """`shown` in the language of the thread; the same few queries however many they are."""
    personal = AuditPersonalData.objects.in_bulk([event.sequence for event in shown])
    names = _names(shown, personal.values())
    return [
        Told(
            event=event,
            moment=moment(event.happened_at),
            kind=str(kind_label(event.kind)),
            actor=_named(event.actor, names),
            subject=_named(event.subject, names),
            details=_pairs(event.details, names),
            personal=(
                _pairs(personal[event.sequence].fields, names, is_change=event.kind in CHANGES)
                if event.sequence in personal
                else None
            ),
            erased=bool(event.personal_hash) and event.sequence not in personal,
        )
        for event in shown
    ]


def kind_label(kind: str) -> str:
    """The words for `kind`; the name itself for one that is no longer written."""
    return AuditKind(kind).label if kind in AuditKind.values else kind


def moment(when: datetime) -> str:
    """`when` by the clock in Istanbul, to the second."""
    return date_format(timezone.localtime(when, timezone.get_default_timezone()), "d.m.Y H:i:s")


def _within_days(found, asked: Asked):
    """Clocks of the log never run backwards, so days are a range of sequences."""
    zone = timezone.get_default_timezone()
    if asked.since is not None:
        begin = timezone.make_aware(datetime.combine(asked.since, time.min), zone)
        first = AuditEvent.objects.filter(happened_at__gte=begin).order_by("happened_at", "sequence").first()
        found = found.filter(sequence__gte=first.sequence) if first else found.none()
    if asked.until is not None:
        end = timezone.make_aware(datetime.combine(asked.until + timedelta(days=1), time.min), zone)
        last = AuditEvent.objects.filter(happened_at__lt=end).order_by("-happened_at", "-sequence").first()
        found = found.filter(sequence__lte=last.sequence) if last else found.none()
    return found


def _names(shown: list[AuditEvent], personal: Iterable[AuditPersonalData]) -> dict[UUID, str]:
    """UUID to name of everybody and everything that the events speak of, as far as one is known."""
    wanted = {number for event in shown for number in (event.actor, event.subject) if number}
    wanted |= {number for event in shown for number in _numbers_in(event.details)}
    wanted |= {data.person for data in personal if data.person}
    if not wanted:
        return {}
    names = {person.uuid: person.display_name for person in User.objects.filter(uuid__in=wanted)}
    for model in (Agency, ServiceAccount, Token):
        names |= dict(model.objects.filter(uuid__in=wanted).values_list("uuid", "name"))
    for number, key in Item.objects.filter(uuid__in=wanted).values_list("uuid", "pk"):
        # By its number: who reads the log may not read every draft.
        names[number] = gettext("İçerik %(number)d") % {"number": key}
    gone = wanted - names.keys()
    kept = AuditPersonalData.objects.filter(person__in=gone).order_by("-sequence")[:LOOKED_THROUGH]
    for data in kept if gone else ():
        if data.person not in names and (name := _name_in(data.fields)):
            names[data.person] = name
    return names


def _name_in(fields: dict) -> str:
    """A person's name as personal data tell it: the newer of two, the address where there is no name."""
    newest = {key: value[-1] if isinstance(value, list) and value else value for key, value in fields.items()}
    name = " ".join(str(newest[key]) for key in ("first_name", "last_name") if newest.get(key))
    return name or str(newest.get("email") or "")


def _named(number: UUID | None, names: dict[UUID, str]) -> str:
    return "" if number is None else names.get(number, str(number))


def _numbers_in(value: Any) -> set[UUID]:
    if isinstance(value, dict):
        return {number for part in value.values() for number in _numbers_in(part)}
    if isinstance(value, list):
        return {number for part in value for number in _numbers_in(part)}
    return {number} if (number := _as_number(value)) else set()


def _as_number(value: Any) -> UUID | None:
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def _pairs(fields: dict, names: dict[UUID, str], *, is_change: bool = False) -> list[tuple[str, str]]:
    """Label and value of each field; is_change: a value of two is what stood before and after."""
    pairs = []
    for key, value in fields.items():
        if key == "changed" and isinstance(value, dict):
            pairs += _pairs(value, names, is_change=True)
        elif key == "sequences":
            runs = (f"{first}" if first == last else f"{first}–{last}" for first, last in value)
            pairs.append((_label(key), ", ".join(runs)))
        elif is_change and isinstance(value, list) and len(value) == 2:
            pairs.append((_label(key), " → ".join(_value(part, names) for part in value)))
        else:
            pairs.append((_label(key), _value(value, names)))
    return pairs


def _label(key: str) -> str:
    return str(LABELS.get(key, key))


def _value(value: Any, names: dict[UUID, str]) -> str:
    if value is None or value in ("", [], {}):
        return gettext("yok")
    if isinstance(value, bool):
        return gettext("evet") if value else gettext("hayır")
    if isinstance(value, list):
        return ", ".join(_value(part, names) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{label}: {part}" for label, part in _pairs(value, names))
    number = _as_number(value)
    return names.get(number, value) if number else str(value)

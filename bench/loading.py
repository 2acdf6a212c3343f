"""Fills a database with as many items as a bench asks for, quickly, with a true chain (`bench.histories`).

Which sort an item is goes by its place counted from the newest, so the newest pages show the same mixture, and the
same texts, at every size: only what lies behind them grows.
"""

import random
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone

from bulletin import current_items, projections
from bulletin.folding import slug_of
from bulletin.models import (
    Bulletin,
    BulletinSeries,
    CurrentItem,
    Desk,
    Item,
    NewsItem,
    Outlet,
    Publication,
    Statement,
    Topic,
)
from bulletin.recording import recording
from newsroom import desk_rights
from subscribers import notice, roles
from subscribers.entitlement import PUBLIC, SUBSCRIBER, agency_key
from subscribers.models import Agency, AgencyEntitlement, User

from .histories import Chain, History, following, write
from .texts import WORDS, sentence, texts

#: Items written together, at most; the first tenth comes before any bulletin.
BATCH = 500
DESKS = 12
TOPICS = 24
OUTLETS = 60
OFFICES = 6
WRITERS = 5
#: Items that a bulletin gathers.
GATHERED = 20
#: Drafts that await approval, whatever the size.
AWAITING = 3
#: Of the public items, which are six in ten, one in so many stays public when the rest is closed: 1 % of all.
STAYS_PUBLIC = 60

COUNTRIES = ("DE", "FR", "GB", "US", "RU", "CN", "JP", "GR", "IT", "ES", "EG", "IR")
LANGUAGES = ("de", "fr", "en", "ru", "zh", "ja", "el", "it", "es", "ar", "fa")


@dataclass(frozen=True)
class Site:
    """What items name and who reads and writes. writers: editors, the first bound to the first desk."""

    desks: list[Desk]
    topics: list[Topic]
    outlets: list[Outlet]
    series: BulletinSeries
    writers: list[User]
    chief: User
    strategist: User
    administrator: User
    subscriber: User
    reader_of_a_desk: User
    reader_of_few: User


def load(number: int) -> Site:
    """Adds `number` items of the last three years, most of them on offer, and catches every projection up.

    Of a hundred about 93 are news items, 5 statements, 1 a bulletin of GATHERED; two were corrected, two withdrawn, two
    are drafts, one has a newer draft; 60 are public, two for one agency alone, the others for subscribers.
    """
    site = _site()
    own_key = agency_key(site.reader_of_few.agency_id)
    start = timezone.now() - timedelta(days=3 * 365)
    step = (timezone.now() - timedelta(minutes=5) - start) / max(number, 1)
    recent: deque[History] = deque(maxlen=GATHERED)
    batch = min(BATCH, max(GATHERED, number // 10))
    for made in range(0, number, batch):
        histories = []
        for place in range(made, min(made + batch, number)):
            gathers = list(recent) if len(recent) == GATHERED else []
            histories.append(
                _history(number - 1 - place, start + step * place, step / 3, site, own_key, gathers)
            )
        with recording():
            write(histories)
        recent.extend(history for history in histories if _can_be_gathered(history))
    _settle()
    _send_for_approval(site)
    return site


def close_to_visitors() -> None:
    """Changes the audience of most public items to subscribers, each with its row: 1 % of all items stays public.

    The newest and every STAYS_PUBLICth after it stay, so those that a visitor may read lie as far apart as can be.
    """
    public = CurrentItem.objects.filter(audience=[PUBLIC]).newest_first().values_list("pk", flat=True)
    closed = sorted(number for place, number in enumerate(public) if place % STAYS_PUBLIC)
    for made in range(0, len(closed), BATCH):
        numbers = closed[made : made + BATCH]
        with recording():
            chain, items = Chain(), Item.objects.in_bulk(numbers)
            newest = Publication.objects.filter(
                pk__in=CurrentItem.objects.filter(pk__in=numbers).values("publication")
            )
            moment = max(timezone.now(), Publication.objects.order_by("-sequence").first().recorded_at)
            Publication.objects.bulk_create(
                chain.add(
                    following(row, Publication.Kind.UPDATED, moment, audience=[SUBSCRIBER]),
                    items[row.item_id],
                )
                for row in list(newest.select_related("content").order_by("sequence"))
            )
            Item._base_manager.filter(pk__in=numbers).update(audience=[SUBSCRIBER])
    _settle()


def _settle() -> None:
    current_items.refill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    projections.catch_up_all()


def _can_be_gathered(history: History) -> bool:
    return history.item.live and history.item.audience == [PUBLIC] and history.item.kind != Item.Kind.BULLETIN


def _send_for_approval(site: Site) -> None:
    drafts = NewsItem.objects.filter(live=False, first_published_at=None).order_by("-pk")
    for draft in drafts[:AWAITING]:
        draft.get_workflow().start(draft, site.writers[1])


# --- One item ----------------------------------------------------------------------------------------------------


def _history(
    age: int, moment: datetime, lasts: timedelta, site: Site, own_key: str, gathers: list[History]
) -> History:
    """The item that has `age` newer ones."""
    chance = random.Random(age)
    is_offered = age % 100 not in (24, 43)  # a news item and a statement
    # All drafts are of one writer, so that somebody has some at every size.
    writer = site.writers[age % WRITERS] if is_offered else site.writers[1]
    history = History(_item(age, chance, moment, site, gathers), moment, lasts, writer, is_offered=is_offered)
    history.topics = chance.sample(site.topics, k=2)
    if isinstance(history.item, Bulletin):
        history.gathers = gathers
        return history
    if age % 50 == 13:
        history.item.audience = [own_key]
    if age % 50 == 11:
        history.first_text = texts(chance)
    history.is_withdrawn = age % 50 == 17
    if age % 100 == 29:
        history.next_title = sentence(chance, 7)
    return history


def _item(age: int, chance: random.Random, moment: datetime, site: Site, gathers: list[History]) -> Item:
    shared = texts(chance) | {
        "language": chance.choice(("tr", "tr", "tr", "en")),
        # Six of ten, of every sort.
        "audience": [PUBLIC] if (age + age // 20) % 5 in (1, 2, 3) else [SUBSCRIBER],
    }
    day = timezone.localdate(moment)
    if age % 100 == 7 and gathers:
        shared |= {"language": "tr", "audience": [PUBLIC]}
        # Numbers rise with time, and nobody knows here how many bulletins there will be.
        return Bulletin(**shared, series=site.series, number=900_000 - age // 100, date=day)
    if age % 20 == 3:
        return Statement(
            **shared,
            statement_kind=chance.choice(Statement.StatementKind.values),
            number=f"{day.year}/{age}",
            issuing_office=f"Bench Makamı {chance.randrange(OFFICES)}",
            speaker="Bench Sözcüsü",
            place="Ankara",
            date=day,
        )
    return NewsItem(
        **shared,
        desk=chance.choice(site.desks),
        outlet=chance.choice(site.outlets),
        source_country=chance.choice(COUNTRIES),
        source_language=chance.choice(LANGUAGES),
    )


# --- What items name, and people ---------------------------------------------------------------------------------


@transaction.atomic
def _site() -> Site:
    desks = [_named(Desk, f"{name.capitalize()} Masası", name) for name in WORDS[:DESKS]]
    topics = [_named(Topic, f"Konu {name}", name) for name in WORDS[:TOPICS]]
    outlets = [
        Outlet.objects.create(name=f"Bench Gazetesi {number}", country=COUNTRIES[number % len(COUNTRIES)])
        for number in range(OUTLETS)
    ]
    series = _named(BulletinSeries, "Bench Bülteni", "bulletin")
    writers = [_person(f"writer{number}", roles.EDITOR) for number in range(WRITERS)]
    desk_rights.bind(writers[0], desks[:1])
    everything = Agency.objects.create(name="Her şeye yetkili kurum", code="BENCH-ALL")
    of_a_desk = Agency.objects.create(
        name="Bir masaya yetkili", code="BENCH-DESK", entitled_to_everything=False
    )
    AgencyEntitlement.objects.create(
        agency=of_a_desk, kind=AgencyEntitlement.Kind.DESK, value=str(desks[0].pk)
    )
    of_few = Agency.objects.create(
        name="Yalnızca kendi içeriği", code="BENCH-FEW", entitled_to_everything=False
    )
    return Site(
        desks=desks,
        topics=topics,
        outlets=outlets,
        series=series,
        writers=writers,
        chief=_person("chief", roles.CHIEF_EDITOR),
        strategist=_person("strategist", roles.STRATEGIST),
        administrator=_person("administrator", roles.ADMINISTRATOR),
        subscriber=_person("reader", agency=everything),
        reader_of_a_desk=_person("reader-of-a-desk", agency=of_a_desk),
        reader_of_few=_person("reader-of-few", agency=of_few),
    )


def _named(model, name: str, name_en: str):
    return model.objects.create(name=name, name_en=f"Bench {name_en}", slug=f"bench-{slug_of(name_en)}")


def _person(name: str, role: str = "", **fields) -> User:
    # Nobody signs in by password here: no time is spent on hashing one.
    shown = {"notice_version": notice.VERSION, "notice_shown_at": timezone.now()}
    user = User.objects.create_user(f"{name}@des.example", None, **shown, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user

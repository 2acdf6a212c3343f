"""Puts the demo's content into the database: through revisions and `publish`, each offer at its own moment.

Called by `manage.py load_demo`. What is offered is loaded as steps in the order of their moments: a first publication,
a correction, a withdrawal, a bulletin. Each step is one transaction, and an item's rows in the log tell how many of
its steps were done; so loading again does nothing, loading after an interruption goes on, and what editors changed
since is left alone. The day of the first loading stays the demo's last day for good.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.images import get_image_model
from wagtail.utils.file import hash_filelike

from bulletin import projections, publication
from bulletin.corrections import Correction
from bulletin.models import (
    Bulletin,
    BulletinEntry,
    BulletinSeries,
    Desk,
    Item,
    NewsItem,
    Outlet,
    Publication,
    Statement,
    Topic,
)
from bulletin.recording import recording, with_retries
from newsroom import desk_rights
from subscribers import roles
from subscribers.entitlement import agency_key
from subscribers.models import Agency, AgencyEntitlement, User, normalise_email

from .. import demo
from ..site_tree import ensure_site_tree

#: The group of each role of the accounts; subscribers and coordinators have none.
GROUPS = {
    "editor": roles.EDITOR,
    "chief_editor": roles.CHIEF_EDITOR,
    "strategist": roles.STRATEGIST,
    "auditor": roles.AUDITOR,
    "administrator": roles.ADMINISTRATOR,
}

#: Fields of a news item that its row in news.jsonl holds under their own names.
PLAIN_FIELDS = (
    "language",
    "title",
    "summary",
    "body",
    "urgency",
    "source_country",
    "source_language",
    "original_title",
    "original_text",
    "original_url",
    "translator",
    "translation_kind",
    "image_alt",
    "image_credit",
)
#: The same of a statement and its row in statements.jsonl.
STATEMENT_FIELDS = (
    "language",
    "title",
    "summary",
    "body",
    "statement_kind",
    "number",
    "issuing_office",
    "speaker",
    "place",
)
#: What a correction may change.
CORRECTED_FIELDS = ("title", "summary", "body")

_NAMESPACE = uuid.UUID("2f4f1d8a-5a0e-4a55-9d34-7f0c3b1f5c20")


class Refused(ValueError):
    """The site already holds something that the demo can't stand beside; the message says what."""


@dataclass(frozen=True)
class Step:
    """One change of what is offered: the item's `number`th, at `moment`."""

    moment: datetime
    key: str
    number: int
    kind: str  # news, correction, withdrawal, statement or bulletin
    row: dict


def uuid_of(key: str) -> uuid.UUID:
    """The identifier of the demo item `key`, the same in every installation."""
    return uuid.uuid5(_NAMESPACE, key)


# --- Time --------------------------------------------------------------------------------------------------------


def moment_of(row: dict, last_day: date) -> datetime:
    """The moment that `row` (with `days_ago` and `time`) names in a demo whose last day is `last_day`."""
    day = last_day - timedelta(days=row["days_ago"])
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(row["time"])))


def last_day_at(now: datetime) -> date:
    """The demo's last day if it is first loaded at `now`: the latest on which nothing lies in the future."""
    today = timezone.localdate(now)
    latest = max(step.moment for step in steps(today))
    return today if latest <= now else today - timedelta(days=1)


def last_day_loaded() -> date | None:
    """The last day of the demo that is already there, whole or in part; None where there is none."""
    days_ago = {
        uuid_of(row["key"]): row["days_ago"]
        for name in ("news", "statements", "bulletins")
        for row in demo.lines(name)
    }
    first = (
        Publication.objects.filter(item__uuid__in=days_ago)
        .order_by("sequence")
        .values_list("item__uuid", "offered_on")
        .first()
    )
    return first[1] + timedelta(days=days_ago[first[0]]) if first else None


def steps(last_day: date) -> list[Step]:
    """Everything the demo offers, corrects and withdraws, in the order of the moments."""
    found = []
    for row in demo.lines("news"):
        changes = [("news", row), *(("correction", correction) for correction in row["corrections"])]
        if row["withdrawn"]:
            changes.append(("withdrawal", row["withdrawn"]))
        found += [
            Step(moment_of(change, last_day), row["key"], number, kind, change)
            for number, (kind, change) in enumerate(changes)
        ]
    for name, kind in (("statements", "statement"), ("bulletins", "bulletin")):
        found += [Step(moment_of(row, last_day), row["key"], 0, kind, row) for row in demo.lines(name)]
    return sorted(found, key=lambda step: step.moment)


# --- Loading -----------------------------------------------------------------------------------------------------


def load(now: datetime | None = None) -> Iterator[tuple[int, int]]:
    """Loads what isn't there yet, yielding (steps done in this run, steps to do) after each; nothing if all was there.

    now: the moment of loading, the present one where None. Raises Refused; what was loaded before it stays.
    """
    ensure_site_tree(demo.table("plan"))
    last_day = last_day_loaded() or last_day_at(now or timezone.now())
    try:
        _load_tables(last_day)
    except IntegrityError as error:
        raise Refused(
            gettext(
                "Bu sitenin masaları, konuları, kaynakları, dizileri ya da kurumları gösteriminkilerle çakışıyor."
            )
        ) from error
    planned = steps(last_day)
    done = Counter(
        Publication.objects.filter(item__uuid__in={uuid_of(step.key) for step in planned}).values_list(
            "item__uuid", flat=True
        )
    )
    missing = [step for step in planned if step.number >= done[uuid_of(step.key)]]
    if not missing:
        return
    people = _People()
    with projections.held_back():
        for number, step in enumerate(missing, start=1):
            try:
                with_retries(lambda step=step: _take(step, people, last_day))
            except ValidationError as error:
                raise Refused(f"{step.key}: {' '.join(error.messages)}") from error
            yield number, len(missing)


class _People:
    """Who wrote and who published the demo: never the same person."""

    def __init__(self) -> None:
        by_role = defaultdict(list)
        for row in demo.table("accounts"):
            by_role[row["role"]].append(User.objects.get(email=normalise_email(row["email"])))
        self.editor = by_role["editor"][0]
        self.chief_editors = by_role["chief_editor"]

    def publisher(self, step: Step) -> User:
        return self.chief_editors[step.moment.day % len(self.chief_editors)]


def _take(step: Step, people: _People, last_day: date) -> None:
    """Does one step: draft and publication in one transaction, all or nothing."""
    options = {
        "user": people.publisher(step),
        "offered_at": step.moment,
        # The groups get their permissions from the newsroom; the demo doesn't wait for them.
        "skip_permission_checks": True,
    }
    with recording():
        if step.kind == "withdrawal":
            item = Item.objects.get(uuid=uuid_of(step.key)).specific
            publication.withdraw(item, note=step.row["note"], **options)
            return
        if step.kind == "correction":
            item = NewsItem.objects.get(uuid=uuid_of(step.key))
            for name in CORRECTED_FIELDS:
                setattr(item, name, step.row.get(name, getattr(item, name)))
            item.correction = Correction(step.row["note"], step.row.get("major", False))
        elif step.kind == "news":
            item = _news_item(step, last_day)
        elif step.kind == "statement":
            item = _statement(step, last_day)
        else:
            item = _bulletin(step)
        revision = item.save_revision(user=people.editor, log_action=True)
        publication.publish(revision, **options)


def _news_item(step: Step, last_day: date) -> NewsItem:
    """The draft of a news item, saved."""
    row = step.row
    days_ago = row["original_date_days_ago"]
    item = NewsItem(
        uuid=uuid_of(step.key),
        created_at=step.moment,
        audience=_audience(row["audience"]),
        desk=Desk.objects.get(slug=row["desk"]),
        outlet=Outlet.objects.get(name=_outlet_names()[row["outlet"]]) if row["outlet"] else None,
        translation_of=_original(row),
        original_date=None if days_ago is None else last_day - timedelta(days=days_ago),
        image=_image(row["image"]) if row["image"] else None,
        **{name: row[name] for name in PLAIN_FIELDS},
    )
    item.topics = list(Topic.objects.filter(slug__in=row["topics"]))
    item.save()
    return item


def _statement(step: Step, last_day: date) -> Statement:
    """The draft of a statement, saved."""
    row = step.row
    item = Statement(
        uuid=uuid_of(step.key),
        created_at=step.moment,
        audience=_audience(row["audience"]),
        translation_of=_original(row),
        date=last_day - timedelta(days=row["date_days_ago"]),
        **{name: row[name] for name in STATEMENT_FIELDS},
    )
    item.save()
    return item


def _original(row: dict) -> Item | None:
    """What the item of `row` is a translation of."""
    return Item.objects.get(uuid=uuid_of(row["translation_of"])) if row["translation_of"] else None


def _bulletin(step: Step) -> Bulletin:
    """The draft of a bulletin, saved. A section's heading stands at its first item."""
    row = step.row
    edition = Bulletin(
        uuid=uuid_of(step.key),
        created_at=step.moment,
        audience=_audience(row["audience"]),
        series=BulletinSeries.objects.get(slug=row["series"]),
        number=row["number"],
        date=timezone.localdate(step.moment),
        language=row["language"],
        title=row["title"],
        summary=row["summary"],
        body=row["introduction"],
    )
    named = [
        (section["heading"] if first else "", key)
        for section in row["sections"]
        for first, key in zip([True] + [False] * len(section["items"]), section["items"], strict=False)
    ]
    edition.entries = [
        BulletinEntry(section=heading, item=Item.objects.get(uuid=uuid_of(key)), sort_order=order)
        for order, (heading, key) in enumerate(named)
    ]
    edition.save()
    return edition


def _audience(written: list[str]) -> list[str]:
    """The keys of an audience that names agencies by code (`agency:UPB`)."""
    keys = []
    for key in written:
        kind, _colon, code = key.partition(":")
        keys.append(agency_key(Agency.objects.get(code=code).pk) if kind == "agency" else key)
    return keys


# --- Tables ------------------------------------------------------------------------------------------------------


@transaction.atomic
def _load_tables(last_day: date) -> None:
    """Desks, topics, series, outlets, agencies and accounts; what is there stays as it is."""
    for model, name in ((Desk, "desks"), (Topic, "topics"), (BulletinSeries, "series")):
        there = set(model.objects.values_list("slug", flat=True))
        model.objects.bulk_create(model(**row) for row in demo.table(name) if row["slug"] not in there)
    there = set(Outlet.objects.values_list("name", flat=True))
    fields = ("name", "country", "language", "website")
    Outlet.objects.bulk_create(
        Outlet(**{field: row[field] for field in fields})
        for row in demo.table("outlets")
        if row["name"] not in there
    )
    _load_agencies(last_day)
    _load_accounts()


def _load_agencies(last_day: date) -> None:
    midnight = timezone.make_aware(datetime.combine(last_day, time.min))
    there = set(Agency.objects.values_list("code", flat=True))
    for row in demo.table("agencies"):
        if row["code"] in there:
            continue
        ended = row["ended_days_ago"]
        everything = row["entitlements"] == "everything"
        agency = Agency.objects.create(
            code=row["code"],
            name=row["name"],
            entitled_to_everything=everything,
            started_at=midnight - timedelta(days=400),
            ended_at=None if ended is None else midnight - timedelta(days=ended),
        )
        for entitlement in () if everything else row["entitlements"]:
            desk = Desk.objects.get(slug=entitlement["value"])
            AgencyEntitlement.objects.create(
                agency=agency, kind=AgencyEntitlement.Kind.DESK, value=str(desk.pk)
            )


def _load_accounts() -> None:
    there = set(User.objects.values_list("email", flat=True))
    for row in demo.table("accounts"):
        if normalise_email(row["email"]) in there:
            continue
        user = User.objects.create_user(
            row["email"],
            demo.PASSWORD,
            first_name=row["first_name"],
            last_name=row["last_name"],
            agency=Agency.objects.get(code=row["agency"]) if row["agency"] else None,
            is_coordinator=row["role"] == "coordinator",
        )
        if row["role"] in GROUPS:
            user.groups.add(Group.objects.get_or_create(name=GROUPS[row["role"]])[0])
        desk_rights.bind(user, Desk.objects.filter(slug__in=row.get("desks", ())))


def _outlet_names() -> dict[str, str]:
    return {row["slug"]: row["name"] for row in demo.table("outlets")}


def _image(name: str):
    """The Wagtail image of a file of the demo, made at its first use and known again by its bytes."""
    images = get_image_model()
    content = demo.image_file(name).read_bytes()
    file_hash = hash_filelike(BytesIO(content))
    return images.objects.filter(file_hash=file_hash).first() or images.objects.create(
        title=f"Gösterim: {name.partition('.')[0]}",
        file=ContentFile(content, name=f"gosterim-{name}"),
        file_size=len(content),
        file_hash=file_hash,
    )

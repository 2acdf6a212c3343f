"""What the tests of the admin send: an item's form as a browser would send it, and the addresses it goes to."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from bulletin.models import Bulletin, BulletinSeries, Desk, NewsItem, Outlet, Publication, Statement, Topic
from newsroom.audience import choice_of
from newsroom.body_area import BodyArea
from newsroom.shown_names import shown_names

PLAIN_FIELDS = {
    NewsItem: [
        "title",
        "summary",
        "language",
        "urgency",
        "source_country",
        "source_language",
        "original_title",
        "original_url",
        "original_text",
        "translation_kind",
        "translator",
        "image_alt",
        "image_credit",
    ],
    Statement: [
        "title",
        "summary",
        "language",
        "statement_kind",
        "number",
        "issuing_office",
        "speaker",
        "place",
        "date",
        "date_precision",
        "source_reference",
    ],
    Bulletin: ["title", "summary", "language", "number", "date"],
}


def url(name: str, item_or_model, *args) -> str:
    """The address of an admin page of an item, or of its kind."""
    model = item_or_model if isinstance(item_or_model, type) else type(item_or_model)
    own = () if isinstance(item_or_model, type) else (item_or_model.pk,)
    return reverse(f"wagtailsnippets_bulletin_{model._meta.model_name}:{name}", args=[*own, *args])


def body(html: str) -> str:
    """`html` as the editing area sends it."""
    return BodyArea().format_value(html)


def form_of(item, **changes) -> dict:
    """Every field of `item`'s form as it stands, opened now, with `changes`."""
    data = {name: getattr(item, name) or "" for name in PLAIN_FIELDS[type(item)]}
    data["body"] = body(item.body)
    data["shown_names"] = names_shown_now()
    if isinstance(item, NewsItem):
        data |= {
            "desk": item.desk_id,
            "outlet": item.outlet_id or "",
            "image": item.image_id or "",
            "original_date": item.original_date or "",
            "topics": [topic.pk for topic in item.topics.all()],
        }
    if isinstance(item, Bulletin):
        data["series"] = item.series_id
        data |= entries_of(item)
    if not item.live:
        choice, numbers = choice_of(item.audience)
        data |= {"audience_choice": choice, "audience_agencies": numbers}
    if "body_html" in changes:
        data["body"] = body(changes.pop("body_html"))
    return {**data, **changes}


def names_shown_now() -> str:
    """What the form of an item tells of the names it shows."""
    return shown_names(
        {
            "desk": Desk.objects.all(),
            "topics": Topic.objects.all(),
            "outlet": Outlet.objects.all(),
            "series": BulletinSeries.objects.all(),
        }
    )


def entries_of(item: Bulletin) -> dict:
    entries = list(item.ordered_entries())
    saved = [entry for entry in entries if entry.pk]
    data = {
        "entries-TOTAL_FORMS": len(entries),
        "entries-INITIAL_FORMS": len(saved),
        "entries-MIN_NUM_FORMS": 0,
        "entries-MAX_NUM_FORMS": 1000,
    }
    for place, entry in enumerate(entries):
        data |= {
            f"entries-{place}-id": entry.pk or "",
            f"entries-{place}-section": entry.section,
            f"entries-{place}-item": entry.item_id,
            f"entries-{place}-ORDER": place + 1,
            f"entries-{place}-DELETE": "",
        }
    return data


def said(response) -> str:
    """Every message the person is shown, in one text."""
    from django.contrib.messages import get_messages

    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def enter(client, person):
    """`client`, signed in as `person`."""
    client.force_login(person)
    return client


def fresh(item):
    """`item` as it stands in the database."""
    return type(item).objects.get(pk=item.pk)


def kinds() -> list[str]:
    """The kind of every row of the Publication log, in order."""
    return list(Publication.objects.order_by("sequence").values_list("kind", flat=True))


def stamp(moment) -> str:
    """`moment` as a form of the admin sends it."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def moment_comes(item) -> None:
    """The go-live time of the scheduled draft of `item` is past."""
    past = timezone.now() - timedelta(minutes=1)
    revision = fresh(item).scheduled_revision
    content = {**revision.content, "go_live_at": past.isoformat()}
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past, content=content)

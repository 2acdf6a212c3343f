"""What tests build, through the same doors as the site: drafts by revisions, offers by `publish`."""

import itertools
from datetime import date, timedelta

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as PillowImage

from bulletin import publication
from bulletin.corrections import Correction
from bulletin.models import Bulletin, BulletinEntry, BulletinSeries, Desk, NewsItem, Outlet, Statement, Topic
from subscribers import notice, roles, tokens
from subscribers.models import Agency, ServiceAccount, Token, User

_number = itertools.count(1)

PASSWORD = "uzun ve anlaşılır bir parola"

ROLES = {
    "editor": roles.EDITOR,
    "chief_editor": roles.CHIEF_EDITOR,
    "strategist": roles.STRATEGIST,
    "auditor": roles.AUDITOR,
    "administrator": roles.ADMINISTRATOR,
}


def agency(**fields) -> Agency:
    number = next(_number)
    return Agency.objects.create(**{"name": f"Kurum {number}", "code": f"K{number}", **fields})


def person(*, role: str | None = None, **fields) -> User:
    """A user with the role's group; of an agency where `agency` is given. They have been shown the notice."""
    shown = {"notice_version": notice.VERSION, "notice_shown_at": timezone.now()}
    user = User.objects.create_user(
        fields.pop("email", f"kisi{next(_number)}@des.example"),
        fields.pop("password", PASSWORD),
        **{**shown, **fields},
    )
    if role:
        user.groups.add(Group.objects.get_or_create(name=ROLES[role])[0])
    return user


def service_account(**fields) -> ServiceAccount:
    number = next(_number)
    return ServiceAccount.objects.create(
        **{"agency": fields.pop("agency", None) or agency(), "name": f"Servis {number}", **fields}
    )


def token(holder=None, **fields) -> tuple[Token, str]:
    """A token of `holder`, else of a person of an agency, and its secret; for feeds and search, for a month."""
    holder = holder or person(agency=agency())
    asked = {
        "name": f"Anahtar {next(_number)}",
        "scopes": Token.Scope.values,
        "expires_at": timezone.now() + timedelta(days=30),
        "by": holder if isinstance(holder, User) else person(),
        **fields,
    }
    return tokens.issue(holder, **asked)


def desk(**fields) -> Desk:
    number = next(_number)
    return Desk.objects.create(
        **{"name": f"Masa {number}", "name_en": f"Desk {number}", "slug": f"masa-{number}", **fields}
    )


def topic(**fields) -> Topic:
    number = next(_number)
    return Topic.objects.create(
        **{"name": f"Konu {number}", "name_en": f"Topic {number}", "slug": f"konu-{number}", **fields}
    )


def outlet(**fields) -> Outlet:
    return Outlet.objects.create(**{"name": f"Kaynak {next(_number)}", **fields})


def series(**fields) -> BulletinSeries:
    number = next(_number)
    return BulletinSeries.objects.create(
        **{"name": f"Dizi {number}", "name_en": f"Series {number}", "slug": f"dizi-{number}", **fields}
    )


def image(*, width: int = 64, height: int = 48, colour: str = "#0a6e6e"):
    """A Wagtail image with real bytes."""
    import io

    from wagtail.images import get_image_model

    buffer = io.BytesIO()
    PillowImage.new("RGB", (width, height), colour).save(buffer, "PNG")
    number = next(_number)
    return get_image_model().objects.create(
        title=f"Görsel {number}", file=ContentFile(buffer.getvalue(), name=f"gorsel-{number}.png")
    )


def news_item(*, topics=(), **fields) -> NewsItem:
    """A draft."""
    number = next(_number)
    item = NewsItem(
        **{
            "title": f"Haber {number}",
            "summary": "Kısa spot.",
            "body": "<p>Haberin metni.</p>",
            "audience": ["public"],
            **fields,
        }
    )
    if item.desk_id is None:
        item.desk = desk()
    item.topics = list(topics)
    item.save()
    return item


def statement(**fields) -> Statement:
    """A draft."""
    number = next(_number)
    item = Statement(
        **{
            "title": f"Açıklama {number}",
            "body": "<p>Açıklamanın metni.</p>",
            "issuing_office": "Basın Bürosu",
            "date": date(2026, 1, 5),
            "audience": ["public"],
            **fields,
        }
    )
    item.save()
    return item


def bulletin(*items, section: str = "Gündem", **fields) -> Bulletin:
    """A draft that gathers `items` in one section."""
    number = next(_number)
    edition = Bulletin(
        **{
            "title": f"Bülten {number}",
            "body": "<p>Sunuş.</p>",
            "number": number,
            "date": date(2026, 1, 5),
            "audience": ["public"],
            **fields,
        }
    )
    if edition.series_id is None:
        edition.series = series()
    edition.entries = [
        BulletinEntry(item=item, section=section if order == 0 else "", sort_order=order)
        for order, item in enumerate(items)
    ]
    edition.save()
    return edition


def offer(item, *, note: str = "", major: bool = False, **options):
    """Publishes `item` as it stands here; returns it as it then stands in the database.

    note, major: what readers are told of a correction.
    """
    item.correction = Correction(note, major)
    publication.publish(item.save_revision(), **options)
    return type(item).objects.get(pk=item.pk)


def published_news(*, offered_at=None, **fields) -> NewsItem:
    return offer(news_item(**fields), offered_at=offered_at)


def published_statement(*, offered_at=None, **fields) -> Statement:
    return offer(statement(**fields), offered_at=offered_at)


def published_bulletin(*items, offered_at=None, **fields) -> Bulletin:
    return offer(bulletin(*(items or [published_news()]), **fields), offered_at=offered_at)


def corrected(item, *, note: str = "", major: bool = False, **changes):
    """`item` published again with `changes`."""
    for name, value in changes.items():
        setattr(item, name, value)
    return offer(item, note=note, major=major)

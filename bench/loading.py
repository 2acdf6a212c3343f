"""Fills a database with as many published items as a bench asks for, quickly: the rows that publishing would write,
written in bulk, with a true chain, so that `verify_publications` finds nothing.

Used by the benches alone. Texts are made of Turkish words by a seeded generator: the same items in each run.
"""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from wagtail.models import Revision

from bulletin import current_items, projections
from bulletin.counting import RULE
from bulletin.folding import fold, slug_of
from bulletin.freezing import count_content, freeze
from bulletin.models import Desk, Item, NewsItem, Outlet, Publication, PublishedContent, Topic
from bulletin.publication import FORMAT, row_hash
from bulletin.recording import recording

BATCH = 500
DESKS = 12
TOPICS = 24
OUTLETS = 60
#: Characters of an item's body, about.
LENGTH = 2000

WORDS = """
ekonomi tarım enerji ulaşım sağlık eğitim kültür turizm bilim iklim su liman demiryolu buğday ihracat ithalat üretim
yatırım bakan görüşme anlaşma heyet toplantı açıklama rapor bütçe bölge kent belediye üniversite araştırma teknoloji
uydu deprem orman yangın yağış kuraklık hasat fiyat enflasyon faiz borsa sanayi ihale proje köprü tünel havalimanı sefer
yolcu hastane aşı öğrenci öğretmen okul müze sergi festival tiyatro spor takım maç şampiyona rekor sınır gümrük ticaret
değerlendirildi bildirildi duyuruldu imzalandı başladı sürüyor tamamlandı artırıldı azaldı yükseldi geriledi beklenen
yeni önemli ortak ulusal uluslararası bölgesel yıllık aylık büyük küçük uzun kısa ilk son ikinci üçüncü yüzde milyon
""".split()  # noqa: SIM905
COUNTRIES = ("DE", "FR", "GB", "US", "RU", "CN", "JP", "GR", "IT", "ES", "EG", "IR")
LANGUAGES = ("de", "fr", "en", "ru", "zh", "ja", "el", "it", "es", "ar", "fa")


def load(number: int) -> None:
    """Adds `number` published news items, offered over the last three years, and catches every projection up."""
    chance = random.Random(number)
    desks, topics, outlets = _desks(), _topics(), _outlets()
    start = timezone.now() - timedelta(days=3 * 365)
    step = (timezone.now() - timedelta(minutes=5) - start) / max(number, 1)
    made = 0
    while made < number:
        batch = [_news_item(chance, desks, outlets) for _ in range(min(BATCH, number - made))]
        moments = [start + step * (made + position) for position in range(len(batch))]
        with recording():
            _write(batch, moments, chance, topics)
        made += len(batch)
    current_items.refill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    projections.catch_up_all()


def _desks() -> list[Desk]:
    return [
        Desk.objects.create(
            name=f"{name.capitalize()} Masası", name_en=f"Desk {name}", slug=f"bench-{slug_of(name)}"
        )
        for name in WORDS[:DESKS]
    ]


def _topics() -> list[Topic]:
    return [
        Topic.objects.create(name=f"Konu {name}", name_en=name, slug=f"bench-{slug_of(name)}")
        for name in WORDS[:TOPICS]
    ]


def _outlets() -> list[Outlet]:
    return [
        Outlet.objects.create(name=f"Bench Gazetesi {number}", country=COUNTRIES[number % 12])
        for number in range(OUTLETS)
    ]


def sentence(chance: random.Random, words: int) -> str:
    """That many words, the first with a capital."""
    text = " ".join(chance.choices(WORDS, k=words))
    return text[0].upper() + text[1:]


def _body(chance: random.Random) -> str:
    return "".join(f"<p>{sentence(chance, 45)}.</p>" for _ in range(LENGTH // 350))


def _news_item(chance: random.Random, desks: list[Desk], outlets: list[Outlet]) -> NewsItem:
    title = sentence(chance, 7)
    return NewsItem(
        kind=Item.Kind.NEWS,
        title=title,
        draft_title=title,
        folded_title=fold(title),
        summary=sentence(chance, 15) + ".",
        body=_body(chance),
        language=chance.choice(("tr", "tr", "tr", "en")),
        audience=["public"] if chance.random() < 0.6 else ["subscriber"],
        desk=chance.choice(desks),
        outlet=chance.choice(outlets),
        source_country=chance.choice(COUNTRIES),
        source_language=chance.choice(LANGUAGES),
        live=True,
    )


def _write(items: list[NewsItem], moments: list, chance: random.Random, topics: list[Topic]) -> None:
    """The rows that publishing `items` at `moments` would leave, in one transaction that holds the log's lock."""
    parents = [
        Item(
            **{
                field.attname: getattr(item, field.attname)
                for field in Item._meta.concrete_fields
                if field.attname != "id"
            }
        )
        for item in items
    ]
    for parent, moment in zip(parents, moments, strict=True):
        parent.created_at = parent.first_published_at = parent.last_published_at = moment
    Item.objects.bulk_create(parents)
    chosen = [chance.sample(topics, k=2) for _ in items]
    for item, parent, its_topics in zip(items, parents, chosen, strict=True):
        item.pk = item.id = item.item_ptr_id = parent.pk
        item.uuid, item.created_at = parent.uuid, parent.created_at
        item.topics = its_topics
    _insert_children(items)
    through = NewsItem.topics.through
    through.objects.bulk_create(
        through(newsitem_id=item.pk, topic_id=topic.pk)
        for item, its_topics in zip(items, chosen, strict=True)
        for topic in its_topics
    )
    _write_revisions(items, parents, moments)
    _write_publications(items, moments)


def _insert_children(items: list[NewsItem]) -> None:
    """The rows of the kind's own table, which Django has no bulk insert for."""
    fields = NewsItem._meta.local_concrete_fields
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    rows = [
        [field.get_db_prep_save(field.pre_save(item, add=True), connection) for field in fields]
        for item in items
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {NewsItem._meta.db_table} ({columns}) VALUES ({values})", rows)


def _write_revisions(items: list[NewsItem], parents: list[Item], moments: list) -> None:
    kind = ContentType.objects.get_for_model(NewsItem)
    base = ContentType.objects.get_for_model(Item)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=kind,
            base_content_type=base,
            object_id=str(item.pk),
            created_at=moment,
            object_str=item.title,
            content=item.serializable_data(),
        )
        for item, moment in zip(items, moments, strict=True)
    )
    for parent, revision in zip(parents, revisions, strict=True):
        parent.live_revision_id = parent.latest_revision_id = revision.pk
    Item._base_manager.bulk_update(parents, ["live_revision", "latest_revision"])


def _write_publications(items: list[NewsItem], moments: list) -> None:
    rows = list(_publications(items, moments))
    contents = {row.content.hash: row.content for row in rows}
    standing = set(PublishedContent.objects.filter(pk__in=contents).values_list("pk", flat=True))
    PublishedContent.objects.bulk_create(
        content for hash_, content in contents.items() if hash_ not in standing
    )
    Publication.objects.bulk_create(rows)


def _publications(items: list[NewsItem], moments: list) -> Iterator[Publication]:
    head = projections.head()
    sequence, previous_hash = head.sequence, head.hash
    for item, moment in zip(items, moments, strict=True):
        sequence += 1
        frozen = freeze(item)
        count = count_content(frozen)
        day = timezone.localdate(moment)
        row = Publication(
            sequence=sequence,
            item_id=item.pk,
            kind=Publication.Kind.PUBLISHED,
            offered_at=moment,
            offered_on=day,
            recorded_at=moment,
            edition=1,
            language=item.language,
            url_path=f"/haber/{day:%Y/%m/%d}/{slug_of(item.title)}-{item.pk}/",
            content=PublishedContent(
                hash=frozen.hash,
                title=frozen.title,
                summary=frozen.summary,
                html=frozen.html,
                metadata=frozen.metadata,
            ),
            source_hash=item.source_hash(),
            characters=count.characters,
            characters_without_spaces=count.characters_without_spaces,
            characters_delta=count.characters,
            counting_rule=RULE,
            audience=item.audience,
            format=FORMAT,
            previous_hash=previous_hash,
        )
        row.hash = previous_hash = row_hash(row, item.uuid)
        yield row

"""Every way past Wagtail: saving, bulk changes, raw SQL, deleting. Each writes its row or is refused."""

import datetime
from itertools import chain

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from bulletin.models import Bulletin, BulletinEntry, Item, NewsItem, Publication, Statement
from bulletin.refusals import PublishRefused
from bulletin.triggers import OFFERED_REFUSAL
from tests import factories

from .ledger import findings, is_on_offer, kinds, nothing_changes, run

pytestmark = pytest.mark.django_db

#: What a person changes by mistake, and what refuses it: the model's sentence or the database's.
Refused = (PublishRefused, IntegrityError)


def fresh(item: Item) -> Item:
    return type(item).objects.get(pk=item.pk)


# --- Saving ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bare", [False, True], ids=["specific", "bare"])
def test_saving_other_words_on_offer_is_refused(bare):
    item = factories.published_news()
    item = Item.objects.get(pk=item.pk) if bare else fresh(item)
    item.title = "Elle değiştirilmiş"
    with nothing_changes(), pytest.raises(PublishRefused, match="yayımlanarak değiştirilir"):
        item.save()


@pytest.mark.parametrize("fields", [["title"], {"title"}, ("title", "latest_revision")])
def test_saving_one_field_on_offer_is_refused(fields):
    item = factories.published_news()
    item.title = "Elle değiştirilmiş"
    with nothing_changes(), pytest.raises(PublishRefused, match="yayımlanarak değiştirilir"):
        item.save(update_fields=fields)


@pytest.mark.parametrize("whole", [True, False], ids=["save", "update_fields"])
def test_saving_other_topics_on_offer_is_refused(whole):
    item = factories.published_news(topics=[factories.topic()])
    item.topics = [factories.topic()]
    with nothing_changes(), pytest.raises(PublishRefused, match="yayımlanarak değiştirilir"):
        item.save() if whole else item.save(update_fields=["topics"])


@pytest.mark.parametrize("whole", [True, False], ids=["save", "update_fields"])
def test_saving_other_entries_on_offer_is_refused(whole):
    edition = factories.published_bulletin()
    edition.entries = [BulletinEntry(item=factories.published_news(), section="Başka", sort_order=0)]
    with nothing_changes(), pytest.raises(PublishRefused, match="yayımlanarak değiştirilir"):
        edition.save() if whole else edition.save(update_fields=["entries"])


def test_saving_another_audience_on_offer_is_refused():
    item = factories.published_news(audience=["subscriber"])
    item.audience = ["public"]
    with nothing_changes(), pytest.raises(PublishRefused):
        item.save()


@pytest.mark.parametrize(
    "make", [factories.published_news, factories.published_statement, factories.published_bulletin]
)
def test_saving_unchanged_on_offer_is_allowed_and_writes_no_row(make):
    item = make()
    count = Publication.objects.count()
    item.save()
    assert Publication.objects.count() == count
    assert findings() == []


def test_locking_an_offered_item_writes_no_row():
    item = factories.published_news()
    item.locked = True
    item.save(update_fields=["locked"])
    assert kinds(item) == ["published"]


@pytest.mark.parametrize("options", [{}, {"update_fields": ["live"]}], ids=["save", "update_fields"])
def test_saving_as_not_live_withdraws(options):
    item = factories.published_news()
    item.live = False
    item.save(**options)
    assert kinds(item) == ["published", "withdrawn"]
    assert not is_on_offer(item)
    assert findings() == []


@pytest.mark.parametrize("withdrawn", [False, True], ids=["draft", "withdrawn"])
def test_saving_as_live_is_refused(withdrawn):
    item = factories.news_item()
    if withdrawn:
        item = factories.offer(item)
        item.unpublish()
        item = fresh(item)
    item.live = True
    with nothing_changes(), pytest.raises(PublishRefused, match="yalnızca yayımlanarak yayına girer"):
        item.save()


def test_an_instance_read_before_a_withdrawal_cannot_bring_the_item_back():
    item = factories.published_news()
    stale = fresh(item)
    item.unpublish()
    with nothing_changes(), pytest.raises(PublishRefused):
        stale.save()


def test_saving_a_new_object_over_an_offered_one_is_refused():
    item = factories.published_news()
    twin = NewsItem(pk=item.pk, title="Üstüne yazan", desk=item.desk)
    with nothing_changes(), pytest.raises(Refused), transaction.atomic():
        twin.save()


# --- Many at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [NewsItem, Item])
def test_updating_many_that_are_on_offer_is_refused(model):
    factories.published_news()
    with nothing_changes(), pytest.raises(PublishRefused, match="topluca değiştirilemez"):
        model.objects.update(title="Topluca")


def test_updating_many_drafts_is_allowed():
    factories.news_item()
    assert Item.objects.update(title="Topluca") == 1


def test_updating_many_as_live_is_refused():
    factories.news_item()
    with nothing_changes(), pytest.raises(PublishRefused), transaction.atomic():
        Item.objects.update(live=True)


def test_updating_past_the_manager_is_refused_by_the_database():
    factories.published_news()
    with nothing_changes(), pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
        Item._base_manager.update(title="Topluca")


def test_updating_through_a_desk_is_refused():
    item = factories.published_news()
    with nothing_changes(), pytest.raises(PublishRefused, match="topluca değiştirilemez"):
        item.desk.news_items.update(urgency="flash")


def test_bulk_update_on_offer_is_refused():
    item = factories.published_news()
    item.title = "Topluca"
    with (
        nothing_changes(),
        pytest.raises(PublishRefused, match="topluca değiştirilemez"),
        transaction.atomic(),
    ):
        Item.objects.bulk_update([Item.objects.get(pk=item.pk), item], ["title"])


def test_bulk_create_of_live_items_is_refused():
    with nothing_changes(), pytest.raises(Refused), transaction.atomic():
        Item.objects.bulk_create([Item(title="Topluca", kind="news", live=True)])


def test_the_reverse_of_topics_is_refused_by_the_database():
    item = factories.published_news(topics=[factories.topic()])
    (named,) = item.topics.all()
    for change in (
        lambda: factories.topic().news_items.add(item),
        lambda: named.news_items.remove(item),
        named.news_items.clear,
    ):
        with nothing_changes(), pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
            change()


def test_changing_the_entries_of_an_offered_bulletin_themselves_is_refused_by_the_database():
    edition = factories.published_bulletin()
    other = factories.published_news()
    entries = BulletinEntry.objects.filter(bulletin=edition)
    for change in (
        entries.delete,
        lambda: entries.get().delete(),
        lambda: entries.update(section="Başka"),
        lambda: entries.update(item=other),
        lambda: BulletinEntry.objects.create(bulletin=edition, item=other, section="Başka"),
    ):
        with nothing_changes(), pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
            change()


def test_entries_of_a_draft_bulletin_change_freely():
    edition = factories.bulletin(factories.published_news())
    assert BulletinEntry.objects.filter(bulletin=edition).update(section="Başka") == 1
    assert BulletinEntry.objects.filter(bulletin=edition).delete()[0] == 1


# --- Raw SQL -----------------------------------------------------------------------------------------------------

OFFERED_COLUMNS = [
    *(
        (factories.news_item, Item, name)
        for name in ("live", "audience", "uuid", "kind", *Item.OFFERED_FIELDS)
    ),
    *chain.from_iterable(
        ((make, model, name) for name in model.OFFERED_FIELDS if name not in Item.OFFERED_FIELDS)
        for make, model in (
            (factories.news_item, NewsItem),
            (factories.statement, Statement),
            (lambda: factories.bulletin(factories.published_news()), Bulletin),
        )
    ),
]
every_offered_column = pytest.mark.parametrize(
    ("make", "model", "name"),
    OFFERED_COLUMNS,
    ids=[f"{model.__name__}.{name}" for _make, model, name in OFFERED_COLUMNS],
)


def change_in_sql(item: Item, model, name: str) -> None:
    """Sets one column of `item` to another value that the column takes, by SQL alone."""
    field = next(field for field in model._meta.local_concrete_fields if field.attname == name)
    if field.is_relation:
        target = field.related_model
        others = {"Item": factories.news_item, "Desk": factories.desk, "Outlet": factories.outlet}
        others |= {"BulletinSeries": factories.series, "Image": factories.image}
        value = others[target.__name__]().pk
    elif isinstance(field, models.BooleanField):
        value = not getattr(item, name)
    elif isinstance(field, models.DateField):
        value = datetime.date(1999, 9, 9)
    elif isinstance(field, models.UUIDField):
        value = "0" * 31 + "1"
    elif isinstance(field, models.JSONField):
        value = '["public", "agency:1"]'
    elif isinstance(field, models.IntegerField):
        value = 999_999
    else:
        value = "xx" if (field.max_length or 99) < 8 else "başka"
    key = model._meta.pk.column
    run(f'UPDATE {model._meta.db_table} SET "{field.column}" = %s WHERE {key} = %s', value, item.pk)


@every_offered_column
def test_sql_cannot_change_what_is_offered(make, model, name):
    item = factories.offer(make())
    with nothing_changes(), pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
        change_in_sql(item, model, name)


@every_offered_column
def test_sql_may_change_a_draft(make, model, name):
    item = make()
    if name == "live":
        with pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
            change_in_sql(item, model, name)
        return
    change_in_sql(item, model, name)


@pytest.mark.parametrize("columns", ["locked", "expired", "has_unpublished_changes"])
def test_sql_may_change_what_no_reader_sees(columns):
    factories.published_news()
    run(f"UPDATE bulletin_item SET {columns} = %s", True)
    assert findings() == []


def test_sql_cannot_remove_the_own_row_of_an_offered_item():
    item = factories.published_news()
    with nothing_changes(), pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
        run("DELETE FROM bulletin_newsitem WHERE item_ptr_id = %s", item.pk)


@pytest.mark.sqlite
@pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is of SQLite")
@pytest.mark.parametrize("table", ["bulletin_item", "bulletin_newsitem"])
def test_insert_or_replace_cannot_change_what_is_offered(table):
    factories.published_news()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
    changed = {"bulletin_item": "live", "bulletin_newsitem": "urgency"}[table]
    values = ", ".join({"live": "0", "urgency": "'flash'"}[n] if n == changed else f'"{n}"' for n in names)
    with nothing_changes(), pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
        run(f"INSERT OR REPLACE INTO {table} SELECT {values} FROM {table}")


# --- Deleting ----------------------------------------------------------------------------------------------------


def test_a_draft_may_be_deleted():
    item = factories.news_item(topics=[factories.topic()])
    item.save_revision()
    item.delete()
    assert not Item.objects.exists()


@pytest.mark.parametrize("withdrawn", [False, True], ids=["on offer", "withdrawn"])
@pytest.mark.parametrize("model", [NewsItem, Item])
def test_what_was_ever_published_cannot_be_deleted(model, withdrawn):
    item = factories.published_news()
    if withdrawn:
        item.unpublish()
    with nothing_changes(), pytest.raises(PublishRefused, match="silinemez"):
        model.objects.get(pk=item.pk).delete()


@pytest.mark.parametrize("model", [NewsItem, Item])
def test_bulk_delete_of_what_was_published_is_refused_and_keeps_the_drafts(model):
    factories.published_news()
    factories.news_item()
    with nothing_changes(), pytest.raises(PublishRefused, match="silinemez"):
        model.objects.all().delete()


def test_bulk_delete_of_drafts_is_allowed():
    factories.news_item()
    factories.news_item()
    NewsItem.objects.all().delete()
    assert not Item.objects.exists()


def test_deleting_past_the_model_is_refused():
    item = factories.published_news()
    with nothing_changes(), pytest.raises(ProtectedError), transaction.atomic():
        models.QuerySet(NewsItem).filter(pk=item.pk).delete()


@pytest.mark.parametrize("model", [NewsItem, Item])
def test_deleting_past_django_is_refused_by_the_database(model):
    item = factories.published_news()
    with nothing_changes(), pytest.raises(IntegrityError, match=OFFERED_REFUSAL), transaction.atomic():
        model.objects.filter(pk=item.pk)._raw_delete("default")


def test_deleting_a_withdrawn_item_past_django_is_refused_by_the_database():
    item = factories.published_news()
    item.unpublish()

    def delete() -> None:
        NewsItem.objects.filter(pk=item.pk)._raw_delete("default")
        Item.objects.filter(pk=item.pk)._raw_delete("default")
        connection.check_constraints()

    with nothing_changes(), pytest.raises(IntegrityError), transaction.atomic():
        delete()

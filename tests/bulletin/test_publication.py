"""The Publication log: what each way of publishing writes."""

import pytest

from bulletin.models import CurrentItem, Publication
from bulletin.refusals import PublishRefused
from tests import factories

pytestmark = pytest.mark.django_db


def test_publishing_writes_one_row():
    item = factories.published_news(title="Buğday hasadı başladı")
    row = Publication.objects.get()
    assert (row.sequence, row.kind, row.item_id, row.edition) == (1, "published", item.pk, 1)
    assert row.url_path.endswith(f"/bugday-hasadi-basladi-{item.pk}/")
    assert CurrentItem.objects.get().publication_id == 1


def test_refusal_names_the_field_that_is_wrong():
    item = factories.news_item()
    item.language = ""
    item.original_url = "burada"
    revision = item.save_revision(clean=False)
    with pytest.raises(PublishRefused) as refusal:
        revision.publish()
    assert refusal.value.messages == ["Dil: Bu alan boş olamaz.", "Özgün adres: Geçerli bir URL girin."]

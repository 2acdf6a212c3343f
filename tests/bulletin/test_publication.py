"""The Publication log: what each way of publishing writes."""

import pytest

from bulletin.models import CurrentItem, Publication
from tests import factories

pytestmark = pytest.mark.django_db


def test_publishing_writes_one_row():
    item = factories.published_news(title="Buğday hasadı başladı")
    row = Publication.objects.get()
    assert (row.sequence, row.kind, row.item_id, row.edition) == (1, "published", item.pk, 1)
    assert row.url_path.endswith(f"/bugday-hasadi-basladi-{item.pk}/")
    assert CurrentItem.objects.get().publication_id == 1

"""The feeds as readers get them: what is in them, for whom, and that they are never late."""

import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from django.test import Client
from django.utils import timezone

from bulletin import projections, publication
from bulletin.models import PublishedContent
from feeds import changes, documents
from feeds.channels import CHANNELS
from feeds.models import FeedChange, FeedDocument
from metrics.models import Presence
from subscribers.entitlement import ANONYMOUS_KEYS
from subscribers.models import AgencyEntitlement
from tests import factories
from tests.feeds import history
from tests.feeds.reading import parsed, text

NEWS = "/rss/haberler.xml"
pytestmark = pytest.mark.django_db


def titles(client, address: str = NEWS) -> list[str]:
    return parsed(client.get(address).content).titles


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- What is in them ---------------------------------------------------------------------------------------------


def test_published_item_is_in_the_feed_at_once(client):
    factories.published_news(title="Buğday hasadı başladı")
    assert titles(client) == ["Buğday hasadı başladı"]


def test_withdrawn_item_is_gone_from_the_feed_at_once(client):
    item = factories.published_news()
    titles(client)
    publication.withdraw(item)
    assert titles(client) == []


def test_each_kind_has_its_own_feed(client):
    news = factories.published_news(title="Haber")
    factories.published_statement(title="Açıklama")
    factories.published_bulletin(news, title="Bülten")
    assert titles(client) == ["Haber"]
    assert titles(client, "/rss/aciklamalar.xml") == ["Açıklama"]
    assert titles(client, "/rss/bultenler.xml") == ["Bülten"]


def test_draft_is_in_no_feed(client):
    factories.news_item(title="Taslak").save_revision()
    assert titles(client) == []


def test_newest_fifty_by_first_offering_are_in_the_feed(client):
    start = datetime(2026, 3, 1, tzinfo=UTC)
    items = [
        factories.published_news(title=f"{hour}", offered_at=start + timedelta(hours=hour))
        for hour in range(52)
    ]
    factories.corrected(items[10], title="10 düzeltildi")
    expected = [str(hour) for hour in range(51, 1, -1)]
    expected[expected.index("10")] = "10 düzeltildi"
    assert titles(client) == expected


def test_entry_says_what_was_frozen(client):
    topic = factories.topic(name="Tarım")
    desk = factories.desk(name="Almanca Masası")
    item = factories.published_news(
        title="Hasat",
        summary="A < B & C",
        body="<p>Metin <b>kalın</b>.</p>",
        language="de",
        desk=desk,
        topics=[topic],
        outlet=factories.outlet(name="Muster Zeitung"),
    )
    topic.name = "Başka"
    topic.save()
    (entry,) = parsed(client.get(NEWS).content).items
    assert text(entry, "guid") == f"urn:uuid:{item.uuid}"
    assert text(entry, "link") == f"http://127.0.0.1:8000{item.current.url_path}"
    assert text(entry, "description") == "A &lt; B &amp; C"
    assert text(entry, "content:encoded") == "<p>Metin <strong>kalın</strong>.</p>"
    assert [(c.text, c.get("domain")) for c in entry.findall("category")] == [
        ("Tarım", "konu"),
        ("Almanca Masası", "masa"),
    ]
    assert text(entry, "dc:language") == "de"
    assert text(entry, "dc:source") == "Muster Zeitung"
    assert entry.find("dcterms:modified", {"dcterms": "http://purl.org/dc/terms/"}) is None


def test_addresses_within_a_text_lead_to_the_site():
    html = '<p>href="/metin" &lt;a href="/metin" <a href="/haber/1/">a</a><a href="//b.example/">b</a></p>'
    absolute = documents.with_absolute_addresses(html)
    assert '<a href="http://127.0.0.1:8000/haber/1/">' in absolute
    assert 'href="/metin" &lt;a href="/metin"' in absolute
    assert '<a href="//b.example/">' in absolute


def test_text_too_long_for_a_feed_is_left_to_its_page(client):
    factories.published_statement(title="Nutuk", body=f"<p>{'söz ' * 60_000}</p>")
    response = client.get("/rss/aciklamalar.xml")
    assert len(response.content) < 5_000
    assert parsed(response.content).titles == ["Nutuk"]


def test_correction_keeps_its_place_and_identifier_and_says_when(client):
    item = factories.published_news(offered_at=datetime(2026, 3, 1, tzinfo=UTC))
    (before,) = parsed(client.get(NEWS).content).items
    factories.corrected(item, title="Düzeltilmiş başlık")
    (after,) = parsed(client.get(NEWS).content).items
    assert (text(after, "guid"), text(after, "pubDate")) == (text(before, "guid"), text(before, "pubDate"))
    assert text(after, "title") == "Düzeltilmiş başlık"
    assert text(after, "dcterms:modified")


def test_dirty_title_of_an_import_does_not_break_the_feed(client):
    factories.published_news(title="Baş\x08lık \ufffe", body="<p>\x1b metin</p>")
    assert [title.replace(" ", "") for title in titles(client)] == ["Başlık"]


# --- For whom ----------------------------------------------------------------------------------------------------


def test_item_for_subscribers_is_in_their_feed_and_not_in_the_public_one(client, subscriber):
    factories.published_news(title="Abonelere", audience=["subscriber"])
    assert titles(client) == []
    assert titles(signed_in(subscriber)) == ["Abonelere"]


def test_item_for_one_agency_is_in_no_others_feed(subscriber):
    addressed = factories.person(agency=factories.agency())
    factories.published_news(title="Kuruma özel", audience=[f"agency:{addressed.agency_id}"])
    assert titles(signed_in(addressed)) == ["Kuruma özel"]
    assert titles(signed_in(subscriber)) == []


def test_agency_of_one_desk_gets_that_desk_alone():
    agency = factories.agency(entitled_to_everything=False)
    desk = factories.desk()
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value=str(desk.pk))
    factories.published_news(title="Masanın", desk=desk, audience=["subscriber"])
    factories.published_news(title="Başka masanın", audience=["subscriber"])
    assert titles(signed_in(factories.person(agency=agency))) == ["Masanın"]


def test_item_moved_to_another_desk_leaves_the_feed_of_the_first():
    agency = factories.agency(entitled_to_everything=False)
    desk = factories.desk()
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value=str(desk.pk))
    item = factories.published_news(desk=desk, audience=["subscriber"])
    client = signed_in(factories.person(agency=agency))
    assert len(titles(client)) == 1
    factories.corrected(item, desk=factories.desk())
    assert titles(client) == []


def test_item_closed_to_the_public_leaves_the_public_feed(client, subscriber):
    item = factories.published_news(title="Önce açık")
    titles(client)
    publication.change_audience(item, ["subscriber"])
    assert titles(client) == []
    assert titles(signed_in(subscriber)) == ["Önce açık"]


def test_agency_whose_contract_ended_gets_the_public_feed(subscriber):
    factories.published_news(title="Abonelere", audience=["subscriber"])
    client = signed_in(subscriber)
    assert titles(client) == ["Abonelere"]
    subscriber.agency.ended_at = timezone.now()
    subscriber.agency.save()
    assert titles(client) == []


def test_what_only_subscribers_get_leaves_no_trace_in_the_public_feed(client):
    factories.published_news(title="Açık")
    before = client.get(NEWS).content
    factories.published_news(audience=["subscriber"])
    assert client.get(NEWS).content == before


def test_agency_that_gains_a_desk_is_sent_the_feed_anew():
    agency = factories.agency(entitled_to_everything=False)
    item = factories.published_news(title="Eski", audience=["subscriber"])
    client = signed_in(factories.person(agency=agency))
    first = client.get(NEWS)
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value=str(item.desk_id))
    second = client.get(
        NEWS, headers={"if-none-match": first.headers["ETag"], "if-modified-since": far_future()}
    )
    assert second.status_code == 200
    assert parsed(second.content).titles == ["Eski"]


# --- How they are answered ---------------------------------------------------------------------------------------


def far_future() -> str:
    return "Fri, 01 Jan 2100 00:00:00 GMT"


def test_reader_who_has_the_feed_is_told_so_without_a_body(client):
    factories.published_news()
    first = client.get(NEWS)
    again = client.get(NEWS, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers


def test_publication_that_changes_the_feed_ends_the_304(client):
    item = factories.published_news()
    tag = client.get(NEWS).headers["ETag"]
    publication.withdraw(item)
    assert client.get(NEWS, headers={"if-none-match": tag}).status_code == 200


def test_publication_of_another_kind_does_not(client):
    factories.published_news()
    tag = client.get(NEWS).headers["ETag"]
    factories.published_statement()
    assert client.get(NEWS, headers={"if-none-match": tag}).status_code == 304


def test_withdrawal_moves_last_modified_forward(client, monkeypatch):
    kept = factories.published_news()
    gone = factories.published_news()
    in_a_minute(monkeypatch)
    before = client.get(NEWS).headers["Last-Modified"]
    publication.withdraw(gone)
    in_a_minute(monkeypatch)
    response = client.get(NEWS, headers={"if-modified-since": before})
    assert response.status_code == 200
    assert parsed(response.content).titles == [kept.title]


def in_a_minute(monkeypatch) -> None:
    later = timezone.now() + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)


def test_reader_who_sends_a_date_alone_gets_304(client, monkeypatch):
    factories.published_news()
    in_a_minute(monkeypatch)
    since = client.get(NEWS).headers["Last-Modified"]
    assert client.get(NEWS, headers={"if-modified-since": since}).status_code == 304


def test_last_modified_waits_until_its_second_is_over(client, monkeypatch):
    factories.published_news()
    changed_at = changes.newest_change("news", ANONYMOUS_KEYS).recorded_at
    monkeypatch.setattr(timezone, "now", lambda: changed_at)
    assert "Last-Modified" not in client.get(NEWS).headers


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_compressed_forms_are_the_same_text(client, encoding, unpack):
    factories.published_news()
    plain = client.get(NEWS)
    packed = client.get(NEWS, headers={"accept-encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert unpack(packed.content) == plain.content
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + f'-{encoding}"'
    assert int(packed.headers["Content-Length"]) == len(packed.content)


def test_head_says_all_that_get_says_and_counts_nothing(subscriber):
    factories.published_news()
    client = signed_in(subscriber)
    head = client.head(NEWS)
    assert not Presence.objects.exists()
    get = client.get(NEWS)
    assert head.content == b""
    assert {k: v for k, v in head.items() if k != "Set-Cookie"} == {
        k: v for k, v in get.items() if k != "Set-Cookie"
    }


def test_feed_can_only_be_read(client):
    assert client.post(NEWS).status_code == 405


def test_type_of_the_answer_is_that_of_rss(client):
    assert client.get(NEWS).headers["Content-Type"] == "application/rss+xml; charset=utf-8"


def test_public_feed_may_be_kept_for_a_moment_by_others(client):
    headers = client.get(NEWS).headers
    assert headers["Cache-Control"] == "public, max-age=30"
    assert {"Cookie", "Authorization", "Accept-Encoding"} <= set(headers["Vary"].split(", "))


def test_readers_own_feed_is_theirs_alone(subscriber):
    headers = signed_in(subscriber).get(NEWS).headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert {"Cookie", "Authorization"} <= set(headers["Vary"].split(", "))
    assert "Last-Modified" not in headers


def test_language_of_the_reader_changes_nothing(client):
    factories.published_statement(statement_kind="speech")
    turkish = client.get("/rss/aciklamalar.xml", headers={"accept-language": "tr"}).content
    FeedDocument.objects.all().delete()
    english = client.get("/rss/aciklamalar.xml", headers={"accept-language": "en"}).content
    assert turkish == english
    assert "konuşma".encode() in turkish


# --- Presence ----------------------------------------------------------------------------------------------------


def acts() -> list[tuple[str, str]]:
    return list(Presence.objects.values_list("channel", "act"))


def test_feed_sent_to_a_subscriber_is_a_delivery(subscriber):
    signed_in(subscriber).get(NEWS)
    assert acts() == [("feed", "delivery")]


def test_feed_they_have_already_is_a_poll(subscriber):
    tag = documents.current_document(CHANNELS["news"], keys_of(subscriber)).etag
    signed_in(subscriber).get(NEWS, headers={"if-none-match": f'"{tag}"'})
    assert acts() == [("feed", "poll")]


def keys_of(person) -> frozenset[str]:
    from subscribers.entitlement import keys_of

    return keys_of(person)


def test_visitors_and_editors_leave_no_presence(client, editor):
    editor.is_staff = True
    editor.save()
    client.get(NEWS)
    signed_in(editor).get(NEWS)
    assert acts() == []


# --- As a projection ---------------------------------------------------------------------------------------------


def test_rebuilding_gives_the_same():
    history.log_of_every_kind_of_change()
    projections.catch_up("feeds")
    before = list(projections.projection("feeds").dump())
    projections.rebuild("feeds")
    assert list(projections.projection("feeds").dump()) == before
    assert len(before) > 6


def test_catching_up_step_by_step_is_the_same_as_at_once():
    item = factories.published_news()
    for _turn in range(3):
        projections.catch_up("feeds")
        item = factories.corrected(item, title=item.title + "!")
    projections.catch_up("feeds")
    steps = list(projections.projection("feeds").dump())
    projections.rebuild("feeds")
    assert list(projections.projection("feeds").dump()) == steps


def test_applying_again_changes_nothing():
    from bulletin.models import Publication

    history.log_of_every_kind_of_change()
    projections.catch_up("feeds")
    feeds = projections.projection("feeds")
    before = list(feeds.dump())
    feeds.apply(list(Publication.objects.select_related("content").order_by("sequence")[:4]))
    assert list(feeds.dump()) == before


def test_feed_is_the_same_whether_the_projection_is_behind_or_not(client, subscriber):
    history.log_of_every_kind_of_change()
    own = signed_in(subscriber)
    behind = [reader.get(NEWS).content for reader in (client, own)]
    projections.catch_up("feeds")
    FeedDocument.objects.all().delete()
    assert [reader.get(NEWS).content for reader in (client, own)] == behind


def test_public_feed_is_ready_once_caught_up(client, django_assert_max_num_queries):
    factories.published_news()
    projections.catch_up("feeds")
    assert FeedDocument.objects.filter(kind="news").exists()
    with django_assert_max_num_queries(5):
        client.get(NEWS)


def test_kept_feed_costs_few_queries_however_many_items(client, subscriber, django_assert_max_num_queries):
    for _number in range(5):
        factories.published_news()
    projections.catch_up("feeds")
    own = signed_in(subscriber)
    own.get(NEWS)
    with django_assert_max_num_queries(10):
        own.get(NEWS)


def test_feed_kept_for_one_scope_is_dropped_when_a_text_is_withdrawn(subscriber):
    item = factories.published_news(title="Geri çekilecek", audience=["subscriber"])
    projections.catch_up("feeds")
    signed_in(subscriber).get(NEWS)
    assert any(b"Geri" in bytes(document.body) for document in FeedDocument.objects.all())
    publication.withdraw(item)
    projections.catch_up("feeds")
    assert not any(b"Geri" in bytes(document.body) for document in FeedDocument.objects.all())


def test_projection_far_behind_does_not_make_the_feed_late(client, monkeypatch):
    monkeypatch.setattr(changes, "LAG", 2)
    items = [factories.published_news(title=f"{n}") for n in range(4)]
    assert len(titles(client)) == 4
    publication.withdraw(items[0])
    assert len(titles(client)) == 3


def test_projection_of_a_restored_log_does_not_make_the_feed_late(client):
    item = factories.published_news()
    projections.catch_up("feeds")
    titles(client)
    from bulletin.models import ProjectionPosition

    ProjectionPosition.objects.filter(pk="feeds").update(sequence=90, hash="f" * 64)
    FeedChange.objects.update(sequence=90, hash="f" * 64)
    publication.withdraw(item)
    assert titles(client) == []


def test_redacted_text_is_in_no_feed_that_is_made_after(client):
    item = factories.published_news(title="Karartılacak", body="<p>Karartılacak metin.</p>")
    titles(client)
    PublishedContent.objects.filter(pk=item.publications.get().content_id).update(
        title="", summary="", html="", metadata={}, redacted_at=timezone.now()
    )
    projections.rebuild("feeds")
    assert titles(client) == ["Metin karartılmıştır"]
    assert not any("Karartılacak".encode() in bytes(kept.body) for kept in FeedDocument.objects.all())

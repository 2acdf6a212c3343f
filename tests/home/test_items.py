import re
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.html import escape

from bulletin.models import CurrentItem, Publication, PublishedContent, PublishedImage
from bulletin.publication import change_audience, withdraw
from home.reading import web_address
from metrics.models import Presence
from subscribers.models import AgencyEntitlement
from tests import factories

ISTANBUL = ZoneInfo("Europe/Istanbul")


def address_of(item) -> str:
    return CurrentItem.objects.get(pk=item.pk).url_path


def facts(html: str) -> dict[str, str]:
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", html, re.DOTALL)
    return {name: re.sub(r"<[^>]*>", " ", value).strip() for name, value in pairs}


@pytest.fixture
def full_news(db):
    return factories.published_news(
        title="Avusturya’da buzul ölçümleri",
        summary="Gönüllüler 41 buzulu izliyor.",
        body="<p>Gönüllüler <strong>900</strong> kişi.</p>",
        desk=factories.desk(name="Avrupa Masası", name_en="Europe Desk"),
        topics=[factories.topic(name="Bilim", name_en="Science")],
        outlet=factories.outlet(name="Alpenblick Kurier"),
        source_country="AT",
        source_language="de",
        original_title="900 Wanderer, 41 Gletscher",
        original_url="https://alpenblick.example/900",
        original_date=date(2026, 11, 6),
        translator="Selin Akdoruk",
        translation_kind="summary",
        urgency="priority",
        image=factories.image(width=700, height=500),
        image_alt="Bir buzul",
        image_credit="Çizim: DES",
    )


def test_news_page_shows_every_particular(page, full_news):
    html = page(address_of(full_news))
    shown = facts(html)
    assert shown["Kaynak"] == "Alpenblick Kurier"
    assert shown["Ülke"] == "Avusturya"
    assert shown["Kaynak dil"] == "Almanca"
    assert shown["Özgün başlık"] == "900 Wanderer, 41 Gletscher"
    assert shown["Özgün tarih"] == "6 Kasım 2026"
    assert shown["Masa"] == "Avrupa Masası"
    assert shown["Konular"] == "Bilim"
    assert shown["İvedilik"] == "Öncelikli"
    assert shown["Çeviri türü"] == "Özet çeviri"
    assert shown["Mütercim"] == "Selin Akdoruk"
    assert "<p>Gönüllüler <strong>900</strong> kişi.</p>" in html


def test_news_page_in_english_names_desk_country_and_language_in_english(page, full_news):
    html = page("/en" + address_of(full_news))
    for name in ("Austria", "German", "Europe Desk", "Science"):
        assert name in html


def test_original_headline_carries_its_language(page, full_news):
    assert (
        '<a href="https://alpenblick.example/900" rel="noopener noreferrer external" lang="de" dir="ltr">'
        "900 Wanderer, 41 Gletscher</a>" in page(address_of(full_news))
    )


def test_imprint_shows_sequence_counts_and_address(page, full_news):
    html = page(address_of(full_news))
    row = Publication.objects.get(item_id=full_news.pk)
    shown = facts(html)
    assert shown["Yayım no"] == str(row.sequence)
    assert f"{row.characters} boşluklu" in shown["Karakter"]
    assert f"{row.characters_without_spaces} boşluksuz" in shown["Karakter"]
    assert f'data-copy="http://testserver{row.url_path}"' in html


def test_arabic_body_runs_from_the_right(page, db):
    item = factories.published_news(title="مرسين", language="ar", body="<p>تستضيف مدينة مرسين</p>")
    html = page(address_of(item))
    assert '<div class="prose" lang="ar" dir="rtl"><p>تستضيف مدينة مرسين</p></div>' in html
    assert re.search(r'<h1 class="title" lang="ar" dir="rtl">مرسين</h1>', html)


def test_text_of_an_editor_is_never_markup(page, db):
    item = factories.published_news(
        title="<script>alert(1)</script>", summary='"><img src=x onerror=alert(1)>', translator="<b>x</b>"
    )
    html = page(address_of(item))
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert escape("<b>x</b>") in html


def test_link_of_an_editor_leads_into_the_web_alone():
    assert web_address("javascript:alert(1)") == ""
    assert web_address("https://a.example/") == "https://a.example/"


@pytest.mark.parametrize("change", ["/haber/2020/01/01/", "/aciklama/2026/1/1/"])
def test_other_spelling_of_an_address_leads_to_the_stable_one(client, site_tree, full_news, change):
    answer = client.get(f"{change}yanlis-baslik-{full_news.pk}/?x=1")
    assert answer.status_code == 301
    assert answer["Location"] == address_of(full_news)


def test_english_address_leads_to_the_english_stable_one(client, site_tree, full_news):
    answer = client.get(f"/en/haber/2020/01/01/x-{full_news.pk}/")
    assert answer["Location"] == "/en" + address_of(full_news)


def test_address_survives_a_new_headline(client, site_tree, full_news):
    before = address_of(full_news)
    factories.corrected(full_news, title="Bambaşka bir başlık")
    assert client.get(before).status_code == 200


# --- What may not be read ----------------------------------------------------------------------------------------


def answers(client, address: str, absent: str) -> tuple:
    return client.get(address), client.get(absent)


def kept_from(item) -> tuple[str, str]:
    """Its address, and the address of an item that never was."""
    path = address_of(item)
    return path, path.replace(f"-{item.pk}/", f"-{item.pk + 100_000}/")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_hidden_item_answers_to_the_byte_like_an_absent_one(client, site_tree, prefix):
    hidden, absent = kept_from(factories.published_news(audience=["subscriber"]))
    first, second = answers(client, prefix + hidden, prefix + absent)
    assert first.status_code == second.status_code == 404
    assert first.content == second.content


def test_hidden_item_answers_like_a_page_that_never_was(client, site_tree):
    hidden, _absent = kept_from(factories.published_news(audience=["subscriber"]))
    first, second = answers(client, hidden, "/boyle-bir-sayfa-yok/")
    assert first.content == second.content
    assert dict(first.headers) == dict(second.headers)


def test_not_found_is_the_same_page_for_a_signed_in_reader(client, site_tree, subscriber):
    hidden, _absent = kept_from(factories.published_news(audience=["agency:99999"]))
    visitor = client.get(hidden).content
    client.force_login(subscriber)
    reader = client.get(hidden)
    assert reader.status_code == 404
    assert reader.content == visitor


def test_not_found_offers_sign_in_and_holds_no_token(client, site_tree):
    html = client.get("/yok/").content.decode()
    assert 'href="/giris/"' in html
    assert "csrf" not in html
    assert "nonce" not in html


def test_item_of_one_agency_is_closed_to_another(client, site_tree, subscriber):
    other = factories.agency()
    path = address_of(factories.published_news(audience=[f"agency:{other.pk}"]))
    client.force_login(subscriber)
    assert client.get(path).status_code == 404
    client.force_login(factories.person(agency=other))
    assert client.get(path).status_code == 200


def test_desk_of_an_agency_opens_its_items_alone(client, site_tree):
    agency = factories.agency(entitled_to_everything=False)
    desk = factories.desk()
    AgencyEntitlement.objects.create(agency=agency, kind="desk", value=desk.pk)
    mine = address_of(factories.published_news(audience=["subscriber"], desk=desk))
    other = address_of(factories.published_news(audience=["subscriber"]))
    client.force_login(factories.person(agency=agency))
    assert client.get(mine).status_code == 200
    assert client.get(other).status_code == 404


def test_withdrawn_item_is_gone(client, site_tree, full_news):
    path = address_of(full_news)
    withdraw(full_news)
    assert client.get(path).status_code == 404


# --- Editions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(db):
    item = factories.published_news(title="İlk başlık", body="<p>İlk metin.</p>")
    return factories.corrected(
        item, title="Doğru başlık", body="<p>Doğru metin.</p>", note="Sayı düzeltildi."
    )


def test_item_page_lists_its_corrections(page, corrected):
    html = page(address_of(corrected))
    assert "Sayı düzeltildi." in html
    assert "Düzeltildi" in html
    assert f'href="{address_of(corrected)}surum/1/"' in html


@pytest.mark.parametrize("major", [True, False])
def test_correction_that_changes_the_meaning_says_so_to_readers(page, corrected, major):
    item = factories.corrected(corrected, title="Başka bir anlam", note="Anlam değişti.", major=major)
    corrections = page(address_of(item)).split('<section class="corrections"')[1].split("</section>")[0]
    assert corrections.count("Önemli düzeltme") == major


def test_older_edition_shows_its_text_and_leads_to_the_newest(page, corrected):
    html = page(address_of(corrected) + "surum/1/")
    assert "İlk metin." in html
    assert "Bu metnin 1. sürümünü okuyorsunuz" in html
    assert f'<a href="{address_of(corrected)}">Yürürlükteki metne git</a>' in html


def test_edition_keeps_its_address_when_a_newer_one_comes(client, site_tree, full_news):
    path = address_of(full_news) + "surum/1/"
    newest = client.get(path).content.decode()
    assert "Bu metnin 1. sürümünü okuyorsunuz" not in newest
    assert f'<link rel="canonical" href="http://testserver{address_of(full_news)}">' in newest
    factories.corrected(full_news, title="Düzeltilmiş başlık")
    assert "Bu metnin 1. sürümünü okuyorsunuz" in client.get(path).content.decode()


def test_other_spelling_of_an_editions_address_leads_to_its_own(client, site_tree, corrected):
    answer = client.get(f"/haber/2020/01/01/x-{corrected.pk}/surum/1/")
    assert (answer.status_code, answer["Location"]) == (301, address_of(corrected) + "surum/1/")


@pytest.mark.parametrize("number", [0, 3, 999999999])
def test_edition_that_never_was_is_not_found(client, site_tree, corrected, number):
    assert client.get(address_of(corrected) + f"surum/{number}/").status_code == 404


def test_older_edition_needs_its_own_audience(client, site_tree):
    item = factories.published_news(audience=["subscriber"], body="<p>Kapalı ilk metin.</p>")
    factories.corrected(item, body="<p>Açılabilecek metin.</p>")
    change_audience(item, ["public"])
    html = client.get(address_of(item)).content.decode()
    assert "surum/1/" not in html
    assert client.get(address_of(item) + "surum/1/").status_code == 404


def test_older_public_edition_needs_the_newest_audience_too(client, site_tree, corrected):
    path = address_of(corrected) + "surum/1/"
    change_audience(corrected, ["subscriber"])
    assert client.get(path).status_code == 404


# --- Statements --------------------------------------------------------------------------------------------------


def test_statement_page_shows_its_particulars(page, db):
    item = factories.published_statement(
        statement_kind="speech",
        number="2026/14",
        issuing_office="Basın Bürosu",
        speaker="Ayşe Yılmaz",
        place="Ankara",
        date=date(2026, 1, 5),
        source_reference="Tutanak, s. 4",
    )
    shown = facts(page(address_of(item)))
    assert shown["Tür"] == "Konuşma"
    assert shown["Sayı"] == "2026/14"
    assert shown["Makam"] == "Basın Bürosu"
    assert shown["Konuşan"] == "Ayşe Yılmaz"
    assert shown["Yer"] == "Ankara"
    assert shown["Tarih"] == "5 Ocak 2026"
    assert shown["Kaynak gösterimi"] == "Tutanak, s. 4"


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        ("https://arsiv.example/tutanak", True),
        ("https://arsiv.example/tutanak, s. 4", False),
        ("javascript:alert(1)", False),
    ],
)
def test_source_that_is_an_address_can_be_followed(page, db, reference, link):
    html = page(address_of(factories.published_statement(source_reference=reference)))
    assert (f'<a href="{reference}"' in html) == link
    assert reference in html


def test_date_known_by_its_year_alone_says_so(page, db):
    item = factories.published_statement(
        date=date(1906, 1, 1), date_precision="year", offered_at=datetime(1906, 1, 1, tzinfo=ISTANBUL)
    )
    html = page(address_of(item))
    assert facts(html)["Tarih"] == "1906 (günü bilinmiyor)"
    assert "1 Ocak 1906" not in html


# --- Bulletins ---------------------------------------------------------------------------------------------------


def test_bulletin_shows_its_sections_and_items_in_order(page, db):
    first = factories.published_news(title="Birinci haber")
    second = factories.published_news(title="İkinci haber")
    bulletin = factories.published_bulletin(first, second, section="Dış basın")
    html = page(address_of(bulletin))
    assert html.index("Dış basın") < html.index("Birinci haber") < html.index("İkinci haber")


def test_bulletin_shows_the_edition_it_froze(page, db):
    item = factories.published_news(title="Bültendeki başlık")
    bulletin = factories.published_bulletin(item)
    factories.corrected(item, title="Sonraki başlık")
    html = page(address_of(bulletin))
    assert "Bültendeki başlık" in html
    assert "Sonraki başlık" not in html
    assert "Bültenden sonra düzeltildi" in html
    assert f'href="{address_of(item)}surum/1/"' in html


def test_bulletin_leaves_out_what_its_reader_may_not_read(client, site_tree, subscriber):
    opened = factories.published_news(title="Açık haber")
    closed = factories.published_news(title="Kapalı haber", audience=["subscriber"])
    path = address_of(factories.published_bulletin(opened, closed))
    assert "Kapalı haber" not in client.get(path).content.decode()
    client.force_login(subscriber)
    assert "Kapalı haber" in client.get(path).content.decode()


def test_section_of_which_nothing_may_be_read_is_left_out(page, db):
    closed = factories.published_news(audience=["subscriber"])
    bulletin = factories.published_bulletin(closed, section="Kapalı bölüm")
    html = page(address_of(bulletin))
    assert "Kapalı bölüm" not in html
    assert "Bu bültende okuyabileceğiniz bir içerik yok." in html


def test_withdrawn_item_leaves_the_bulletin(page, db):
    item = factories.published_news(title="Geri çekilen")
    bulletin = factories.published_bulletin(item, factories.published_news())
    withdraw(item)
    assert "Geri çekilen" not in page(address_of(bulletin))


def test_bulletin_holds_the_whole_text_for_paper(page, db):
    bulletin = factories.published_bulletin(factories.published_news(body="<p>Haberin bütün metni.</p>"))
    assert "Haberin bütün metni." in page(address_of(bulletin))


def test_bulletin_costs_the_same_however_many_items(client, site_tree, django_assert_max_num_queries):
    path = address_of(factories.published_bulletin(*[factories.published_news() for _number in range(6)]))
    client.get(path)
    with django_assert_max_num_queries(5):
        client.get(path)


# --- Answers -----------------------------------------------------------------------------------------------------


def test_item_page_costs_few_queries(client, site_tree, corrected, django_assert_max_num_queries):
    path = address_of(corrected)
    client.get(path)
    with django_assert_max_num_queries(3):
        client.get(path)


def test_public_page_may_be_kept_but_is_asked_for_again(client, site_tree, full_news):
    answer = client.get(address_of(full_news))
    assert answer["Cache-Control"] == "public, no-cache"
    assert "Cookie" in answer["Vary"]


def test_page_of_a_signed_in_reader_is_private(client, site_tree, full_news, subscriber):
    client.force_login(subscriber)
    answer = client.get(address_of(full_news))
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]


def test_item_for_subscribers_is_private_and_not_indexed(client, site_tree, subscriber):
    path = address_of(factories.published_news(audience=["subscriber"]))
    client.force_login(subscriber)
    answer = client.get(path)
    assert "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_unchanged_page_answers_304_and_a_corrected_one_200(client, site_tree, full_news):
    path = address_of(full_news)
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    factories.corrected(full_news, title="Yeni başlık")
    assert client.get(path, headers={"if-none-match": etag}).status_code == 200


def test_page_says_when_it_changed_last_once_that_second_is_over(client, site_tree, full_news, monkeypatch):
    recorded_at = Publication.objects.get(item_id=full_news.pk).recorded_at
    monkeypatch.setattr(timezone, "now", lambda: recorded_at)
    assert "Last-Modified" not in client.get(address_of(full_news))
    monkeypatch.setattr(timezone, "now", lambda: recorded_at + timedelta(seconds=1))
    changed = parsedate_to_datetime(client.get(address_of(full_news))["Last-Modified"])
    assert changed == recorded_at.replace(microsecond=0)


def test_head_answers_without_a_body(client, site_tree, full_news):
    answer = client.head(address_of(full_news))
    assert answer.status_code == 200
    assert answer.content == b""


def test_item_page_answers_no_post(client, site_tree, full_news):
    assert client.post(address_of(full_news)).status_code == 405


def test_reading_an_item_leaves_presence(client, site_tree, full_news, subscriber):
    client.force_login(subscriber)
    client.get(address_of(full_news))
    assert Presence.objects.filter(person=subscriber.uuid, act="read", channel="web").count() == 1


def test_asking_for_the_headers_is_no_read(client, site_tree, full_news, subscriber):
    client.force_login(subscriber)
    client.head(address_of(full_news))
    assert not Presence.objects.filter(person=subscriber.uuid).exists()


# --- Preview -----------------------------------------------------------------------------------------------------


def test_preview_draws_the_draft_as_its_page_would_be(db, site_tree):
    draft = factories.news_item(title="Taslak başlık", body="<p>Taslak metin.</p>")
    html = draft.make_preview_request().rendered_content
    assert "Taslak başlık" in html
    assert "Taslak metin." in html
    assert "Yayım künyesi" not in html


@pytest.fixture
def previewed(db, site_tree):
    """The preview of a draft with an image, as an answer."""
    draft = factories.news_item(
        image=factories.image(width=1600, height=900), image_alt="Bir liman", image_credit="Çizim: DES"
    )
    return draft.make_preview_request()


def test_preview_shows_the_image_with_its_text_and_credit(previewed):
    figure = re.search(r"<figure.*?</figure>", previewed.rendered_content, re.DOTALL)[0]
    assert 'width="1280" height="720" alt="Bir liman"' in figure
    assert "Çizim: DES" in figure


def test_preview_freezes_no_image(previewed):
    assert "<figure" in previewed.rendered_content
    assert not PublishedImage.objects.exists()


def test_image_of_a_preview_is_for_the_newsroom_alone(previewed, client, subscriber, editor):
    address = re.search(r'<figure.*?<img src="([^"]*)"', previewed.rendered_content, re.DOTALL)[1]
    statuses = [client.get(address).status_code]
    for person in (subscriber, editor):
        client.force_login(person)
        statuses.append(client.get(address).status_code)
    assert statuses == [404, 404, 200]
    # The site's policy takes images from the site itself alone.
    assert address.startswith("/")
    assert not address.startswith("//")


def test_preview_says_that_an_image_cannot_be_read(db, site_tree):
    draft = factories.news_item(image=factories.image(), image_alt="Bir liman")
    draft.image.file.storage.delete(draft.image.file.name)
    assert "Görsel okunamıyor" in draft.make_preview_request().rendered_content


def test_preview_of_a_bulletin_shows_its_items(db, site_tree):
    draft = factories.bulletin(factories.published_news(title="Toplanan haber"))
    answer = draft.make_preview_request()
    assert "Toplanan haber" in answer.rendered_content


# --- Redacted texts ----------------------------------------------------------------------------------------------


def redact(row: Publication) -> None:
    """Destroys the text of `row` as the database allows it: nothing is left of it."""
    PublishedContent.objects.filter(pk=row.content_id).update(
        title="", summary="", html="", metadata={}, redacted_at=timezone.now()
    )


@pytest.fixture
def redacted_edition(full_news) -> str:
    """The address of an edition that was redacted while a later one is on offer."""
    factories.corrected(full_news, title="Yeni başlık")
    redact(Publication.objects.get(item_id=full_news.pk, edition=1))
    return f"{address_of(full_news)}surum/1/"


def test_redacted_edition_says_so_and_keeps_its_record(page, full_news, redacted_edition):
    html = page(redacted_edition)
    assert '<h1 class="title">Karartılmış metin</h1>' in html
    assert "Bu metin bir karar gereğince karartıldı." in html
    row = Publication.objects.get(item_id=full_news.pk, edition=1)
    assert facts(html)["Yayım no"] == str(row.sequence)


def test_item_whose_earlier_edition_was_redacted_reads_as_ever(page, full_news, redacted_edition):
    assert "Yeni başlık" in page(address_of(full_news))


def test_bulletin_says_which_of_its_texts_was_redacted(page, full_news):
    bulletin = factories.published_bulletin(full_news)
    factories.corrected(full_news, title="Yeni başlık")
    redact(Publication.objects.get(item_id=full_news.pk, edition=1))
    assert "Karartılmış metin</a>" in page(address_of(bulletin))


@pytest.mark.parametrize("kind", ["news", "statement", "bulletin"])
def test_redacted_text_that_is_still_on_offer_breaks_no_page(client, site_tree, kind):
    """Verification calls for its withdrawal; until then it must not take the lists with it."""
    item = getattr(factories, f"published_{kind}")()
    redact(Publication.objects.get(item_id=item.pk))
    for address in (address_of(item), "/", "/haberler/", "/aciklamalar/", "/bultenler/"):
        assert client.get(address).status_code == 200, address


def test_note_about_a_redacted_edition_is_not_shown(page, full_news):
    """It tells what was wrong in the text that is no more."""
    item = factories.corrected(full_news, title="İkinci kez", note="Önceki metinde bir ad geçiyordu.")
    address = item.current.url_path
    assert "Önceki metinde bir ad geçiyordu." in page(address)
    redact(Publication.objects.get(item_id=item.pk, edition=item.current.edition - 1))
    assert "Önceki metinde bir ad geçiyordu." not in page(address)
    assert "Düzeltmeler" in page(address)

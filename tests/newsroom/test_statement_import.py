"""The archive of statements: offered at its own dates, once, each whole or refused with a sentence."""

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from bulletin.models import CurrentItem, Publication, Statement
from bulletin.sanitising import sanitise
from newsroom.body_area import BodyArea
from tests import factories

pytestmark = pytest.mark.django_db

ENTRY = {
    "id": "1",
    "title": "Bayram mesajı",
    "date": "1921-06-08",
    "kind": "telgraf",
    "office": "Özel Kalem",
    "place": "Ankara",
    "text": "Birinci paragraf.\n\nİkinci paragraf.",
}


@pytest.fixture
def write(tmp_path):
    """Writes entries (changes to ENTRY) as JSON Lines; returns the file."""

    def write(*entries) -> Path:
        path = tmp_path / "arsiv.jsonl"
        path.write_text(
            "\n".join(
                entry if isinstance(entry, str) else json.dumps({**ENTRY, "id": str(number), **entry})
                for number, entry in enumerate(entries, start=1)
            ),
            encoding="utf-8",
        )
        return path

    return write


def import_from(path, *options) -> None:
    call_command("import_statements", str(path), *options)


def test_statement_counts_in_its_own_month(write):
    import_from(write({}))
    row = Publication.objects.get()
    assert row.offered_on == date(1921, 6, 8)
    assert row.characters_delta == len("Bayram mesajı" + "Birinci paragraf." + "İkinci paragraf.")


def test_statement_is_recorded_now(write):
    import_from(write({}))
    assert Publication.objects.get().recorded_at.year > 2000


def test_each_statement_has_a_live_revision(write):
    import_from(write({}, {}))
    assert Statement.objects.filter(live=True, live_revision__isnull=False).count() == 2


def test_second_import_changes_nothing(write):
    path = write({}, {})
    import_from(path)
    before = list(Publication.objects.values_list("hash", flat=True))
    import_from(path)
    assert list(Publication.objects.values_list("hash", flat=True)) == before


def test_withdrawn_statement_stays_withdrawn(write):
    path = write({})
    import_from(path)
    Statement.objects.get().unpublish()
    import_from(path)
    assert not CurrentItem.objects.exists()


def test_year_alone_is_its_first_of_january_and_marked(write):
    import_from(write({"date": 1906}))
    statement = Statement.objects.get()
    assert (statement.date, statement.date_precision) == (date(1906, 1, 1), "year")


def test_markup_in_a_title_is_removed(write):
    import_from(write({"title": "Açılış Konuşması<br>24 Nisan 1920 &amp; <b>sonrası</b>"}))
    assert CurrentItem.objects.get().title == "Açılış Konuşması – 24 Nisan 1920 & sonrası"


def test_same_title_twice_is_two_statements_with_two_addresses(write):
    import_from(write({}, {}))
    assert len(set(CurrentItem.objects.values_list("url_path", flat=True))) == 2


def test_longest_text_is_kept_whole(write):
    import_from(write({"text": "Uzun metin. " * 10_500}))
    assert Publication.objects.get().characters_without_spaces > 100_000


def test_text_is_never_markup(write):
    import_from(write({"text": "<script>alert(1)</script> ve 3 < 5"}))
    html = Publication.objects.get().content.html
    assert html == "<p>&lt;script&gt;alert(1)&lt;/script&gt; ve 3 &lt; 5</p>"


def test_table_of_an_imported_text_opens_in_the_editing_area_as_paragraphs(write):
    html = "<table><tr><td>Yıl<br>Ay<td>Tutar</table><p><img src=x>Metin."
    import_from(write({"text": None, "html": html}))
    stored = Statement.objects.get().body
    assert stored == "<p>Yıl<br>Ay</p><p>Tutar</p><p>Metin.</p>"
    assert sanitise(BodyArea().read(BodyArea().format_value(stored))) == stored


REFUSED = [
    ({"text": None, "html": "<script>x</script><p>&nbsp;</p>"}, "Metni yok."),
    ({"text": None}, "Metni yok."),
    ({"text": "  \n "}, "Metni yok."),
    ({"date": None}, "Ne tarihi ne yılı var."),
    ({"date": "1921-02-30"}, "Tarihi okunamıyor: “1921-02-30”."),
    ({"date": "2921-02-03"}, "Tarihi 1800 ile bugün arasında değil: 2921-02-03."),
    ({"date": "0021"}, "Tarihi 1800 ile bugün arasında değil: 0021-01-01."),
    ({"title": ""}, "Başlığı yok."),
    ({"title": {"tr": "x"}}, "“title” alanı metin değil."),
    ({"kind": "ferman"}, "Türü bilinmiyor: “ferman”."),
    ({"office": ""}, "Açıklamanın makamını yazın."),
    ({"language": "xx"}, "xx"),
    ({"audience": []}, "Hedef kitle boş olamaz: en az bir seçenek işaretleyin."),
    ({"audience": "public"}, "Hedef kitlesi bir liste değil."),
    ({"audience": ["herkes"]}, "“herkes” bir hedef kitle değil."),
    ({"text": "x" * 1_100_000}, "Metin çok büyük"),
    ("{bozuk", "Bir kimliği (id) olan JSON nesnesi değil."),
    ("[1, 2]", "Bir kimliği (id) olan JSON nesnesi değil."),
    ("[" * 100_000, "Bir kimliği (id) olan JSON nesnesi değil."),
    ('{"title": "kimliksiz"}', "Bir kimliği (id) olan JSON nesnesi değil."),
]


@pytest.mark.parametrize(("entry", "sentence"), REFUSED, ids=[str(row[0])[:30] for row in REFUSED])
def test_refused_entry_is_named_with_its_reason(write, capsys, entry, sentence):
    with pytest.raises(CommandError, match="1 açıklama reddedildi; 1 açıklama yayında"):
        import_from(write(entry, {}))
    assert sentence in capsys.readouterr().out


@pytest.mark.parametrize("entry", [row[0] for row in REFUSED], ids=[str(row[0])[:30] for row in REFUSED])
def test_refused_entry_leaves_nothing_behind(write, entry):
    import_from(write(entry), "--lenient")
    assert not Statement.objects.exists()


def test_number_used_in_the_same_office_is_refused(write, capsys):
    import_from(write({"number": "14"}, {"number": "14"}), "--lenient")
    assert "Bu makamın bu sayıyla bir açıklaması zaten var." in capsys.readouterr().out


def test_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="okunamıyor"):
        import_from(tmp_path / "yok.jsonl")


def test_database_without_the_tables_is_one_sentence(tmp_path):
    with sqlite3.connect(tmp_path / "baska.db") as source:
        source.execute("CREATE TABLE x (y)")
    with pytest.raises(CommandError, match="beklenen tabloları taşımıyor"):
        import_from(tmp_path / "baska.db")


def test_speeches_file_is_read(tmp_path):
    with sqlite3.connect(tmp_path / "speeches.db") as source:
        source.execute(
            "CREATE TABLE speeches (id, year, date, title_tr, title_en, location, kind, source, source_ref)"
        )
        source.execute("CREATE TABLE speech_texts (speech_id, lang, body)")
        source.execute(
            "INSERT INTO speeches VALUES ('a', 1923, '1923-10-29', 'Nutuk', 'Speech', 'Ankara', 'demec', 's', 's. 4')"
        )
        source.execute("INSERT INTO speech_texts VALUES ('a', 'tr', 'Metin.'), ('a', 'en', 'Text.')")
    import_from(tmp_path / "speeches.db")
    statement = Statement.objects.get()
    assert (statement.place, statement.statement_kind, statement.source_reference) == (
        "Ankara",
        "remarks",
        "s. 4",
    )


def test_import_of_an_item_already_edited_leaves_it_alone(write):
    path = write({})
    import_from(path)
    statement = Statement.objects.get()
    factories.corrected(statement, title="Düzeltilmiş başlık")
    import_from(path)
    assert CurrentItem.objects.get().title == "Düzeltilmiş başlık"


def test_characters_of_the_archive_are_not_in_this_month(write):
    import_from(write({}, {"date": "1920-04-24"}))
    this_century = Publication.objects.filter(offered_on__year__gte=2000)
    assert this_century.aggregate(total=Sum("characters_delta"))["total"] is None

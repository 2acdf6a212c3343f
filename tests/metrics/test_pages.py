"""The pages of H2.1: who sees them, what they say, and the table to download."""

import csv
import io
import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from bulletin import projections
from metrics import charts, journal
from metrics.models import Presence
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/gostergeler/h2-1/"
CSV = "/gostergeler/h2-1.csv"
NOON = datetime(2026, 3, 10, 9, tzinfo=UTC)
MARCH = {"yil": "2026", "ay": "3"}


@pytest.fixture
def strategist():
    person = factories.person(email="strateji@des.example")
    person.user_permissions.add(Permission.objects.get(codename="view_h21"))
    client = Client()
    client.force_login(person)
    return client


def shown(response) -> str:
    return response.content.decode()


# --- Who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PAGE, CSV, "/en" + PAGE, PAGE + "?yil=x&ay=y"])
def test_to_everybody_else_it_is_not_there(address, subscriber, editor):
    visitor, reader, staff = Client(), Client(), Client()
    reader.force_login(subscriber)
    staff.force_login(editor)
    assert [client.get(address).status_code for client in (visitor, reader, staff)] == [404, 404, 404]


def test_strategy_staff_see_it_and_nobody_keeps_a_copy(strategist):
    response = strategist.get(PAGE)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"


def test_nobody_is_named_on_it(strategist):
    person = uuid4()
    Presence.objects.create(person=person, agency_id=1, channel="web", act="read", day=timezone.localdate())
    assert str(person) not in shown(strategist.get(PAGE))


def test_rows_of_presence_can_be_granted_to_nobody():
    codenames = Permission.objects.filter(content_type__app_label="metrics").values_list(
        "codename", flat=True
    )
    assert set(codenames) == {"view_h21", "close_year"}


# --- What --------------------------------------------------------------------------------------------------------


def test_month_shows_both_indicators_and_the_head_of_the_log(strategist):
    factories.published_news(title="B" * 100, summary="", body=f"<p>{'söz ' * 400}</p>", offered_at=NOON)
    Presence.objects.create(person=uuid4(), agency_id=1, channel="web", act="read", day=date(2026, 3, 9))
    text = shown(strategist.get(PAGE, MARCH))
    head = projections.head()
    assert "Mart 2026" in text
    assert '<p class="figure">1.699</p>' in text  # 100 + 400 × 3 + 399 spaces
    assert "boşluksuz 1.300" in text
    assert f"{head.sequence}:{head.hash}" in text


def test_numbers_are_grouped_the_way_of_the_language(strategist):
    factories.published_news(title="B" * 100, summary="", body=f"<p>{'söz ' * 400}</p>", offered_at=NOON)
    assert '<p class="figure">1,699</p>' in shown(strategist.get("/en" + PAGE, MARCH))


def test_month_in_progress_says_so(strategist):
    assert "Ay tamamlanmadı" in shown(strategist.get(PAGE))
    factories.published_news(offered_at=NOON)
    assert "Ay tamamlanmadı" not in shown(strategist.get(PAGE, MARCH))


def test_empty_month_says_so(strategist):
    factories.published_news(offered_at=datetime(1920, 4, 23, 9, tzinfo=UTC))
    text = shown(strategist.get(PAGE, {"yil": "1920", "ay": "5"}))
    assert "Mayıs 1920 içinde sunulan bir içerik yok." in text
    assert "Bu ay için kullanım ölçülmüyordu." in text


def test_month_without_news_has_a_sentence_in_place_of_charts(strategist):
    factories.published_statement(offered_at=NOON)
    text = shown(strategist.get(PAGE, MARCH))
    assert "<p>Bu ay haber sunulmadı.</p>" in text
    assert "<svg" not in text


def test_empty_log_has_a_page_too(strategist):
    assert strategist.get(PAGE).status_code == 200
    assert strategist.get(PAGE, {"yil": str(timezone.localdate().year)}).status_code == 200


@pytest.mark.parametrize("address", [PAGE, CSV])
def test_month_that_is_none_is_answered_with_a_sentence(strategist, address):
    response = strategist.get(address, {"yil": "2026", "ay": "<b>13</b>"})
    assert response.status_code == 400
    assert "bir ay olarak okunamadı" in shown(response)
    assert "<b>13</b>" not in shown(response) or response.headers["Content-Type"].startswith("text/plain")


def test_year_lists_its_months_and_leads_to_them(strategist):
    factories.published_news(offered_at=datetime(2025, 5, 5, 9, tzinfo=UTC))
    text = shown(strategist.get(PAGE, {"yil": "2025"}))
    assert text.count("?yil=2025&amp;ay=") == 12
    assert "Yıl tamamlanmadı" not in text


def test_use_that_was_journalled_is_in_the_figure(strategist):
    journal.append(journal.Use(uuid4(), 1, "web", "read", timezone.localdate()))
    strategist.get(PAGE)
    assert Presence.objects.count() == 1


def test_page_holds_no_script_and_no_style_of_its_own(strategist):
    factories.published_news(offered_at=NOON)
    for asked in (MARCH, {"yil": "2026"}):
        text = shown(strategist.get(PAGE, asked))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", text)


def test_drawing_names_what_it_shows_and_has_its_table(strategist):
    factories.published_news(offered_at=NOON)
    text = shown(strategist.get(PAGE, MARCH))
    assert '<title id="daily-title">Mart 2026: her gün sunulan haber karakteri (boşluklu)</title>' in text
    assert len(re.findall(r"<rect ", text)) == 1
    assert len(re.findall(r"<time datetime=\"2026-03-\d\d\">", text)) == 31


def test_lengths_of_a_drawing_are_written_the_same_in_every_language(strategist):
    factories.published_news(offered_at=NOON)
    drawings = [
        re.findall(r"<rect [^>]*>|points=\"[^\"]*\"", shown(strategist.get(prefix + PAGE, MARCH)))
        for prefix in ("", "/en")
    ]
    assert drawings[0] == drawings[1]
    assert "," not in drawings[0][0]


# --- The table to download ---------------------------------------------------------------------------------------


def table(client, **asked) -> list[list[str]]:
    response = client.get(CSV, asked)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_table_begins_with_a_byte_order_mark_and_is_named_for_its_month(strategist):
    factories.published_news(offered_at=NOON)
    response = strategist.get(CSV, MARCH)
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="h2-1-2026-03.csv"'


def test_table_has_a_row_for_each_day_and_one_for_the_month(strategist):
    item = factories.published_news(offered_at=NOON)
    characters = str(item.publications.get().characters)
    rows = table(strategist, **MARCH)
    assert len(rows) == 1 + 31 + 1
    assert {len(row) for row in rows} == {13}
    assert rows[10][:3] == ["gün", "2026-03-10", characters]
    assert rows[-1][:3] == ["ay", "2026-03", characters]
    assert rows[-1][8] == ""  # use wasn't measured then
    head = projections.head()
    assert {row[-1] for row in rows[1:]} == {f"{head.sequence}:{head.hash}"}


@pytest.fixture
def year_before():
    """A news item on 10 March 2025, and somebody who read on two days of that month."""
    person = uuid4()
    for day in (9, 10):
        Presence.objects.create(person=person, agency_id=1, channel="web", act="read", day=date(2025, 3, day))
    item = factories.published_news(
        title="B" * 100, summary="", body=f"<p>{'söz ' * 400}</p>", offered_at=NOON.replace(year=2025)
    )
    return str(item.publications.get().characters)


def test_table_of_a_month_stands_beside_the_same_days_of_the_year_before(strategist, year_before):
    factories.published_news(offered_at=NOON)
    rows = table(strategist, **MARCH)
    assert rows[0][9].startswith("geçen yılın aynı günleri")
    assert rows[10][9:12] == [year_before, "1", ""]
    assert rows[11][9:12] == ["0", "0", ""]
    assert rows[-1][9:12] == [year_before, "1", "1"]


def test_table_of_a_year_stands_beside_the_same_months_of_the_year_before(strategist, year_before):
    rows = table(strategist, yil="2026")
    assert rows[0][9].startswith("geçen yılın aynı ayı")
    assert rows[3][9:12] == [year_before, "1", ""]
    assert rows[4][9:12] == ["0", "0", ""]
    assert rows[-1][9:12] == [year_before, "1", "1"]


def test_leap_day_has_empty_cells_for_the_year_before(strategist):
    factories.published_news(offered_at=datetime(2024, 2, 1, 9, tzinfo=UTC))
    rows = table(strategist, yil="2024", ay="2")
    assert (rows[28][1], rows[28][9:12]) == ("2024-02-28", ["0", "0", ""])
    assert (rows[29][1], rows[29][9:12]) == ("2024-02-29", ["", "", ""])


@pytest.mark.parametrize(
    ("asked", "heading"), [(MARCH, "Mart 2025, boşluklu"), ({"yil": "2026"}, "2025, boşluklu")]
)
def test_page_shows_the_year_before_in_its_table(strategist, year_before, asked, heading):
    factories.published_news(offered_at=NOON)
    text = shown(strategist.get(PAGE, asked))
    assert f'<th scope="col" class="number">{heading}</th>' in text
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(?:<time|<a)[^>]*>(?:10 )?Mart<.*?</tr>", text, re.DOTALL)
    assert [row.count('<td class="number">1.699</td>') for row in rows] == [1]
    assert f"{heading.split(',')[0]}: 1 kullanıcı." in text


def test_year_is_drawn_beside_the_year_before(strategist, year_before):
    factories.published_news(offered_at=NOON)
    text = shown(strategist.get(PAGE, {"yil": "2026"}))
    assert "Yıl başından beri sunulan haber karakteri: 2026 ve 2025" in text
    assert text.count("<polyline") == 2


def test_numbers_of_the_table_are_plain_digits(strategist):
    factories.published_news(body=f"<p>{'söz ' * 600}</p>", offered_at=NOON)
    cells = [cell for row in table(strategist, **MARCH)[1:] for cell in row[2:12]]
    assert all(re.fullmatch(r"-?\d*", cell) for cell in cells)
    assert max(int(cell or 0) for cell in cells) > 2000


def test_table_of_a_year_has_a_row_for_each_month(strategist):
    factories.published_news(offered_at=datetime(2025, 5, 5, 9, tzinfo=UTC))
    rows = table(strategist, yil="2025")
    assert [row[1] for row in rows[1:]] == [f"2025-{month:02}" for month in range(1, 13)] + ["2025"]


# --- Charts ------------------------------------------------------------------------------------------------------


def heights(chart) -> list[float]:
    return [float(bar.height) for bar in chart.bars]


def test_bars_are_as_high_as_their_values():
    chart = charts.bar_chart([10, 20, 0], slots=3, names=["1", "2", "3"], shown=["10", "20", "0"])
    assert heights(chart)[1] == pytest.approx(2 * heights(chart)[0], abs=0.2)
    assert len(chart.bars) == 2


def test_bar_below_nought_hangs_from_the_base():
    chart = charts.bar_chart([10, -10], slots=2, names=["1", "2"], shown=["10", "-10"])
    assert float(chart.bars[1].y) == pytest.approx(float(chart.base), abs=0.1)
    assert float(chart.bars[0].y) + heights(chart)[0] == pytest.approx(float(chart.base), abs=0.1)


@pytest.mark.parametrize("values", [[], [0], [0, 0], [-5], [10**12, 1], [1] * 31])
def test_everything_stays_within_the_drawing(values):
    names = [str(number) for number in range(1, len(values) + 1)]
    chart = charts.bar_chart(values, slots=max(len(values), 1), names=names, shown=names)
    for bar in chart.bars:
        assert 0 <= float(bar.y) <= float(bar.y) + float(bar.height) <= charts.HEIGHT
        assert 0 <= float(bar.x) <= charts.WIDTH
    for label in chart.labels:
        assert 0 < float(label.y) <= charts.HEIGHT


def test_labels_of_two_lines_that_end_together_stand_apart():
    chart = charts.line_chart([("before", "a", [1, 2]), ("present", "b", [1, 2])], slots=2, names=["1", "2"])
    first, second = (float(line.label.y) for line in chart.lines)
    assert abs(first - second) > 20

"""No cell that a person opens in a spreadsheet is taken for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.spreadsheets import defused


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠a",
        "\ufeff=1",
    ],
)
def test_cell_that_begins_like_a_formula_is_made_a_text(cell):
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "Ankara", "12", "a@des.example", "2026-11-23"])
def test_other_cells_stay_as_they_are(cell):
    assert defused(cell) == cell


@given(st.text())
def test_no_text_begins_like_a_formula_afterwards(cell):
    assert not defused(cell).lstrip().startswith(("=", "+", "-", "@"))

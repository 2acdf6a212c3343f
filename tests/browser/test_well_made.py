"""The look at a page finds what it is there to find."""

import pytest

from .well_made import assert_well_made

pytestmark = [pytest.mark.browser, pytest.mark.once]

PAGE = """<!doctype html><html lang="tr"><head><title>Sayfa</title><meta name="viewport" content="width=device-width">
<style>%s</style></head><body><main><h1>Başlık</h1><p>Metin.</p>%s</main></body></html>"""


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def test_page_without_a_fault_passes(page):
    page.set_content(PAGE % ("", ""))
    assert_well_made(page)


@pytest.mark.parametrize(
    ("style", "content", "found"),
    [
        ("", "<img src='data:,'>", "image-alt"),
        ("@media (prefers-color-scheme: dark) { p { color: #eee } }", "", "color-contrast"),
        ("@media (max-width: 400px) { p { color: #eee } }", "", "color-contrast"),
        ("p { width: 700px }", "", "too wide"),
    ],
    ids=["image without a text", "pale in the dark theme", "pale on a telephone", "wider than the screen"],
)
def test_fault_is_found(page, style, content, found):
    page.set_content(PAGE % (style, content))
    with pytest.raises(AssertionError, match=found):
        assert_well_made(page)

"""Colours are computed, not guessed: contrast of every pair in use, in both themes."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

STYLES = Path(__file__).resolve().parents[2] / "home" / "static" / "site"
SITE = (STYLES / "site.css").read_text()


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def blocks(selector: str) -> dict[str, str]:
    start = SITE.index(selector)
    return colours(SITE[start : SITE.index("}", start)])


LIGHT = blocks(":root {")
DARK_DEVICE = blocks(':root:not([data-theme="light"]) {')
DARK_CHOSEN = blocks('\n:root[data-theme="dark"] {')


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_dark_theme_is_the_same_chosen_or_by_the_device():
    assert DARK_DEVICE == DARK_CHOSEN
    assert DARK_DEVICE.keys() == LIGHT.keys()


@pytest.mark.parametrize("theme", [LIGHT, DARK_DEVICE], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *((text, ground, 7) for text in ("ink", "quiet", "accent", "alert") for ground in ("paper", "sheet")),
        ("accent-strong", "tint", 7),
        ("quiet", "tint", 4.5),
        ("ink", "mark", 7),
        ("on-accent", "accent", 7),
        ("edge", "paper", 3),
        ("edge", "sheet", 3),
    ],
)
def test_contrast_is_enough(theme, text, ground, least):
    assert contrast(theme[text], theme[ground]) >= least


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_colours_stand_in_the_tokens_alone(path):
    text = re.sub(r":root[^{]*\{[^}]*\}", "", path.read_text())
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", text)


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_nothing_is_fetched_by_a_stylesheet(path):
    assert not re.findall(r"@import|url\(|@font-face", path.read_text())

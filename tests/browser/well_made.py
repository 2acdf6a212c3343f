"""What every page keeps to, whoever sees it: it is as wide as the screen, and anybody can use it (axe's rules)."""

from axe_playwright_python.sync_playwright import Axe

#: The rules whose answer depends on colours, and on where things stand. The rest asks what is there at all.
OF_COLOURS = ("color-contrast", "link-in-text-block")
OF_PLACES = ("scrollable-region-focusable", "target-size")
#: (width, theme, rules; None: all there are). The widths show different things; the themes differ in colours alone.
LOOKS = (
    (360, "light", None),
    (768, "light", OF_COLOURS + OF_PLACES),
    (1440, "light", None),
    (1440, "dark", OF_COLOURS),
    (360, "dark", OF_COLOURS),
)

_AXE = Axe()


def assert_well_made(page) -> None:
    """Looks at `page` in every look. Its context must bypass the policy, which rightly refuses axe's own script."""
    page.evaluate(_AXE.axe_script)
    for width, theme, rules in LOOKS:
        page.emulate_media(color_scheme=theme)
        assert_fits(page, width)
        # Colours that are on their way from one theme to the other are neither's.
        page.evaluate("document.getAnimations().forEach((one) => one.finish())")
        options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
        found = page.evaluate(
            """async (options) => (await axe.run(document, options)).violations.map(
                (violation) => [violation.id, violation.nodes.map((node) => node.html.slice(0, 160))]
            )""",
            options,
        )
        assert found == [], f"{page.url} at {width}, {theme}: {found}"


def assert_fits(page, width: int) -> None:
    """Nothing of `page` stands beside a screen of `width` pixels."""
    page.set_viewport_size({"width": width, "height": 800})
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0, f"{page.url} at {width}: {excess} px too wide"

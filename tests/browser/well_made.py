"""What every page keeps to, whoever sees it: it is as wide as the screen, and anybody can use it (axe's rules)."""

from axe_playwright_python.sync_playwright import Axe

#: (width, theme) at which a page is looked at. All rules of axe are asked at the first and the last look.
LOOKS = ((360, "light"), (768, "light"), (1440, "light"), (360, "dark"), (1440, "dark"))
#: The rules whose answer depends on the look alone, asked at each.
OF_EACH_LOOK = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")

_AXE = Axe()


def assert_well_made(page) -> None:
    """Looks at `page` in every look. Its context must bypass the policy, which rightly refuses axe's own script."""
    page.evaluate(_AXE.axe_script)
    for width, theme in LOOKS:
        page.emulate_media(color_scheme=theme)
        assert_fits(page, width)
        # Colours that are on their way from one theme to the other are neither's.
        page.evaluate("document.getAnimations().forEach((one) => one.finish())")
        everything = (width, theme) in (LOOKS[0], LOOKS[-1])
        options = {"resultTypes": ["violations"]} | ({} if everything else {"runOnly": OF_EACH_LOOK})
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

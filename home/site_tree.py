"""The page tree of the site: home page, the three section fronts, the plan and its sections.

`ensure_site_tree` is called by the demo, by the tests and by the command `site_tree`; calling it again changes
nothing that an editor may have changed since.
"""

from collections.abc import Sequence
from typing import TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from .addresses import PLAN_SLUG, SECTION_SLUGS
from .models import HomePage, PlanPage, SectionPage


class PlanText(TypedDict):
    """One page of the plan: its slug, and titles and bodies (rich text HTML) in both languages."""

    slug: str
    title_tr: str
    title_en: str
    body_tr: str
    body_en: str


#: The five sections of the plan's public site, which stand even where no text has been written yet.
PLAN_SECTIONS: tuple[PlanText, ...] = tuple(
    PlanText(slug=slug, title_tr=title_tr, title_en=title_en, body_tr="", body_en="")
    for slug, title_tr, title_en in (
        ("sunus", "Stratejik Plan Sunuş", "Introduction to the Strategic Plan"),
        ("amaclar", "Stratejik Amaçlar", "Strategic Aims"),
        ("hedefler", "Stratejik Hedefler", "Strategic Objectives"),
        ("performans-programlari", "Performans Programları", "Performance Programmes"),
        ("faaliyet-raporlari", "Faaliyet Raporları", "Annual Reports"),
    )
)


@transaction.atomic
def ensure_site_tree(plan_texts: Sequence[PlanText] = ()) -> HomePage:
    """The home page of a complete tree, made as far as it isn't there.

    plan_texts: what the plan's sections say, by slug; one for a slug of no section makes a page of its own, in
    their order. A page that is there is left as it is, except that an empty body takes its text.
    """
    home = HomePage.objects.first() or _make_home()
    _ensure_default_site(home)
    for kind, slug in SECTION_SLUGS.items():
        if not SectionPage.objects.filter(kind=kind).exists():
            section = SectionPage(
                kind=kind, slug=slug, title=str(SectionPage.Kind(kind).label), show_in_menus=True
            )
            home.add_child(instance=section)
            section.save_revision().publish()
    plan = PlanPage.objects.child_of(home).filter(slug=PLAN_SLUG).first()
    if plan is None:
        plan = _add_page(
            home,
            PlanText(
                slug=PLAN_SLUG, title_tr="Stratejik Plan", title_en="Strategic Plan", body_tr="", body_en=""
            ),
        )
    written = {text["slug"]: text for text in plan_texts}
    for text in [*(written.pop(section["slug"], section) for section in PLAN_SECTIONS), *written.values()]:
        _ensure_plan_page(plan, text)
    return home


def _make_home() -> HomePage:
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node()
    home = HomePage(title="Devlet Enformasyon Sistemi", slug="des")
    root.add_child(instance=home)
    home.save_revision().publish()
    return home


def _ensure_default_site(home: HomePage) -> None:
    address = urlsplit(settings.SITE_URL)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if site.root_page_id == home.pk:
        return
    former = site.root_page if site.root_page_id else None
    site.root_page = home
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.save()
    # Wagtail's first migration makes a plain welcome page, which nobody wrote and nobody may read.
    if former is not None and type(former.specific) is Page and former.depth == 2:
        former.delete()


def _ensure_plan_page(parent: PlanPage, text: PlanText) -> None:
    page = PlanPage.objects.child_of(parent).filter(slug=text["slug"]).first()
    if page is None:
        if text["slug"] == PLAN_SLUG:
            page = parent
        else:
            _add_page(parent, text)
            return
    if not page.body_tr and not page.body_en and (text["body_tr"] or text["body_en"]):
        page.body_tr, page.body_en = text["body_tr"], text["body_en"]
        page.save_revision().publish()


def _add_page(parent: Page, text: PlanText) -> PlanPage:
    page = PlanPage(
        slug=text["slug"],
        title=text["title_tr"],
        title_en=text["title_en"],
        body_tr=text["body_tr"],
        body_en=text["body_en"],
        show_in_menus=True,
    )
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page

"""Every list and detail page, the admin's included, and what each costs.

Called by `bench.publish` and by the suite. A page is a name, who asks, and an address that must answer 200.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bulletin.models import Bulletin, CurrentItem, Item, NewsItem, Statement
from feeds.models import FeedDocument
from home.paging import Position
from subscribers.entitlement import PUBLIC

from .costs import Cost, cost_of, middle_of
from .loading import Site
from .moments import client_of


class PageRefused(RuntimeError):
    """A page did not answer 200; the message names it."""


@dataclass(frozen=True)
class Page:
    """address: what `client` asks for. afresh: without what earlier requests made and kept (sitemap, feeds)."""

    name: str
    client: Client
    address: str
    afresh: bool = False


def measure_pages(pages: list[Page], repeats: int) -> dict[str, Cost]:
    """The cost of each page, by its name, in `repeats` requests after one that isn't timed. Raises PageRefused."""
    return {page.name: measure_page(page, repeats) for page in pages}


def measure_page(page: Page, repeats: int) -> Cost:
    """The first request, which fills what a process keeps, is looked at; those after it are timed."""
    look_at(page)
    costs = []
    for _turn in range(repeats):
        if page.afresh:
            cache.clear()
            FeedDocument.objects.all().delete()
        costs.append(cost_of(lambda: page.client.get(page.address).getvalue()))
    return middle_of(costs)


def look_at(page: Page) -> None:
    """Raises PageRefused where the page does not answer 200."""
    answer = page.client.get(page.address)
    if answer.status_code != 200:
        raise PageRefused(f"{page.name}: {page.address} answered {answer.status_code}.")


def all_pages(site: Site) -> list[Page]:
    """Every page, as the items and people of `site` stand."""
    return [*readers_pages(site), *indicator_pages(site), *admin_pages(site)]


def closed_pages(site: Site) -> list[Page]:
    """The lists where a visitor may read one item in a hundred: as far as entitlement ever has to look."""
    visitor, few = client_of(), client_of(site.reader_of_few)
    news = CurrentItem.objects.filter(kind=Item.Kind.NEWS).newest_first()
    halfway = Position.of(news[news.count() // 2])
    return [
        Page("home, 1 % public", visitor, "/"),
        Page("section, 1 % public", visitor, "/haberler/"),
        Page("section halfway down, 1 % public", visitor, f"/haberler/?once={halfway}"),
        Page("section by desk, 1 % public", visitor, f"/haberler/?masa={site.desks[1].pk}"),
        Page("section by topic, 1 % public", visitor, f"/haberler/?konu={site.topics[1].pk}"),
        Page("section, 1 % public and 2 % for the reader's agency", few, "/haberler/"),
        Page("statements, 1 % public", visitor, "/aciklamalar/"),
        Page("search, 1 % public", visitor, "/ara/?q=ekonomi"),
        Page("feed afresh, 1 % public", visitor, "/rss/haberler.xml", afresh=True),
        Page("sitemap afresh, 1 % public", visitor, "/sitemap.xml", afresh=True),
    ]


# --- Readers -----------------------------------------------------------------------------------------------------


def readers_pages(site: Site) -> list[Page]:
    visitor, subscriber = client_of(), client_of(site.subscriber)
    of_a_desk = client_of(site.reader_of_a_desk)
    on_offer = CurrentItem.objects.readable_by([PUBLIC]).newest_first()
    news = on_offer.filter(kind=Item.Kind.NEWS, edition=1)[0]
    corrected = on_offer.filter(kind=Item.Kind.NEWS, edition__gt=1)[0]
    statement = on_offer.filter(kind=Item.Kind.STATEMENT)[0]
    bulletin = on_offer.filter(kind=Item.Kind.BULLETIN)[0]
    halfway = Position.of(
        on_offer.filter(kind=Item.Kind.NEWS)[on_offer.filter(kind=Item.Kind.NEWS).count() // 2]
    )
    month = halfway.moment.strftime("%Y-%m")
    today = timezone.localdate()
    days = f"baslangic={today - timedelta(days=400)}&bitis={today - timedelta(days=370)}"
    return [
        Page("home", visitor, "/"),
        Page("home, subscriber", subscriber, "/"),
        Page("home, English", visitor, "/en/"),
        Page("section", visitor, "/haberler/"),
        Page("section, subscriber", subscriber, "/haberler/"),
        Page("section, subscriber of one desk", of_a_desk, "/haberler/"),
        Page("section, English", visitor, "/en/haberler/"),
        Page("section, halfway down", visitor, f"/haberler/?once={halfway}"),
        Page("section, towards the newer", visitor, f"/haberler/?sonra={halfway}"),
        Page("section, by desk", subscriber, f"/haberler/?masa={site.desks[0].pk}"),
        Page("section, by topic", subscriber, f"/haberler/?konu={site.topics[0].pk}"),
        Page("section, by date", subscriber, f"/haberler/?{days}"),
        Page("section, by country", subscriber, "/haberler/?ulke=DE"),
        Page("section, by language", subscriber, "/haberler/?dil=en"),
        Page(
            "section, by all of them",
            subscriber,
            f"/haberler/?{days}&masa={site.desks[0].pk}&konu={site.topics[0].pk}&dil=tr&ulke=DE",
        ),
        Page("statements", visitor, "/aciklamalar/"),
        Page("statements, English", visitor, "/en/aciklamalar/"),
        Page("statements, by date", visitor, f"/aciklamalar/?{days}"),
        Page("bulletins", visitor, "/bultenler/"),
        Page("bulletins, English", visitor, "/en/bultenler/"),
        Page("news item", visitor, news.url_path),
        Page("news item, subscriber", subscriber, news.url_path),
        Page("news item, English", visitor, f"/en{news.url_path}"),
        Page("news item, corrected", visitor, corrected.url_path),
        Page("news item, older edition", visitor, f"{corrected.url_path}surum/1/"),
        Page("statement", visitor, statement.url_path),
        Page("bulletin of 20", visitor, bulletin.url_path),
        Page("bulletin of 20, in full", visitor, f"{bulletin.url_path}?metin=tam"),
        Page("search", subscriber, "/ara/?q=ekonomi"),
        Page("search, visitor", visitor, "/ara/?q=ekonomi"),
        Page("search, two words", subscriber, "/ara/?q=demiryolu+k%C3%B6pr%C3%BC"),
        Page("search, phrase", subscriber, "/ara/?q=%22demiryolu+k%C3%B6pr%C3%BC%22"),
        Page("search, filtered", subscriber, f"/ara/?q=ekonomi&tur=haber&dil=tr&{days}"),
        Page("search, newest first", subscriber, "/ara/?q=ekonomi&sira=yeni"),
        Page("search, fifth page", subscriber, "/ara/?q=ekonomi&sayfa=5"),
        Page("list of feeds", visitor, "/beslemeler/"),
        Page("feed of news", visitor, "/rss/haberler.xml"),
        Page("feed of news, subscriber", subscriber, "/rss/haberler.xml"),
        Page("feed of news, afresh", visitor, "/rss/haberler.xml", afresh=True),
        Page("feed of statements", visitor, "/rss/aciklamalar.xml"),
        Page("feed of bulletins", visitor, "/rss/bultenler.xml"),
        Page("sitemap", visitor, "/sitemap.xml"),
        Page("sitemap, afresh", visitor, "/sitemap.xml", afresh=True),
        Page("sitemap, pages", visitor, "/sitemap-sayfalar.xml"),
        Page("sitemap, a month", visitor, f"/sitemap-{month}-1.xml"),
        Page("sign-in", visitor, "/giris/"),
        Page("password reset", visitor, "/parola/sifirla/"),
    ]


def indicator_pages(site: Site) -> list[Page]:
    strategist = client_of(site.strategist)
    today = timezone.localdate()
    before = today.replace(day=1) - timedelta(days=1)
    return [
        Page("H2.1, this month", strategist, "/gostergeler/h2-1/"),
        Page("H2.1, the month before", strategist, f"/gostergeler/h2-1/?yil={before.year}&ay={before.month}"),
        Page("H2.1, the year before", strategist, f"/gostergeler/h2-1/?yil={today.year - 1}"),
        Page(
            "H2.1, a month's table", strategist, f"/gostergeler/h2-1.csv?yil={before.year}&ay={before.month}"
        ),
    ]


# --- Editors -----------------------------------------------------------------------------------------------------


def admin_pages(site: Site) -> list[Page]:
    chief, writer = client_of(site.chief), client_of(site.writers[1])
    of_a_desk, administrator = client_of(site.writers[0]), client_of(site.administrator)
    drafts = NewsItem.objects.filter(live=False, first_published_at=None).order_by("-pk")[:5]
    chooser, bulk = reverse("newsroom_item_chooser:choose"), _bulk_address(NewsItem, "publish")
    news = _list_of(NewsItem)
    return [
        Page("admin home (masa)", chief, "/yonetim/"),
        Page("admin home (masa), editor", writer, "/yonetim/"),
        Page("admin home (masa), editor of one desk", of_a_desk, "/yonetim/"),
        *(page for model in (NewsItem, Statement, Bulletin) for page in _pages_of_kind(model, chief)),
        Page("admin news items, page 5", chief, f"{news}?p=5"),
        Page("admin news items, editor of one desk", of_a_desk, news),
        Page("admin news items, own desks", of_a_desk, f"{news}?whose=mine"),
        Page("admin news items, my drafts", writer, f"{news}?who=me&state=draft"),
        Page("admin news items, awaiting approval", chief, f"{news}?state=awaiting"),
        Page("admin news items, of a desk", chief, f"{news}?desk={site.desks[0].pk}"),
        Page("admin news items, of a language", chief, f"{news}?language=en"),
        Page("admin news items, search box", chief, f"{news}?q=demiryolu"),
        Page("admin statements, search box", chief, f"{_list_of(Statement)}?q=demiryolu"),
        Page("admin publish several", chief, f"{bulk}?{'&'.join(f'id={draft.pk}' for draft in drafts)}"),
        Page("admin chooser of items on offer", chief, chooser),
        Page("admin chooser, page 3", chief, f"{chooser}?p=3"),
        Page("admin chooser, search", chief, f"{chooser}?q=demiryolu"),
        Page("admin desks", chief, "/yonetim/masalar/"),
        Page("admin topics", chief, "/yonetim/konular/"),
        Page("admin outlets", chief, "/yonetim/kaynaklar/"),
        Page("admin series", chief, "/yonetim/bulten-dizileri/"),
        Page("admin people", administrator, "/yonetim/users/"),
        Page("admin agencies", administrator, "/yonetim/kurumlar/"),
        Page("admin entitlements", administrator, "/yonetim/kurum-yetkileri/"),
        Page("admin account", chief, "/yonetim/account/"),
    ]


def _pages_of_kind(model: type[Item], chief: Client) -> list[Page]:
    names = model.snippet_viewset
    newest = CurrentItem.objects.filter(kind=model.ITEM_KIND, audience=[PUBLIC]).newest_first()[0]
    label = f"admin {model.ITEM_KIND}" + (" item" if model is NewsItem else "")
    pages = [
        Page(f"{label}s", chief, _list_of(model)),
        Page(f"{label}s on offer", chief, f"{_list_of(model)}?state=offered"),
        Page(f"{label}, new", chief, reverse(names.get_url_name("add"))),
    ]
    for view in ("edit", "inspect", "history", "audience", "translate", "unpublish", "copy", "usage"):
        name = {"unpublish": "withdraw"}.get(view, view)
        pages.append(Page(f"{label}, {name}", chief, reverse(names.get_url_name(view), args=[newest.pk])))
    return pages


def _list_of(model: type[Item]) -> str:
    return reverse(model.snippet_viewset.get_url_name("list"))


def _bulk_address(model: type[Item], action: str) -> str:
    return reverse("wagtail_bulk_action", args=[model._meta.app_label, model._meta.model_name, action])

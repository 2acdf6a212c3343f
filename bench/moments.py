"""What publishing costs, and how long after it began a reader sees the item in its page, the feed and the search.

Called by `bench.publish`. Everything goes the way it goes on the site: revisions, `bulletin.publication`, requests
through every middleware.
"""

import random
import time

from django.test import Client

from bulletin import publication
from bulletin.corrections import Correction
from bulletin.models import Bulletin, BulletinEntry, CurrentItem, Item, NewsItem
from subscribers.entitlement import PUBLIC, SUBSCRIBER
from subscribers.models import User

from .costs import Cost, cost_of
from .loading import GATHERED, Site
from .texts import body, sentence

#: Seconds after which an item that doesn't show ends the bench.
PATIENCE = 30


class NotVisible(RuntimeError):
    """What was published did not show; the message says where."""


def client_of(user: User | None = None) -> Client:
    """A browser with a Turkish interface; signed in where `user` is given."""
    client = Client(SERVER_NAME="127.0.0.1", HTTP_ACCEPT_LANGUAGE="tr")
    if user is not None:
        client.force_login(user)
    return client


def measure_writes(site: Site, times: int) -> dict[str, list[Cost]]:
    """The costs of each of `times` publications, corrections, changes of audience, withdrawals, and bulletins.

    Publishing is also timed from its beginning until a subscriber sees the item (`page`, `feed`, `search`): these
    follow each other, so the search's moment holds the requests of the other two.
    """
    costs: dict[str, list[Cost]] = {}
    client = client_of(site.subscriber)

    def note(what: str, work, *arguments, **options) -> None:
        costs.setdefault(what, []).append(cost_of(lambda: work(*arguments, **options)))

    for number in range(times):
        word = f"olcum{number}kelimesi"
        chance = random.Random(number)
        item = NewsItem(
            title=f"Ölçüm {word}",
            body=body(chance),
            desk=site.desks[number % len(site.desks)],
            audience=[PUBLIC],
        )
        item.topics = site.topics[:2]
        item.save()
        revision = item.save_revision()
        began = time.perf_counter()
        note("publish", publication.publish, revision, user=site.chief)
        for what, moment in _sightings(client, item, word, began).items():
            costs.setdefault(what, []).append(Cost(0, 0, moment))

        item = NewsItem.objects.get(pk=item.pk)
        item.summary = sentence(chance, 15) + "."
        item.correction = Correction("Bir sayı düzeltildi.")
        note("correction", publication.publish, item.save_revision(), user=site.chief)
        item = NewsItem.objects.get(pk=item.pk)
        note("change of audience", publication.change_audience, item, [SUBSCRIBER], user=site.chief)
        if number % 2:
            note("withdrawal", publication.withdraw, NewsItem.objects.get(pk=item.pk), user=site.chief)

        revision = _bulletin(number, site).save_revision()
        note(f"bulletin of {GATHERED}", publication.publish, revision, user=site.chief)
    return costs


def _bulletin(number: int, site: Site) -> Bulletin:
    """A draft that gathers the newest public items."""
    newest = CurrentItem.objects.exclude(kind=Item.Kind.BULLETIN).readable_by([PUBLIC]).newest_first()
    bulletin = Bulletin(
        title=f"Ölçüm bülteni {number}",
        series=site.series,
        number=900_001 + number,
        date=newest[0].first_offered_on,
        audience=[PUBLIC],
    )
    bulletin.entries = [
        BulletinEntry(item_id=pk, section="Gündem" if place == 0 else "", sort_order=place)
        for place, pk in enumerate(newest.values_list("pk", flat=True)[:GATHERED])
    ]
    bulletin.save()
    return bulletin


def _sightings(client: Client, item: Item, word: str, began: float) -> dict[str, float]:
    """Milliseconds since `began` until `client` saw the item at each place, asking again and again."""
    path = CurrentItem.objects.get(pk=item.pk).url_path
    moments = {}
    for what, address in (("page", path), ("feed", "/rss/haberler.xml"), ("search", f"/ara/?q={word}")):
        while path not in (text := client.get(address).content.decode()) or word not in text:
            if time.perf_counter() - began > PATIENCE:
                raise NotVisible(f"{item} did not show in the {what} ({address}) within {PATIENCE} s.")
        moments[what] = (time.perf_counter() - began) * 1000
    return moments

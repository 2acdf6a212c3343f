"""The page that lists the site's feeds, with their addresses to be copied into a reader."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from feeds.channels import CHANNELS

from .answers import answered


@dataclass(frozen=True)
class Feed:
    """One feed: its name, what it brings, its address."""

    name: str
    says: str
    address: str


def feeds(request: HttpRequest) -> list[Feed]:
    """Every feed, in the order of the navigation."""
    return [
        Feed(str(channel.label), str(channel.says), request.build_absolute_uri(channel.path))
        for channel in CHANNELS.values()
    ]


@require_safe
def feed_list(request: HttpRequest) -> HttpResponse:
    """`/beslemeler/`."""
    return answered(request, render(request, "home/feed_list.html", {"feeds": feeds(request)}))

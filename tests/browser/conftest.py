"""The running site and the browser that looks at it."""

import os
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer


@contextmanager
def running_site():
    """The site on a free port of its own, over the database of the moment, whose commits have to be real."""
    cache.clear()
    running = LiveServer("127.0.0.1")
    yield running
    running.stop()
    cache.clear()


@pytest.fixture(scope="package")
def chromium(django_db_setup):
    """One browser for the whole room; each test has contexts of its own in it. It stands before any database of a test.

    Playwright runs an event loop in this thread, beside which Django keeps other connections than without one: those
    of before are closed before it begins, those of the room before it ends.
    """
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        # Nothing here is drawn by a graphics card; without one Chromium would imitate it.
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--disable-gpu"]
        )
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def server(own_database):
    with running_site() as running:
        yield running


@contextmanager
def pages_of(server, chromium):
    """`enter("/haberler/", person=…, …)`: a page of the site in a context of its own, for which the other options are.

    person: who is signed in on it. Errors of scripts and of the policy fail the block when it ends; they stand in
    `enter.troubles`.
    """
    contexts, troubles = [], []

    def enter(address: str | None = None, *, person=None, **options):
        context = chromium.new_context(base_url=server.url, locale="tr-TR", **options)
        contexts.append(context)
        if person is not None:
            visitor = Client()
            visitor.force_login(person)
            session = visitor.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on("console", lambda line: "Content Security Policy" in line.text and troubles.append(line.text))
        if address is not None:
            page.goto(address)
        return page

    enter.troubles = troubles
    try:
        yield enter
    finally:
        for context in contexts:
            context.close()
    assert troubles == []

"""The running site and the browser that looks at it."""

import os

import pytest
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def server(own_database):
    """The site on a free port of its own, over a database whose commits are real."""
    cache.clear()
    running = LiveServer("127.0.0.1")
    yield running
    running.stop()
    cache.clear()


@pytest.fixture
def chromium(server, monkeypatch):
    """A browser for one test. It begins after the test's database and ends before it, with its own connections closed.

    Playwright runs an event loop in this thread, beside which Django keeps other connections than without one.
    """
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        yield browser
        browser.close()
        connections.close_all()

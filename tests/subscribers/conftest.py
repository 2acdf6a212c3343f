"""What the tests of this room share."""

import time
from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def steady_codes(monkeypatch):
    """No code of an app runs out in the middle of a test."""
    now = time.time() // 30 * 30 + 15
    monkeypatch.setattr("django_otp.oath.time", lambda: now)
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", SimpleNamespace(time=lambda: now))

"""Ways in, as tests take them: the steps of sign-in, codes of an app, and time that has passed."""

from base64 import b32decode
from datetime import timedelta

from django.db.models import F
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from subscribers import second_factor
from subscribers.models import SignInFailures
from tests import factories

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(client: Client, email: str, password: str = factories.PASSWORD, *, address="192.0.2.1", **more):
    """The first step, from a network address."""
    return client.post(
        "/giris/",
        {"username": email, "password": password, **more},
        REMOTE_ADDR=address,
        HTTP_USER_AGENT=FIREFOX,
    )


def is_signed_in(client: Client) -> bool:
    return client.get("/saglik/").wsgi_request.user.is_authenticated


def code_of(key: str, *, ahead: int = 0) -> str:
    """What an app with `key` shows, `ahead` steps of 30 seconds from now."""
    return f"{totp(b32decode(key), drift=ahead):06d}"


def with_second_factor(person) -> tuple[str, list[str]]:
    """Sets up a second factor; its key and the recovery codes. The code of this moment is free again."""
    key = second_factor.new_key()
    codes = second_factor.set_up(person, key, code_of(key))
    TOTPDevice.objects.filter(user=person).update(last_t=-1)
    return key, codes


def let_pass(time: timedelta) -> None:
    """As if every failure had happened `time` earlier."""
    SignInFailures.objects.update(last_at=F("last_at") - time)

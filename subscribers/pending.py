"""Between the password and the second factor: who is about to sign in, kept in the session for five minutes.

Nobody is signed in meanwhile: Django's own session keys are absent, and pages see a visitor.
"""

import time
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from . import second_factor
from .models import User

LASTS = 5 * 60
_KEY = "sign_in"


@dataclass(frozen=True)
class Pending:
    """person: whose password was right. stays, next: what they chose. key: of a second factor being set up."""

    person: User
    stays: bool
    next: str
    key: str


def begin(request: HttpRequest, person: User, *, stays: bool, next_address: str) -> None:
    """Remembers that `person` gave the right password; whatever was in the session before is gone."""
    request.session.flush()
    request.session[_KEY] = {
        "person": person.pk,
        "password": person.get_session_auth_hash(),
        "until": time.time() + LASTS,
        "stays": stays,
        "next": next_address,
        "key": second_factor.new_key(),
    }
    request.session.set_expiry(LASTS)


def of(request: HttpRequest) -> Pending | None:
    """Who is about to sign in; None for nobody, too late, or with a password that has changed since."""
    kept = request.session.get(_KEY)
    if kept is None or kept["until"] < time.time():
        return None
    person = User.objects.select_related("agency").filter(pk=kept["person"], is_active=True).first()
    if person is None or not constant_time_compare(kept["password"], person.get_session_auth_hash()):
        return None
    return Pending(person=person, stays=kept["stays"], next=kept["next"], key=kept["key"])

"""Who is signed in: by e-mail address, however it is typed, and only in a session that still may be.

`PersonMiddleware` stands in the place of Django's. A session opened before a second factor was required of its person,
or long before they got a role in the directorate, is nobody's: the next sign-in opens another.
"""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.middleware import get_user as user_of_session
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import device_sessions, second_factor
from .models import User, normalise_email

#: In a session: that the second factor was shown when it was opened, or set up in it.
VERIFIED = "second_factor"


class EmailBackend(ModelBackend):
    """Django's own backend, asked with the normalised address; the work is the same whether the account exists."""

    def authenticate(self, request, username=None, password=None, email=None, **kwargs):
        address = username or email
        if address is None or password is None:
            return None
        return super().authenticate(request, username=normalise_email(address), password=password, **kwargs)


class PersonMiddleware(AuthenticationMiddleware):
    """`request.user` as Django's, where the session still may be in force."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _person_of(request))


def _person_of(request: HttpRequest) -> User | AnonymousUser:
    user = user_of_session(request)
    if user.is_authenticated and not may_go_on(request.session, user):
        return AnonymousUser()
    return user


def may_go_on(session, user: User) -> bool:
    """Whether `user` may go on reading in `session`."""
    if not session.get(VERIFIED) and second_factor.is_required(user):
        return False
    opened = session.get(device_sessions.OPENED)
    if opened and opened["stays"] and works_in_the_directorate(user):
        return device_sessions.age_of(session) < device_sessions.LASTS
    return True


def works_in_the_directorate(user: User) -> bool:
    """Whether `user` has a role: their sessions are never long ones."""
    return user.is_superuser or user.is_staff or user.groups.exists()

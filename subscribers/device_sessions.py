"""Sessions in the database, known to their person by the device they were opened on (`settings.SESSION_ENGINE`).

A session ends at a fixed moment, however often it is used: twelve hours after sign-in, or thirty days on a device of
the person's own if they chose so. Session keys never leave the cookie: pages name a session by a hash of its key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from . import audit, devices
from .audit_kinds import AuditKind
from .models import DeviceSession, User

#: How long a session lasts at most, and one that stays on the person's own device.
LASTS = timedelta(hours=12)
STAYS_FOR = timedelta(days=30)

#: What a session of somebody signed in knows of itself: `device`, `signed_in_at` (ISO 8601, UTC), `stays`.
OPENED = "opened"


class SessionStore(DatabaseStore):
    """Django's, with the columns of `DeviceSession` beside the data."""

    @classmethod
    def get_model_class(cls):
        return DeviceSession

    def create_model_instance(self, data: dict):
        row = super().create_model_instance(data)
        opened = data.get(OPENED, {})
        row.person_id = data.get(SESSION_KEY)
        row.device = opened.get("device", "")
        row.stays = opened.get("stays", False)
        row.signed_in_at = datetime.fromisoformat(opened["signed_in_at"]) if opened else None
        row.seen_at = _this_hour()
        return row

    def load(self) -> dict:
        """As Django's; notes that the session was used in this hour."""
        row = self._get_session_from_db()
        if row is None:
            return {}
        if row.seen_at < _this_hour():
            self.model.objects.filter(pk=row.pk).update(seen_at=_this_hour())
        return self.decode(row.session_data)

    def get_expire_at_browser_close(self) -> bool:
        """A session that doesn't stay goes with the browser, and ends at its moment all the same."""
        opened = self.get(OPENED)
        return not opened["stays"] if opened else super().get_expire_at_browser_close()


def open_for(session: SessionStore, *, device: str, stays: bool) -> None:
    """Makes `session`, in which somebody signs in now, one of their device."""
    now = timezone.now()
    session[OPENED] = {"device": device, "signed_in_at": now.isoformat(), "stays": stays}
    session.set_expiry(now + (STAYS_FOR if stays else LASTS))


def age_of(session: SessionStore) -> timedelta | None:
    """How long ago somebody signed in; None where that isn't known."""
    opened = session.get(OPENED)
    return timezone.now() - datetime.fromisoformat(opened["signed_in_at"]) if opened else None


@dataclass(frozen=True)
class OpenSession:
    """A session as its person sees it. digest names it; is_this: the one that asks."""

    digest: str
    device: str
    signed_in_at: datetime | None
    seen_at: datetime
    expires_at: datetime
    stays: bool
    is_this: bool


def sessions_of(person: User, *, this_key: str | None = None) -> list[OpenSession]:
    """The sessions in which `person` is signed in, that with `this_key` first, then the last used."""
    found = [
        OpenSession(
            digest=digest_of(row.session_key),
            device=devices.in_words(row.device),
            signed_in_at=row.signed_in_at,
            seen_at=row.seen_at,
            expires_at=row.expire_date,
            stays=row.stays,
            is_this=row.session_key == this_key,
        )
        for row in _rows_of(person)
    ]
    return sorted(found, key=lambda session: (not session.is_this, -session.seen_at.timestamp()))


def end_session(person: User, key_digest: str, by: User) -> bool:
    """Ends one session of `person`; False where none of theirs has this digest."""
    with transaction.atomic():
        for row in _rows_of(person):
            if constant_time_compare(digest_of(row.session_key), key_digest):
                row.delete()
                audit.record(
                    AuditKind.SESSION_ENDED, actor=by.uuid, subject=person.uuid, details={"ended": 1}
                )
                return True
    return False


def end_all(person: User, *, by: User, except_key: str | None = None) -> int:
    """Ends every session of `person`, but that with `except_key`. Gives how many there were."""
    with transaction.atomic():
        rows = DeviceSession.objects.filter(person=person, expire_date__gt=timezone.now())
        if except_key:
            rows = rows.exclude(session_key=except_key)
        ended = rows.delete()[0]
        if ended:
            audit.record(
                AuditKind.SESSION_ENDED, actor=by.uuid, subject=person.uuid, details={"ended": ended}
            )
    return ended


def digest_of(session_key: str) -> str:
    """What names a session on a page."""
    return sha256(session_key.encode()).hexdigest()


def _rows_of(person: User) -> list:
    """Sessions in force. One opened with an earlier password is signed in nowhere any more."""
    rows = DeviceSession.objects.filter(person=person, expire_date__gt=timezone.now())
    password = person.get_session_auth_hash()
    store = SessionStore()
    return [
        row
        for row in rows
        if constant_time_compare(store.decode(row.session_data).get(HASH_SESSION_KEY, ""), password)
    ]


def _this_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)

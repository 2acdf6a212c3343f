"""Slows down whoever guesses: passwords, codes of the second factor; and whoever has mails sent.

Failures are counted in two rows, whether the account exists or not: one of a lane, which is the account from one
network address, or from a device its owner signed in on before; and one of the account from everywhere. A lane waits
ever longer. The account as a whole is never closed: while many fail, an attempt from an unknown place is asked once
to be repeated after a few seconds, with a signed ticket. So a thousand strangers cost its owner some seconds on a new
device, and nothing on a known one.

A failure is counted before the password is looked at and taken back if it was right: a hundred attempts at once
get no more turns than a hundred in a row. Nothing sleeps; who has to wait is told how long.
"""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import devices
from .addresses import address_of, parse_address
from .models import SignInFailures

#: Failures in one lane that cost nothing.
FREE_FAILURES = 5
#: Seconds to wait after those; doubled by each further failure.
FIRST_WAIT = 30
LONGEST_WAIT = 15 * 60
#: A lane without failures for so long is a new one.
LANE_FORGETS = timedelta(hours=24)

#: Failures of one account from everywhere after which unknown places need a ticket, and how long that lasts.
TROUBLED_AFTER = 20
TROUBLE_LASTS = timedelta(hours=1)
#: Seconds between the ticket and the attempt, and for how long the ticket is good.
TICKET_WAIT = 5
TICKET_LASTS = 10 * 60

#: Mails an hour that one account gets from one network address, from everywhere, and that one address may cause.
MAILS_IN_LANE = 3
MAILS_TO_ACCOUNT = 6
MAILS_FROM_ADDRESS = 60
MAILS_FORGET = timedelta(hours=1)

#: Nothing is kept longer than it counts.
KEPT_FOR = LANE_FORGETS
#: Old rows that one turn clears away.
PURGED_AT_ONCE = 500

_SALT = "subscribers.throttling"


@dataclass(frozen=True)
class Turn:
    """Whether an attempt may be judged.

    wait: seconds until it may; 0: now. ticket: to be sent along with the repeated attempt; "" where none is needed.
    lane and account: the rows that count it.
    """

    wait: int
    lane: str
    account: str
    ticket: str = ""

    @property
    def is_given(self) -> bool:
        return self.wait == 0

    def in_words(self) -> str:
        """The sentence for whoever has to wait."""
        if self.ticket:
            return _(
                "Bu hesap için şu sıralar çok sayıda başarısız deneme var. %(wait)s bekleyip yeniden deneyin; "
                "hesabınız kilitlenmez."
            ) % {"wait": duration(self.wait)}
        return _("Çok sayıda başarısız deneme oldu. %(wait)s sonra yeniden deneyin.") % {
            "wait": duration(self.wait)
        }


def duration(seconds: int) -> str:
    """`seconds` in words: seconds below a minute, else minutes rounded up."""
    if seconds < 60:
        return ngettext("%(count)d saniye", "%(count)d saniye", seconds) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext("%(count)d dakika", "%(count)d dakika", minutes) % {"count": minutes}


def take_turn(act: str, account: str, request: HttpRequest, *, ticket: str = "") -> Turn:
    """A turn for one attempt at `account`, counted as a failure until `give_back`.

    act: what is guessed at ("password", "code"), each with counts of its own. account: the normalised address as
    typed. The work is the same whatever `account` is.
    """
    number = devices.known_number(request, account)
    place = f"device {number}" if number else f"address {_line_of(request)}"
    lane, whole = _key(act, account, place), _key(act, account)
    now = timezone.now()
    with transaction.atomic():
        rows = _locked_rows((lane, whole))
        _begin_anew(rows[lane], LANE_FORGETS, now)
        _begin_anew(rows[whole], TROUBLE_LASTS, now)
        turn = Turn(_wait_of(rows[lane], now), lane, whole)
        if turn.is_given and not number and rows[whole].failures >= TROUBLED_AFTER:
            turn = _turn_with_ticket(rows[lane], whole, ticket)
        if turn.is_given:
            for row in rows.values():
                row.failures += 1
                row.last_at = now
        for row in rows.values():
            row.save(update_fields=["failures", "last_at"])
        _purge(now)
    return turn


def give_back(turn: Turn) -> None:
    """The attempt was right: its lane begins anew, and the account has one failure less."""
    with transaction.atomic():
        # In the order in which the rows are locked everywhere.
        for key in sorted((turn.lane, turn.account)):
            if key == turn.lane:
                SignInFailures.objects.filter(key=key).update(failures=0)
            else:
                SignInFailures.objects.filter(key=key, failures__gt=0).update(failures=F("failures") - 1)


def may_send_mail(act: str, account: str, request: HttpRequest) -> bool:
    """Whether a mail to `account` may go out; counts it. The work is the same whatever `account` is.

    Who signed in on this device before is bound by the lane alone: others can't use up what is theirs.
    """
    number = devices.known_number(request, account)
    line = _line_of(request)
    lane = _key(act, account, f"device {number}" if number else f"address {line}")
    limits = {
        lane: MAILS_IN_LANE,
        _key(act, account): MAILS_TO_ACCOUNT,
        _key(act, "", f"address {line}"): MAILS_FROM_ADDRESS,
    }
    now = timezone.now()
    with transaction.atomic():
        rows = _locked_rows(limits)
        for row in rows.values():
            _begin_anew(row, MAILS_FORGET, now)
        asked = {lane} if number else limits.keys()
        may = all(rows[key].failures < limits[key] for key in asked)
        for row in rows.values():
            if may:
                row.failures += 1
                row.last_at = now
            row.save(update_fields=["failures", "last_at"])
        _purge(now)
    return may


def _locked_rows(keys: Iterable[str]) -> dict[str, SignInFailures]:
    """The rows of `keys`, made where there are none, locked in one order for all."""
    keys = sorted(keys)
    SignInFailures.objects.bulk_create([SignInFailures(key=key) for key in keys], ignore_conflicts=True)
    rows = SignInFailures.objects.select_for_update().filter(key__in=keys).order_by("key")
    return {row.key: row for row in rows}


def _begin_anew(row: SignInFailures, after: timedelta, now) -> None:
    if row.last_at + after <= now:
        row.failures = 0


def _wait_of(row: SignInFailures, now) -> int:
    """Seconds until the lane is open again."""
    if row.failures < FREE_FAILURES:
        return 0
    doublings = min(row.failures - FREE_FAILURES, 10)
    until = row.last_at + timedelta(seconds=min(FIRST_WAIT * 2**doublings, LONGEST_WAIT))
    return max(0, math.ceil((until - now).total_seconds()))


def _turn_with_ticket(lane: SignInFailures, whole: str, ticket: str) -> Turn:
    """A turn where `ticket` is of this lane, has aged, and was given after the lane's last attempt: it is good once."""
    now = time.time()
    given_at = _ticket_time(ticket, lane.key)
    last = lane.last_at.timestamp() if lane.failures else 0
    if given_at is None or given_at <= last or not given_at <= now <= given_at + TICKET_LASTS:
        return Turn(TICKET_WAIT, lane.key, whole, make_ticket(lane.key, now))
    wait = max(0, math.ceil(given_at + TICKET_WAIT - now))
    return Turn(wait, lane.key, whole, ticket if wait else "")


def make_ticket(lane: str, at: float) -> str:
    """A ticket for `lane`, given at the Unix time `at`."""
    return signing.dumps([lane, at], salt=_SALT)


def _ticket_time(ticket: str, lane: str) -> float | None:
    try:
        of, at = signing.loads(ticket, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return at if of == lane else None


def _purge(now) -> None:
    """Clears old rows away; one that somebody holds stays for the next."""
    old = SignInFailures.objects.filter(last_at__lt=now - KEPT_FOR)
    held_by_none = old.select_for_update(skip_locked=True).values("pk")[:PURGED_AT_ONCE]
    SignInFailures.objects.filter(pk__in=held_by_none).delete()


def _line_of(request: HttpRequest) -> str:
    """The network address that counts: whoever has an IPv6 line has 2^64 addresses to ask from."""
    text = address_of(request)
    address = parse_address(text)
    if address is not None and address.version == 6:
        return ":".join(address.exploded.split(":")[:4])
    return text


def _key(*parts: str) -> str:
    return salted_hmac(_SALT, "\x1f".join(parts), algorithm="sha256").hexdigest()

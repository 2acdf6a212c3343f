"""The second factor of sign-in: six digits from an app (TOTP, RFC 6238), or one of ten recovery codes.

Kept by django-otp: the app's key as its library stores it, the recovery codes as keyed hashes only. A code works once,
the app's clock may drift, and failures are slowed down for each device. Every change stands in the audit log.
"""

import re
import secrets
from base64 import b32decode, b32encode, urlsafe_b64encode
from binascii import hexlify
from dataclasses import dataclass
from math import ceil
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import audit, device_sessions, roles, security_mail
from .audit_kinds import AuditKind
from .models import User
from .security_mail import Change

RECOVERY_CODES = 10
#: Each failure doubles the wait that django-otp asks for; after so many it is eight and a half minutes and stays so.
MOST_COUNTED_FAILURES = 10
#: Bits of a key as RFC 4226, 4 recommends.
_KEY_BYTES = 20
#: Characters of a recovery code: 50 random bits.
_CODE_LENGTH = 10


@dataclass(frozen=True)
class Verdict:
    """What became of a code. wait: seconds until the next is looked at, where this one wasn't."""

    is_right: bool
    by_recovery_code: bool = False
    wait: int = 0


# --- Who needs one -----------------------------------------------------------------------------------------------


def is_required(user: User) -> bool:
    """Whether `user` may sign in only with a second factor: for a role of theirs, or for their agency."""
    if user.agency_id is not None and user.agency.second_factor_required:
        return True
    required = set(settings.SECOND_FACTOR_ROLES)
    if not required:
        return False
    if user.is_superuser and roles.ADMINISTRATOR in required:
        return True
    return user.groups.filter(name__in=required).exists()


def is_set(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


# --- Setting it up -----------------------------------------------------------------------------------------------


def new_key() -> str:
    """A random key in base 32, as apps take it."""
    return b32encode(secrets.token_bytes(_KEY_BYTES)).decode()


def address_for_app(user: User, key: str) -> str:
    """The `otpauth:` address that an app reads from the picture."""
    issuer = _("Devlet Enformasyon Sistemi")
    label = quote(f"{issuer}:{user.email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': issuer}, quote_via=quote)}"


def picture_for_app(user: User, key: str) -> SafeString:
    """`address_for_app` as an SVG, without a size of its own; black on white in every theme."""
    picture = segno.make(address_for_app(user, key), error="m", micro=False)
    # All of it is segno's own: the address stands in it as squares.
    return mark_safe(picture.svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))


def set_up(user: User, key: str, code: str, *, session_key: str | None = None) -> list[str] | None:
    """Gives `user` the second factor with `key` if `code` comes from it; their recovery codes, told this once.

    None for a wrong code, and where there is one already: nothing changes. Every session but that with `session_key`
    ends.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if is_set(user):
            return None
        _forget(user)
        device = TOTPDevice.objects.create(user=user, name="app", key=hexlify(b32decode(key)).decode())
        if not (_is_of_app(code) and device.verify_token(_plain(code))):
            transaction.set_rollback(True)
            return None
        codes = _give_recovery_codes(user)
        device_sessions.end_all(user, by=user, except_key=session_key)
        audit.record(AuditKind.SECOND_FACTOR_SET, actor=user.uuid, subject=user.uuid)
        _tell(user, Change.SECOND_FACTOR_SET)
    return codes


def renew_recovery_codes(user: User) -> list[str]:
    """Ten new codes, told this once; the earlier ones are worth nothing. Raises ValidationError without a factor."""
    with transaction.atomic():
        if not is_set(user):
            raise ValidationError(_("İkinci doğrulama kurulu değil; kurtarma kodu verilmedi."))
        codes = _give_recovery_codes(user)
        audit.record(AuditKind.RECOVERY_CODES_RENEWED, actor=user.uuid, subject=user.uuid)
        _tell(user, Change.RECOVERY_CODES_RENEWED)
    return codes


def turn_off(user: User, *, session_key: str | None = None) -> None:
    """Takes the second factor away at its owner's wish, and ends every session but that with `session_key`.

    Raises ValidationError where it is required of them.
    """
    if is_required(user):
        raise ValidationError(_("Göreviniz ya da kurumunuz ikinci doğrulamayı zorunlu kılıyor; kapatılmadı."))
    with transaction.atomic():
        _forget(user)
        device_sessions.end_all(user, by=user, except_key=session_key)
        audit.record(AuditKind.SECOND_FACTOR_TURNED_OFF, actor=user.uuid, subject=user.uuid)
        _tell(user, Change.SECOND_FACTOR_TURNED_OFF)


def reset(person: User, *, by: User, reason: str = "") -> None:
    """Takes it away for somebody who lost their device, and ends their sessions; an administrator's act.

    Where it is required, they set up a new one at their next sign-in. They are told by mail.
    """
    with transaction.atomic():
        _forget(person)
        device_sessions.end_all(person, by=by)
        audit.record(
            AuditKind.SECOND_FACTOR_RESET,
            actor=by.uuid,
            subject=person.uuid,
            personal={"reason": reason} if reason else None,
            person=person.uuid,
        )
        security_mail.tell(person, Change.SECOND_FACTOR_RESET)


def _tell(user: User, change: Change, **words) -> None:
    """Tells `user` by mail of what they did themselves."""
    security_mail.tell(user, change, otherwise=translation.get_language(), **words)


# --- Asking for it -----------------------------------------------------------------------------------------------


def verify(user: User, code: str, *, on_known_device: bool = False) -> Verdict:
    """Judges `code`, six digits or a recovery code, which is then spent.

    on_known_device: failures elsewhere don't count; only whoever knows the password can have caused them.
    """
    model = TOTPDevice if _is_of_app(code) else StaticDevice
    with transaction.atomic():
        device = model.objects.select_for_update(of=("self",)).filter(user=user, confirmed=True).first()
        if device is None:
            return Verdict(is_right=False)
        if on_known_device:
            device.throttle_reset(commit=False)
        allowed, why = device.verify_is_allowed()
        if not allowed:
            return Verdict(
                is_right=False, wait=max(1, ceil((why["locked_until"] - timezone.now()).total_seconds()))
            )
        by_recovery_code = model is StaticDevice
        plain = _plain(code)
        if not device.verify_token(_kept(device, plain) if by_recovery_code else plain):
            if device.throttling_failure_count > MOST_COUNTED_FAILURES:
                device.throttling_failure_count = MOST_COUNTED_FAILURES
                device.save(update_fields=["throttling_failure_count"])
            return Verdict(is_right=False)
        if by_recovery_code:
            left = recovery_codes_left(user)
            audit.record(
                AuditKind.RECOVERY_CODE_USED, actor=user.uuid, subject=user.uuid, details={"left": left}
            )
            _tell(user, Change.RECOVERY_CODE_USED, left=left)
    return Verdict(is_right=True, by_recovery_code=by_recovery_code)


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()


def _is_of_app(code: str) -> bool:
    return re.fullmatch("[0-9]{6}", _plain(code)) is not None


def _give_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [
        b32encode(secrets.token_bytes(10)).decode().lower()[:_CODE_LENGTH] for _ in range(RECOVERY_CODES)
    ]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=_kept(device, code)) for code in codes])
    half = _CODE_LENGTH // 2
    return [f"{code[:half]}-{code[half:]}" for code in codes]


def _kept(device: StaticDevice, code: str) -> str:
    """What is stored of a recovery code: 96 bits of a keyed hash, as many as the library's column holds.

    0 and 1 are in no code: they stand for the letters they look like.
    """
    spelled = code.replace("0", "o").replace("1", "l")
    digest = salted_hmac("subscribers.second_factor", f"{device.pk} {spelled}", algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:12]).decode()


def _forget(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()

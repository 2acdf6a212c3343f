"""The life of a token: issued, rotated, revoked. `token_access` lets readers in with it.

A secret is `des_` and 32 random bytes, written as 43 characters that stand in an address as they are. It is handed to
the caller once, who shows it to the holder once; what is kept is its SHA-256. Who may issue and revoke whose tokens is
the caller's to ask; each event stands in the audit log, in the same transaction, and a person is told by mail of each
secret that reads as them.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from . import audit, security_mail
from .addresses import parse_network
from .audit_kinds import AuditKind
from .models import ServiceAccount, Token, User
from .security_mail import Change

Holder = User | ServiceAccount

PREFIX = "des_"
SECRET_BYTES = 32
#: What a secret looks like, as a regular expression.
SECRET_PATTERN = PREFIX + "[A-Za-z0-9_-]{43}"
#: Characters of a secret that are kept, for its holder to know it again; far too few to guess the rest by.
HINT_LETTERS = len(PREFIX) + 4

LONGEST_LIFE = timedelta(days=365)
USUAL_OVERLAP = timedelta(days=7)
LONGEST_OVERLAP = timedelta(days=30)
#: Tokens of one holder that work at the same time.
MOST_TOKENS = 20
MOST_NETWORKS = 50
LONGEST_NAME = 80


class SecretConverter:
    """The secret of a token in the URL configuration."""

    regex = SECRET_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def digest_of(secret: str) -> str:
    """What stands for `secret` in the database: SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(text: str) -> bool:
    """Whether `text` looks like the secret of a token."""
    return re.fullmatch(SECRET_PATTERN, text) is not None


def tokens_of(holder: Holder) -> QuerySet[Token]:
    """Every token that `holder` ever had, the newest first."""
    if isinstance(holder, ServiceAccount):
        return Token.objects.filter(service_account=holder)
    return Token.objects.filter(person=holder)


def working_tokens_of(holder: Holder) -> QuerySet[Token]:
    """Those of them that are neither revoked nor expired at this moment."""
    return tokens_of(holder).filter(revoked_at=None, expires_at__gt=timezone.now())


class State(TextChoices):
    """Where a token stands, for its lists. REPLACED: it works until its overlap with the new one has passed."""

    WORKING = "working", gettext_lazy("çalışıyor")
    REPLACED = "replaced", gettext_lazy("yenilendi, süresi doluyor")
    EXPIRED = "expired", gettext_lazy("süresi doldu")
    REVOKED = "revoked", gettext_lazy("iptal edildi")


def state_of(token: Token) -> State:
    """Where `token` stands now; whether its holder still reads is another question."""
    if token.revoked_at is not None:
        return State.REVOKED
    if token.expires_at <= timezone.now():
        return State.EXPIRED
    return State.WORKING if token.replaced_by_id is None else State.REPLACED


def in_state(found: QuerySet[Token], state: str) -> QuerySet[Token]:
    """Those of `found` for which `state_of` says `state`."""
    now = timezone.now()
    if state == State.REVOKED:
        return found.filter(revoked_at__isnull=False)
    if state == State.EXPIRED:
        return found.filter(revoked_at=None, expires_at__lte=now)
    return found.filter(revoked_at=None, expires_at__gt=now, replaced_by__isnull=state == State.WORKING)


def holder_of(token: Token) -> Holder:
    return token.service_account or token.person


def issue(
    holder: Holder,
    *,
    name: str,
    scopes: Iterable[str],
    networks: Iterable[str] = (),
    expires_at: datetime,
    by: User,
) -> tuple[Token, str]:
    """A new token of `holder` and its secret, which nobody can be told again.

    scopes: values of `Token.Scope`. networks: in CIDR notation; none for everywhere. Raises ValidationError, by field
    where it is one field's fault, for a holder who reads for no agency in force, and for more tokens than one holder
    may have.
    """
    cleaned = _cleaned(name, scopes, networks, expires_at)
    with transaction.atomic():
        holder = _held(holder)
        if working_tokens_of(holder).count() >= MOST_TOKENS:
            raise ValidationError(
                _(
                    "Aynı anda en çok %(most)d erişim anahtarı çalışabilir. Önce kullanılmayan birini iptal edin."
                )
                % {"most": MOST_TOKENS}
            )
        token, secret = _made(holder, **cleaned)
        _tell(AuditKind.TOKEN_ISSUED, token, by, {"expires_at": token.expires_at.isoformat()})
        _tell_holder(token, Change.TOKEN_ISSUED)
    return token, secret


def rotate(token: Token, *, by: User, overlap: timedelta = USUAL_OVERLAP) -> tuple[Token, str]:
    """A token that takes the place of `token`, and its secret. Both work until `overlap` has passed.

    The new one is like the old and lives as long as that was issued for. Raises ValidationError where the old one
    works no more or was replaced already, and for an overlap that is negative or longer than `LONGEST_OVERLAP`.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise ValidationError(
            _("İki anahtarın birlikte çalışacağı süre en çok %(days)d gün olabilir.")
            % {"days": LONGEST_OVERLAP.days}
        )
    with transaction.atomic():
        holder = _held(holder_of(token))
        old = Token.objects.select_for_update().get(pk=token.pk)
        now = timezone.now()
        if old.revoked_at is not None or old.expires_at <= now:
            raise ValidationError(_("Bu erişim anahtarı artık çalışmıyor; yenisini oluşturun."))
        if old.replaced_by_id is not None:
            raise ValidationError(_("Bu erişim anahtarı zaten yenilendi."))
        new, secret = _made(
            holder,
            name=old.name,
            scopes=old.scopes,
            networks=old.networks,
            expires_at=now + min(old.expires_at - old.created_at, LONGEST_LIFE),
        )
        old.replaced_by = new
        old.expires_at = min(old.expires_at, now + overlap)
        old.save(update_fields=["replaced_by", "expires_at"])
        _tell(
            AuditKind.TOKEN_ROTATED,
            old,
            by,
            {"replaced_by": str(new.uuid), "expires_at": old.expires_at.isoformat()},
        )
        _tell_holder(new, Change.TOKEN_ROTATED)
    token.refresh_from_db()
    return new, secret


def revoke(token: Token, *, by: User) -> None:
    """Ends `token` now, in every process: each request looks it up. One that is revoked already stays as it is."""
    with transaction.atomic():
        held = Token.objects.select_for_update().get(pk=token.pk)
        if held.revoked_at is None:
            _revoke(held, by)
    token.refresh_from_db()


def revoke_all(holder: Holder, *, by: User) -> int:
    """Ends every token of `holder` that still works; how many those were. For whoever leaves or is closed."""
    with transaction.atomic():
        held = list(working_tokens_of(holder).select_for_update().order_by("pk"))
        for token in held:
            _revoke(token, by)
    return len(held)


def _revoke(token: Token, by: User) -> None:
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    _tell(AuditKind.TOKEN_REVOKED, token, by, {})


def _held(holder: Holder) -> Holder:
    """`holder` as the database has it, locked, so that nobody gets a token while they leave."""
    model = ServiceAccount if isinstance(holder, ServiceAccount) else User
    held = model.objects.select_for_update(of=("self",)).select_related("agency").get(pk=holder.pk)
    is_open = held.ended_at is None if isinstance(held, ServiceAccount) else held.is_active
    if not is_open or held.agency is None or not held.agency.is_current():
        raise ValidationError(
            _("Erişim anahtarı yalnızca sözleşmesi süren bir kurumun kişisine ya da servis hesabına verilir.")
        )
    return held


def _made(holder: Holder, *, name: str, scopes: list, networks: list, expires_at: datetime):
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = Token.objects.create(
        person=holder if isinstance(holder, User) else None,
        service_account=holder if isinstance(holder, ServiceAccount) else None,
        name=name,
        scopes=scopes,
        networks=networks,
        expires_at=expires_at,
        digest=digest_of(secret),
        hint=secret[:HINT_LETTERS],
    )
    return token, secret


def _tell(kind: AuditKind, token: Token, by: User, details: dict) -> None:
    """Names and networks are a person's own; the rest isn't."""
    holder = holder_of(token)
    audit.record(
        kind,
        actor=by.uuid,
        subject=token.uuid,
        details={"holder": str(holder.uuid), "scopes": token.scopes, **details},
        personal={"name": token.name, "networks": token.networks},
        person=token.person.uuid if token.person else None,
    )


def _tell_holder(token: Token, change: Change) -> None:
    """By mail, where the holder is a person."""
    if token.person is not None:
        security_mail.tell(token.person, change, otherwise=get_language(), name=token.name)


def _cleaned(name: str, scopes: Iterable[str], networks: Iterable[str], expires_at: datetime) -> dict:
    errors, cleaned = {}, {"expires_at": expires_at}
    for field, clean, value in (
        ("name", _cleaned_name, name),
        ("scopes", _cleaned_scopes, scopes),
        ("networks", _cleaned_networks, networks),
    ):
        try:
            cleaned[field] = clean(value)
        except ValidationError as error:
            errors[field] = error
    now = timezone.now()
    if not now < expires_at <= now + LONGEST_LIFE:
        errors["expires_at"] = ValidationError(
            _("Geçerlilik sonu gelecekte ve en çok bir yıl (%(days)d gün) sonra olmalıdır.")
            % {"days": LONGEST_LIFE.days}
        )
    if errors:
        raise ValidationError(errors)
    return cleaned


def _cleaned_name(name: str) -> str:
    letters = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", name)
        if letter.isspace() or not unicodedata.category(letter).startswith("C")
    )
    cleaned = " ".join(letters.split())
    if not cleaned:
        raise ValidationError(_("Anahtara bir ad verin; örnek: ofisteki besleme okuyucu."))
    if len(cleaned) > LONGEST_NAME:
        raise ValidationError(_("Ad en çok %(most)d harf olabilir.") % {"most": LONGEST_NAME})
    return cleaned


def _cleaned_scopes(scopes: Iterable[str]) -> list[str]:
    asked = set(scopes)
    if not asked:
        raise ValidationError(_("Anahtarın ne için kullanılacağını seçin."))
    if unknown := asked - set(Token.Scope.values):
        raise ValidationError(
            _("“%(value)s” bir kapsam değil.") % {"value": sorted(map(str, unknown))[0][:40]}
        )
    return [scope for scope in Token.Scope.values if scope in asked]


def _cleaned_networks(networks: Iterable[str]) -> list[str]:
    written = [text.strip() for text in networks if text.strip()]
    if len(written) > MOST_NETWORKS:
        raise ValidationError(_("En çok %(most)d ağ yazılabilir.") % {"most": MOST_NETWORKS})
    found = []
    for text in written:
        try:
            network = str(parse_network(text))
        except ValueError:
            raise ValidationError(
                _(
                    "“%(value)s” bir ağ olarak okunamadı. CIDR biçiminde yazın; "
                    "örnek: 192.0.2.0/24 ya da 2001:db8::/32."
                )
                % {"value": text[:60]}
            ) from None
        if network not in found:
            found.append(network)
    return found

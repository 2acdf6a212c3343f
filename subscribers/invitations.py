"""Invitations: how a person of an agency gets an account.

A link goes to one address, works once and expires. The inviter learns nothing of other agencies: an address that has an
account already gets an answer of its own, by mail. Whoever calls `invite` has asked whether `by` may.
"""

import logging
import secrets
import time
from datetime import timedelta
from hashlib import sha256

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import audit
from .agencies import people_of
from .audit_kinds import AuditKind
from .models import Agency, Invitation, User, normalise_email

logger = logging.getLogger(__name__)

LASTS = timedelta(days=7)
#: Invitations of one address by one agency in a day.
MOST_A_DAY = 3
#: Marks it as a secret, which no log shows.
_PREFIX = "des_cagri_"


def invite(
    agency: Agency, email: str, by: User, *, is_coordinator: bool = False, language: str | None = None
) -> Invitation:
    """Sends a link to `email` with which its owner joins `agency`; an earlier link to them stops working.

    language: of the mail, unless whoever has an account chose one; None for that of the interface.

    Raises ValidationError for no address, for somebody of the agency, also one whose account was closed, where the
    agency's contract isn't in force, has as many people as it may, or has just sent several to this address. Whether
    the address belongs to somebody of another agency changes nothing here: that person is told by mail instead.

    `mail_failed_at` of what it gives says, once the transaction is committed, whether the mail didn't go out.
    """
    email = normalise_email(email)
    forms.EmailField(max_length=254).clean(email)
    secret = _PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        agency = _held(agency)
        sent = agency.invitations.filter(email=email)
        if agency.people.filter(email=email, is_active=True).exists():
            raise ValidationError(_("“%(email)s” zaten kurumunuzun kişilerinden.") % {"email": email})
        if agency.people.filter(email=email).exists():
            raise ValidationError(
                _(
                    "“%(email)s” adresindeki kişi kurumunuzdan ama hesabı kapatılmış; çağrıyla açılmaz. Açılmasını "
                    "sistem yöneticisinden isteyin."
                )
                % {"email": email}
            )
        # What never went out troubled nobody.
        if sent.filter(mail_failed_at=None, created_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
            raise ValidationError(_("Bu adrese bugün yeterince çağrı gönderildi; yarın yeniden deneyin."))
        sent.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
        _refuse_beyond_limit(agency, people_of(agency).count() + open_invitations(agency).count())
        invitation = Invitation.objects.create(
            agency=agency,
            email=email,
            is_coordinator=is_coordinator,
            invited_by=by.uuid,
            digest=_digest(secret),
            created_at=now,
            expires_at=now + LASTS,
        )
        holder = User.objects.filter(email=email).first()
        kind = "invitation" if holder is None or may_join_again(holder) else "invitation_for_holder"
        chosen = (holder.language if holder else "") or language or translation.get_language()
        transaction.on_commit(lambda: _send(kind, invitation, secret, chosen), robust=True)
        audit.record(
            AuditKind.PERSON_INVITED,
            actor=by.uuid,
            subject=agency.uuid,
            details={"coordinator": is_coordinator},
            personal={"email": email},
            person=holder.uuid if holder else None,
        )
    return invitation


def send_again(invitation: Invitation, by: User) -> Invitation:
    """Another invitation in the place of one whose mail didn't go out: its secret is known to nobody any more.

    Raises ValidationError as `invite` does, and where the mail went out.
    """
    if not unsent(invitation.agency).filter(pk=invitation.pk).exists():
        raise ValidationError(
            _("Bu çağrının postası gitmiş ya da çağrı artık beklemiyor; yeniden gönderilmedi.")
        )
    return invite(invitation.agency, invitation.email, by, is_coordinator=invitation.is_coordinator)


def send_all_again(agency: Agency, by: User, *, seconds: float) -> tuple[int, int]:
    """`send_again` for every one of `agency` whose mail didn't go out, for about `seconds`.

    How many mails went out, and how many invitations are left whose mail still didn't; one that can't be sent again
    holds up no other. Raises ValidationError, the first there was, where none could be.
    """
    until = time.monotonic() + seconds
    gone, refusals = 0, []
    for invitation in unsent(agency).select_related("agency").order_by("created_at"):
        if time.monotonic() >= until:
            break
        try:
            gone += send_again(invitation, by).mail_failed_at is None
        except ValidationError as refusal:
            refusals.append(refusal)
    if refusals and not gone:
        raise refusals[0]
    return gone, unsent(agency).count()


def unsent(agency: Agency):
    """Those that could be accepted, had their mail gone out."""
    return open_invitations(agency).exclude(mail_failed_at=None)


def open_invitations(agency: Agency):
    """Those that can still be accepted."""
    return agency.invitations.filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).order_by("-created_at")


def withdraw(invitation: Invitation, by: User) -> None:
    """Its link stops working. Raises ValidationError where it was accepted."""
    with transaction.atomic():
        held = Invitation.objects.select_for_update().select_related("agency").get(pk=invitation.pk)
        if held.accepted_at is not None:
            raise ValidationError(_("Çağrı kabul edilmiş; geri alınamaz."))
        if held.withdrawn_at is None:
            held.withdrawn_at = timezone.now()
            held.save(update_fields=["withdrawn_at"])
            audit.record(
                AuditKind.INVITATION_WITHDRAWN,
                actor=by.uuid,
                subject=held.agency.uuid,
                personal={"email": held.email},
            )


def invitation_of(secret: str) -> Invitation | None:
    """The invitation that `secret` opens at this moment."""
    found = Invitation.objects.select_related("agency").filter(
        digest=_digest(secret), accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )
    invitation = found.first()
    if invitation is None or not invitation.agency.is_current():
        return None
    holder = User.objects.filter(email=invitation.email).first()
    return invitation if holder is None or may_join_again(holder) else None


def accept(secret: str, names: tuple[str, str], password: str) -> User:
    """Makes the account that `secret` invites to, of first and last name `names`; it may sign in then.

    Somebody who left an agency before gets their account back, with the new password. Raises ValidationError for a link
    that isn't good any more, a password that is none, or an agency that is full; then nothing is kept.
    """
    invitation = invitation_of(secret)
    if invitation is None:
        raise ValidationError(not_good())
    first_name, last_name = names
    newcomer = User(
        email=invitation.email, first_name=first_name, last_name=last_name, agency=invitation.agency
    )
    validate_password(password, newcomer)
    # Dear work, done before anything is locked.
    newcomer.password = make_password(password)
    newcomer.clean_fields(exclude=["agency"])
    try:
        return _join(secret, invitation, newcomer)
    except IntegrityError:
        # Another agency's invitation of the same address was accepted at the same moment.
        raise ValidationError(not_good()) from None


def _join(secret: str, invitation: Invitation, newcomer: User) -> User:
    with transaction.atomic():
        agency = _held(invitation.agency)
        held = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation_of(secret) is None:
            raise ValidationError(not_good())
        _refuse_beyond_limit(agency, people_of(agency).count())
        person = User.objects.select_for_update(of=("self",)).filter(email=held.email).first() or newcomer
        person.first_name, person.last_name = newcomer.first_name, newcomer.last_name
        person.password = newcomer.password
        person.agency = agency
        person.is_coordinator = held.is_coordinator
        person.is_active = True
        person.save()
        held.accepted_at = timezone.now()
        held.person = None if hasattr(person, "invitation") else person
        held.save(update_fields=["accepted_at", "person"])
        audit.record(
            AuditKind.PERSON_JOINED,
            actor=person.uuid,
            subject=person.uuid,
            details={"agency": str(agency.uuid), "invited_by": str(held.invited_by)},
        )
    return person


def not_good() -> str:
    return _(
        "Bu çağrı artık geçerli değil: süresi dolmuş, kullanılmış ya da geri alınmış. Kurum sorumlunuzdan yeni bir "
        "çağrı isteyin."
    )


def may_join_again(holder: User) -> bool:
    """Whether the account is closed and nobody's: its person left their agency and has no role."""
    return not (
        holder.is_active
        or holder.agency_id
        or holder.is_superuser
        or holder.is_staff
        or holder.groups.exists()
    )


def _held(agency: Agency) -> Agency:
    """`agency` locked until the end of the transaction. Raises ValidationError unless its contract is in force."""
    held = Agency.objects.select_for_update().get(pk=agency.pk)
    if not held.is_current():
        raise ValidationError(_("“%(name)s” kurumunun sözleşmesi sürmüyor.") % {"name": held})
    return held


def _refuse_beyond_limit(agency: Agency, taken: int) -> None:
    if taken >= agency.people_limit:
        raise ValidationError(
            _("Kurumun kişi sınırı (%(limit)d) dolu. Önce bir kişiyi çıkarın ya da bir çağrıyı geri alın.")
            % {"limit": agency.people_limit}
        )


def _digest(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()


def _send(kind: str, invitation: Invitation, secret: str, language: str | None) -> None:
    """Sends the mail. Of one that can't be sent it is logged and kept; the invitation can be sent again."""
    try:
        with translation.override(language):
            context = {
                "agency": invitation.agency,
                "address": settings.SITE_URL + reverse("invitation_link", args=[secret]),
                "days": LASTS.days,
            }
            subject = render_to_string(f"subscribers/{kind}_subject.txt", context)
            body = render_to_string(f"subscribers/{kind}_email.txt", context)
        EmailMessage(" ".join(subject.split()), body, to=[invitation.email]).send()
    except Exception:
        logger.exception("invitation_mail_failed invitation=%s", invitation.pk)
        invitation.mail_failed_at = timezone.now()
        invitation.save(update_fields=["mail_failed_at"])

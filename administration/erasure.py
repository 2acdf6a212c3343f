"""Erasure of one person: at their request by an administrator, or by retention long after the account was closed.

Everything happens in one transaction that holds the account: either all of it or nothing. What stands in files goes
inside it too, before the commit, since a file that is gone harms nothing when the rest is done again. The account
itself stays as an anonymous shell, for whoever wrote is told apart from whoever approved by it, and the ledgers name
its UUID; nothing that could name a person is left in it. What is kept where, `subscribers.purposes` says.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseFailure
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import ModelLogEntry, PageLogEntry, PageSubscription, UploadedFile
from wagtail.users.models import UserProfile

from bulletin.folding import fold
from metrics import pseudonyms
from metrics.models import Presence
from newsroom.models import DeskBinding
from subscribers import audit, audit_retention, destruction, retention
from subscribers.audit_kinds import AuditKind
from subscribers.destruction import Destroyed
from subscribers.models import (
    Agency,
    AuditEvent,
    DestructionRecord,
    DeviceSession,
    ImportedPerson,
    Invitation,
    Token,
    TokenUse,
    User,
)
from subscribers.spelling import normalise_email

from . import superusers

logger = logging.getLogger(__name__)

ANONYMISED = DestructionRecord.Method.ANONYMISED

#: Where the addresses of shells stand; mail to it reaches nobody (RFC 6761, 6.4).
NOWHERE = "silinmis.invalid"
#: What Wagtail's log calls somebody erased.
NOBODY = "–"


@dataclass(frozen=True)
class Request:
    """What a person asked for. number: under which it was registered; nothing personal. received_on: when."""

    number: str
    received_on: date


def check(person: User, *, by: User | None = None) -> None:
    """Raises ValidationError, in sentences, where `person` can't be erased now, on the wish of `by`."""
    if person.erased_at is not None:
        raise ValidationError(_("Bu kişinin verileri daha önce silinmiş."))
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("Kendi verilerinizi silemezsiniz; bunu başka bir sistem yöneticisi yapar."))
    if by is not None:
        superusers.refuse_others(person, by=by)
    if not person.is_active:
        return
    roles = sorted(person.groups.values_list("name", flat=True))
    if person.is_superuser or person.is_staff or roles:
        raise ValidationError(
            _("%(name)s Başkanlık’ta görevli (%(roles)s). Önce rollerini kaldırın ya da hesabını kapatın.")
            % {"name": person.display_name, "roles": ", ".join(roles) or _("yönetici")}
        )
    if person.is_coordinator:
        raise ValidationError(
            _(
                "%(name)s “%(agency)s” kurumunun sorumlusu. Önce kuruma başka bir sorumlu belirleyin, sonra onu "
                "sorumluluktan alın."
            )
            % {"name": person.display_name, "agency": person.agency}
        )


def erase(person: User, *, by: User, request: Request) -> None:
    """Erases `person` at their request. Raises ValidationError where that can't be done; then nothing was erased."""
    check(person, by=by)
    _bring_in_journal()
    with transaction.atomic():
        held = User.objects.select_for_update(of=("self",)).select_related("agency").get(pk=person.pk)
        check(held, by=by)
        _erase(held, by=by, request=request)


def destroy_closed_accounts(before: datetime, now: datetime) -> int:
    """The run of the purpose `accounts`: erases whoever's account was closed before `before`; how many people.

    Closed, or with its agency's contract at an end: `retention.closed_accounts` says which.
    """
    retention.notice_closed_accounts(now)
    due = retention.closed_accounts(now).filter(closed_at__lt=before).order_by("pk")
    erased, failure = 0, None
    for number in list(due.values_list("pk", flat=True)):
        try:
            _bring_in_journal()
            with transaction.atomic():
                destruction.begin()
                held = due.select_for_update(of=("self",)).filter(pk=number).first()
                if held is not None:
                    _erase(held)
                    erased += 1
        except Exception as error:
            # One that can't be erased doesn't hold up the others.
            logger.exception("account_not_destroyed number=%d", number)
            failure = failure or error
    if failure is not None:
        raise failure
    return erased


def refuse_deleting_shells(sender, instance, **_signal) -> None:
    """Raises ValidationError where `instance`, an account about to be deleted, is what an erasure left.

    The ledgers name it. Called before each deletion.
    """
    if instance.erased_at is not None:
        raise ValidationError(_("Verileri silinmiş bir hesap kayıtlarda geçer; kendisi silinemez."))


def refuse_deleting_known(sender, instance, **_signal) -> None:
    """Raises ValidationError where `instance`, an account about to be deleted, is known to the records.

    Presence, the audit log and its personal data name people by their UUID: without the account nobody could find
    them there, and nothing would ever be erased. Called before each deletion.
    """
    if instance.erased_at is None and is_known(instance):
        raise ValidationError(
            _(
                "%(name)s hakkında kullanım ya da denetim kayıtları var; hesap böyle silinemez. Kullanıcılar "
                "listesinde kişinin “Kişisel veriler (KVKK)” sayfasından verilerini silin ya da hesabını kapatın."
            )
            % {"name": instance.display_name}
        )


def is_known(person: User) -> bool:
    """Whether presence or the audit log holds anything of `person`."""
    return (
        Presence.objects.filter(person=person.uuid).exists()
        or AuditEvent.objects.filter(Q(actor=person.uuid) | Q(subject=person.uuid)).exists()
        or audit_retention.personal_data_of(person.uuid, [person.email]).exists()
    )


def refuse_shells_in_bulk(request, action_type, objects, action_class):
    """Receiver of Wagtail's `before_bulk_action`: what an erasure left is never changed again."""
    if any(isinstance(each, User) and each.erased_at is not None for each in objects):
        raise ValidationError(
            _("Seçtikleriniz arasında verileri silinmiş hesaplar var; onlar değiştirilemez.")
        )


def _bring_in_journal() -> None:
    try:
        pseudonyms.bring_in_journal()
    except (DatabaseFailure, OSError) as error:
        raise ValidationError(
            _(
                "Dosyada bekleyen kullanım kayıtları şu anda işlenemiyor; hiçbir veri silinmedi. Sonra yeniden deneyin."
            )
        ) from error


def _erase(person: User, *, by: User | None = None, request: Request | None = None) -> None:
    """All of it, inside the caller's transaction, which holds `person`; the audit log comes last."""
    addresses = _addresses(person)
    destroyed = [
        *_access(person, addresses),
        *_admin(person),
        *_names_in_wagtails_log(person),
        Destroyed("use", "metrics.Presence", pseudonyms.forget(person), ANONYMISED),
        Destroyed("accounts", "subscribers.User", 1, ANONYMISED),
    ]
    _empty(person)
    cause = DestructionRecord.Cause.REQUEST if request else DestructionRecord.Cause.RETENTION
    told = audit_retention.personal_data_of(person.uuid, addresses).count()
    destruction.record(
        [*destroyed, Destroyed("audit", "subscribers.AuditPersonalData", told)],
        cause=cause,
        by=by.uuid if by else None,
        request_number=request.number if request else "",
        request_date=request.received_on if request else None,
    )
    audit.record(
        AuditKind.PERSON_ERASED,
        actor=by.uuid if by else None,
        subject=person.uuid,
        details={
            "cause": cause,
            "rows": {part.place: part.number for part in destroyed if part.number},
            **({"request": request.number, "received_on": request.received_on} if request else {}),
        },
    )
    audit_retention.erase_person(person.uuid, by=by.uuid if by else None, addresses=addresses)
    logger.info("person_erased cause=%s", cause)


def _addresses(person: User) -> set[str]:
    """Every address known as theirs, but those that are somebody else's by now."""
    known = {person.email, *audit_retention.addresses_of(person.uuid)}
    others = User.objects.exclude(pk=person.pk).filter(email__in=known)
    return known - set(others.values_list("email", flat=True))


def agencies_that_name(person: User) -> tuple[list[Agency], list[Agency]]:
    """Agencies of which `person` is the contact: by one of their addresses, and by name alone.

    Erasure empties the first. Of the second nobody but a person can say whether it is the same human being.
    """
    addresses = _addresses(person)
    named = Agency.objects.exclude(contact_name="", contact_email="", contact_phone="")
    by_address = [agency for agency in named if normalise_email(agency.contact_email) in addresses]
    by_name = [agency for agency in named if _is_called(person, agency.contact_name)]
    return by_address, [agency for agency in by_name if agency not in by_address]


def _is_called(person: User, name: str) -> bool:
    """Whether `name` holds every word of the person's full name, however it is written; a lone word is too little."""
    full, told = (set(re.findall(r"\w+", fold(text))) for text in (person.get_full_name(), name))
    return len(full) > 1 and full <= told


def _access(person: User, addresses: set[str]) -> Iterator[Destroyed]:
    """Sessions, second factor, tokens, invitations: from the next request on nothing opens any more."""
    yield _gone("sign_in", DeviceSession.objects.filter(person=person))
    yield _gone("sign_in", TOTPDevice.objects.filter(user=person))
    yield _gone("sign_in", StaticDevice.objects.filter(user=person))
    yield _gone("tokens", TokenUse.objects.filter(token__person=person))
    yield _gone("tokens", Token.objects.filter(person=person))
    yield _gone("invitations", Invitation.objects.filter(Q(person=person) | Q(email__in=addresses)))
    yield _gone("invitations", ImportedPerson.objects.filter(email__in=addresses))
    contacts = Agency.objects.filter(pk__in=[agency.pk for agency in agencies_that_name(person)[0]])
    emptied = contacts.update(contact_name="", contact_email="", contact_phone="")
    yield Destroyed("contacts", "subscribers.Agency", emptied, ANONYMISED)


def _admin(person: User) -> Iterator[Destroyed]:
    """What Wagtail's admin keeps for a person, with the files."""
    profiles = UserProfile.objects.filter(user=person)
    uploads = UploadedFile.objects.filter(uploaded_by_user=person)
    for kept in [*(profile.avatar for profile in profiles), *(upload.file for upload in uploads)]:
        if kept:
            kept.storage.delete(kept.name)
    yield _gone("accounts", profiles)
    yield _gone("accounts", DeskBinding.objects.filter(person=person))
    yield _gone("accounts", User.groups.through.objects.filter(user=person))
    yield _gone("accounts", User.user_permissions.through.objects.filter(user=person))
    yield _gone("working_copies", uploads)
    yield _gone("working_copies", EditingSession.objects.filter(user=person))
    yield _gone("working_copies", FormState.objects.filter(user=person))
    yield _gone("authorship", PageSubscription.objects.filter(user=person))


def _names_in_wagtails_log(person: User) -> Iterator[Destroyed]:
    """Entries about the person, and any other that calls somebody by their name or address."""
    called = Q(label__contains=person.email)
    if person.first_name and person.last_name:
        # Whole labels alone: the same name may stand in the title of a text.
        called |= Q(label=person.get_full_name())
    about = log_entries_about(person.pk)
    cleaned = (about | ModelLogEntry.objects.filter(called)).update(label=NOBODY)
    about.update(data={})
    yield Destroyed("editing_log", "wagtailcore.ModelLogEntry", cleaned, ANONYMISED)
    cleaned = PageLogEntry.objects.filter(called).update(label=NOBODY)
    yield Destroyed("editing_log", "wagtailcore.PageLogEntry", cleaned, ANONYMISED)


def log_entries_about(number: int):
    """Wagtail's entries about the account of that number, there or deleted."""
    return ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(number)
    )


def _gone(purpose: str, rows) -> Destroyed:
    """Deletes `rows` and what hangs on them; how many of their own kind there were."""
    label = rows.model._meta.label
    return Destroyed(purpose, label, rows.delete()[1].get(label, 0))


def _empty(person: User) -> None:
    """Makes the account a shell. Its password can't be used, its address reaches nobody."""
    now = timezone.now()
    person.first_name = person.last_name = person.language = ""
    person.email = f"{uuid.uuid4().hex}@{NOWHERE}"
    person.set_unusable_password()
    person.is_active = person.is_staff = person.is_superuser = person.is_coordinator = False
    person.agency = None
    person.last_login = person.notice_shown_at = None
    person.notice_version = 0
    person.closed_at = person.date_joined = person.erased_at = now
    person.save()


#: A number as registries write it; no place for a name.
REQUEST_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z./-]{0,39}")

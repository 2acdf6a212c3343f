"""Everything the system holds about one person, by the register (law 6698, article 11).

Given to the person on their own page, and to an administrator who answers a request. Secrets aren't in it: the system
keeps only their hashes. Every place of `subscribers.purposes` that is somebody's stands here; a test asks for it.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import (
    Comment,
    CommentReply,
    ModelLogEntry,
    PageLogEntry,
    Revision,
    UploadedFile,
    WorkflowState,
)
from wagtail.users.models import UserProfile

from bulletin.models import Publication
from metrics.models import Presence
from newsroom.models import DeskBinding
from subscribers.audit_retention import personal_data_of
from subscribers.models import Agency, AuditEvent, ImportedPerson, Invitation, User

#: What the file is: a later form of it gets another number.
FORMAT = 2


def data_of(person: User) -> dict:
    """What is held about `person`, as JSON can say it."""
    return {
        "format": FORMAT,
        "written_at": timezone.now().isoformat(),
        "account": {
            "uuid": str(person.uuid),
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "language": person.language,
            "joined_at": person.date_joined.isoformat(),
            "last_sign_in_at": _moment(person.last_login),
            "is_active": person.is_active,
            "closed_at": _moment(person.closed_at),
            "is_coordinator": person.is_coordinator,
            "roles": sorted(person.groups.values_list("name", flat=True)),
            "desks": sorted(DeskBinding.objects.filter(person=person).values_list("desk__name", flat=True)),
        },
        "notice": {"version": person.notice_version, "shown_at": _moment(person.notice_shown_at)},
        "agency": _agency_of(person),
        "use": [
            {"day": row.day.isoformat(), "channel": row.channel, "act": row.act, "agency": row.agency_id}
            for row in Presence.objects.filter(person=person.uuid).order_by("day", "channel", "act")
        ],
        "tokens": [
            {
                "name": token.name,
                "scopes": token.scopes,
                "networks": token.networks,
                "created_at": token.created_at.isoformat(),
                "expires_at": token.expires_at.isoformat(),
                "revoked_at": _moment(token.revoked_at),
                "days_of_use": sorted(use.day.isoformat() for use in token.uses.all()),
            }
            for token in person.tokens.order_by("created_at").prefetch_related("uses")
        ],
        "sessions": [
            {
                "device": session.device,
                "signed_in_at": _moment(session.signed_in_at),
                "seen_at": session.seen_at.isoformat(),
            }
            for session in person.device_sessions.order_by("signed_in_at")
        ],
        "second_factor": {
            "apps": TOTPDevice.objects.filter(user=person).count(),
            "recovery_codes": sum(
                device.token_set.count() for device in StaticDevice.objects.filter(user=person)
            ),
        },
        "invitations": _invitations(person),
        "contact_of": list(
            Agency.objects.filter(contact_email=person.email).values(
                "name", "contact_name", "contact_email", "contact_phone"
            )
        ),
        "admin": _admin(person),
        "audit_log": _audit_log(person),
    }


def _agency_of(person: User) -> dict | None:
    if person.agency is None:
        return None
    return {"number": person.agency.pk, "name": person.agency.name, "code": person.agency.code}


def _invitations(person: User) -> list[dict]:
    """Invitations to their address, and rows of lists that name it."""
    theirs = Invitation.objects.filter(Q(person=person) | Q(email=person.email)).order_by("created_at")
    return [
        {
            "email": invitation.email,
            "agency": invitation.agency.name,
            "sent_at": invitation.created_at.isoformat(),
            "mail_failed_at": _moment(invitation.mail_failed_at),
            "accepted_at": _moment(invitation.accepted_at),
            "withdrawn_at": _moment(invitation.withdrawn_at),
        }
        for invitation in theirs.select_related("agency")
    ] + [
        {"email": row.email, "name": row.name, "list_uploaded_at": row.people_import.uploaded_at.isoformat()}
        for row in ImportedPerson.objects.filter(email=person.email).select_related("people_import")
    ]


def _admin(person: User) -> dict:
    """What the admin keeps of its people: settings, and how much they wrote and did; the texts aren't theirs."""
    profile = UserProfile.objects.filter(user=person).first()
    about = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk))
    return {
        "profile": (
            {
                "language": profile.preferred_language,
                "time_zone": profile.current_time_zone,
                "picture": profile.avatar.name if profile.avatar else "",
                "theme": profile.theme,
            }
            if profile
            else None
        ),
        "drafts": Revision.objects.filter(user=person).count(),
        "submissions": WorkflowState.objects.filter(requested_by=person).count(),
        "publications": Publication.objects.filter(actor=person.uuid).count(),
        "comments": Comment.objects.filter(user=person).count()
        + CommentReply.objects.filter(user=person).count(),
        "working_copies": FormState.objects.filter(user=person).count()
        + EditingSession.objects.filter(user=person).count()
        + UploadedFile.objects.filter(uploaded_by_user=person).count(),
        "changes": [
            {"at": entry.timestamp.isoformat(), "action": entry.action, "of": entry.label}
            for model in (ModelLogEntry, PageLogEntry)
            for entry in model.objects.filter(user=person).order_by("timestamp")
        ],
        "changes_of_account": [
            {"at": entry.timestamp.isoformat(), "action": entry.action}
            for entry in ModelLogEntry.objects.filter(about).order_by("timestamp")
        ],
    }


def _audit_log(person: User) -> list[dict]:
    """Events that they did or that were about them, with what the log holds of them personally."""
    held = {row.sequence: row.fields for row in personal_data_of(person.uuid, [person.email])}
    events = AuditEvent.objects.filter(
        Q(actor=person.uuid) | Q(subject=person.uuid) | Q(sequence__in=list(held))
    ).order_by("sequence")
    return [
        {
            "sequence": event.sequence,
            "happened_at": event.happened_at.isoformat(),
            "kind": event.kind,
            "personal": held.get(event.sequence),
        }
        for event in events.iterator()
    ]


def _moment(moment) -> str | None:
    return moment.isoformat() if moment else None

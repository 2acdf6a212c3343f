"""Everything the system holds about one person, for themselves (KVKK, article 11)."""

from django.utils import timezone

from metrics.models import Presence
from subscribers.models import User

#: What the file is: a later form of it gets another number.
FORMAT = 1


def data_of(person: User) -> dict:
    """What is held about `person`, as JSON can say it: account, agency, roles, days of use, tokens, sessions.

    Secrets aren't in it: the system keeps only their hashes.
    """
    return {
        "format": FORMAT,
        "written_at": timezone.now().isoformat(),
        "account": {
            "uuid": str(person.uuid),
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "joined_at": person.date_joined.isoformat(),
            "last_sign_in_at": person.last_login.isoformat() if person.last_login else None,
            "is_coordinator": person.is_coordinator,
            "roles": sorted(person.groups.values_list("name", flat=True)),
        },
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
                "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
                "days_of_use": sorted(use.day.isoformat() for use in token.uses.all()),
            }
            for token in person.tokens.order_by("created_at").prefetch_related("uses")
        ],
        "sessions": [
            {
                "device": session.device,
                "signed_in_at": session.signed_in_at.isoformat() if session.signed_in_at else None,
                "seen_at": session.seen_at.isoformat(),
            }
            for session in person.device_sessions.order_by("signed_in_at")
        ],
    }


def _agency_of(person: User) -> dict | None:
    if person.agency is None:
        return None
    return {"number": person.agency.pk, "name": person.agency.name, "code": person.agency.code}

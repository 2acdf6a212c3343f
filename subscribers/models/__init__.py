"""Who reads and for whom: people, agencies, service accounts; how they are let in; the audit log."""

from ..spelling import normalise_email
from .agencies import Agency, AgencyEntitlement
from .audit import AuditCheckpoint, AuditEvent, AuditPersonalData
from .destructions import DestructionRecord
from .invitations import Invitation
from .people import User, UserManager
from .people_imports import ImportedPerson, PeopleImport
from .service_accounts import ServiceAccount
from .sessions import DeviceSession, SignInFailures
from .tokens import Token, TokenUse

__all__ = [
    "Agency",
    "AgencyEntitlement",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditPersonalData",
    "DestructionRecord",
    "DeviceSession",
    "ImportedPerson",
    "Invitation",
    "PeopleImport",
    "ServiceAccount",
    "SignInFailures",
    "Token",
    "TokenUse",
    "User",
    "UserManager",
    "normalise_email",
]

"""What the audit log tells of. One block for each part of the system that writes to it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AuditKind(TextChoices):
    # Agencies and their people.
    AGENCY_CREATED = "agency.created", _("kurum eklendi")
    AGENCY_CHANGED = "agency.changed", _("kurum değişti")
    AGENCY_SUSPENDED = "agency.suspended", _("kurum askıya alındı")
    AGENCY_RESUMED = "agency.resumed", _("kurumun askısı kalktı")
    AGENCY_ENDED = "agency.ended", _("kurumun sözleşmesi bitirildi")
    AGENCY_MERGED = "agency.merged", _("kurum başka bir kurumla birleşti")
    ENTITLEMENT_GIVEN = "entitlement.given", _("kuruma yetki verildi")
    ENTITLEMENT_TAKEN = "entitlement.taken", _("kurumdan yetki alındı")
    PERSON_INVITED = "person.invited", _("kişi çağrıldı")
    INVITATION_WITHDRAWN = "invitation.withdrawn", _("çağrı geri alındı")
    PERSON_JOINED = "person.joined", _("kişi çağrıyı kabul etti")
    PERSON_LEFT = "person.left", _("kişi kurumdan ayrıldı")
    ACCESS_EXPLAINED = "access.explained", _("bir kişinin neden okuyamadığına bakıldı")
    LIST_CONFIRMED = "people.confirmed", _("kişi listesi onaylandı")
    # Tokens.
    TOKEN_ISSUED = "token.issued", _("erişim anahtarı verildi")
    TOKEN_ROTATED = "token.rotated", _("erişim anahtarı yenilendi")
    TOKEN_REVOKED = "token.revoked", _("erişim anahtarı iptal edildi")

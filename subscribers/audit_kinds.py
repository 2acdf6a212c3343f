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
    # The audit log itself.
    AUDIT_VIEWED = "audit.viewed", _("denetim günlüğüne bakıldı")
    AUDIT_EXPORTED = "audit.exported", _("denetim günlüğü indirildi")
    AUDIT_MONTH_DESTROYED = "audit.month_destroyed", _("denetim günlüğünün bir ayı imha edildi")
    PERSONAL_DATA_ERASED = "personal_data.erased", _("bir kişinin günlükteki kişisel verileri silindi")
    # People, roles and desks in the admin; what readers are offered; figures.
    PERSON_ADDED = "person.added", _("kişi eklendi")
    PERSON_CHANGED = "person.changed", _("kişinin bilgileri değişti")
    PERSON_DELETED = "person.deleted", _("kişi silindi")
    PASSWORD_SET = "person.password_set", _("kişiye yeni parola verildi")
    ROLES_CHANGED = "person.roles_changed", _("kişinin rolleri değişti")
    DESKS_CHANGED = "person.desks_changed", _("kişinin masaları değişti")
    ROLE_ADDED = "role.added", _("rol eklendi")
    ROLE_CHANGED = "role.changed", _("rolün izinleri değişti")
    ROLE_DELETED = "role.deleted", _("rol silindi")
    AUDIENCE_CHANGED = "item.audience_changed", _("içeriğin hedef kitlesi değişti")
    FIGURES_EXPORTED = "figures.exported", _("gösterge tablosu indirildi")
    # Signing in.
    SIGNED_IN = "sign_in.done", _("giriş yapıldı")
    SIGN_IN_FAILED = "sign_in.failed", _("giriş yapılamadı")
    SIGNED_OUT = "sign_in.out", _("çıkış yapıldı")
    SESSION_ENDED = "session.ended", _("oturum sonlandırıldı")
    PASSWORD_CHANGED = "password.changed", _("parola değişti")
    SECOND_FACTOR_SET = "second_factor.set", _("ikinci doğrulama kuruldu")
    SECOND_FACTOR_TURNED_OFF = "second_factor.off", _("ikinci doğrulama kapatıldı")
    SECOND_FACTOR_RESET = "second_factor.reset", _("ikinci doğrulama sıfırlandı")
    RECOVERY_CODES_RENEWED = "second_factor.codes", _("kurtarma kodları yenilendi")
    RECOVERY_CODE_USED = "second_factor.code_used", _("kurtarma koduyla giriş yapıldı")
    # Administration.
    PEOPLE_IMPORT_CONFIRMED = "people_import.confirmed", _("kişi listesi onaylandı, çağrılar başladı")
    PEOPLE_IMPORT_FINISHED = "people_import.finished", _("kişi listesindeki çağrılar bitti")
    SERVICE_ACCOUNT_OPENED = "service_account.opened", _("servis hesabı açıldı")
    SERVICE_ACCOUNT_CLOSED = "service_account.closed", _("servis hesabı kapatıldı")
    VIEWING_BEGUN = "viewing.begun", _("bir okurun gözüyle bakılmaya başlandı")
    VIEWING_ENDED = "viewing.ended", _("okurun gözüyle bakma bitti")
    # Personal data: notice, requests of people, destruction; the year's evaluation.
    NOTICE_SHOWN = "notice.shown", _("aydınlatma metni gösterildi")
    PERSON_DATA_EXPORTED = "person.data_exported", _("bir kişinin verileri dışa aktarıldı")
    PERSONAL_DATA_VIEWED = "personal_data.viewed", _("kişisel veri gösteren bir sayfaya bakıldı")
    PERSONAL_DATA_EXPORTED = "personal_data.exported", _("kişisel veri içeren bir tablo indirildi")
    PERSON_ERASED = "person.erased", _("bir kişinin verileri silindi")
    DATA_DESTROYED = "data.destroyed", _("kişisel veriler imha edildi")
    DESTRUCTIONS_EXPORTED = "data.destructions_exported", _("imha tutanakları indirildi")
    YEAR_CLOSED = "year.closed", _("yılın değerlendirmesi kapatıldı")
    # Redaction of published texts.
    REDACTION_ASKED = "redaction.asked", _("karartma istendi")
    REDACTION_APPROVED = "redaction.approved", _("karartma onaylandı")
    REDACTION_REFUSED = "redaction.refused", _("karartma reddedildi")
    REDACTION_TAKEN_BACK = "redaction.taken_back", _("karartma isteği geri alındı")
    REDACTION_FINISHED = "redaction.finished", _("karartma tamamlandı")

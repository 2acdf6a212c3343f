"""The register of processing purposes (KVKK envanteri): why which personal data are held, how long, where.

One place says it for everybody: the notice shows it to people, `docs/personal-data.md` holds it as a table,
`subscribers.destruction` destroys by it, and a test asks that every field which can name a person stands in it. The
months are the settings' (`RETENTION_MONTHS`, `AUDIT_RETENTION_MONTHS`), read when they are asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: A text, translated when it is shown.
Words = str | Promise


@dataclass(frozen=True)
class Place:
    """Where data of a purpose stand. model: `application.Model`; fields: those that can name a person, or are theirs.

    on_request: what becomes of them when a person is erased on request.
    """

    model: str
    fields: tuple[str, ...]
    on_request: Words


@dataclass(frozen=True)
class Purpose:
    """name: its code, under which `destruction` knows it. ground: the article of law 6698.

    retention: from when on the months count, in words; months: None where data stay for good, by UUID alone.
    destroyed: how, in words.
    """

    name: str
    title: Words
    people: Words
    categories: tuple[Words, ...]
    ground: Words
    retention: Words
    destroyed: Words
    places: tuple[Place, ...]
    is_kept: bool = False

    @property
    def months(self) -> int | None:
        """Whole months for which data are kept; counted from the end of the month that `retention` speaks of."""
        if self.is_kept:
            return None
        if self.name == "audit":
            return settings.AUDIT_RETENTION_MONTHS
        return settings.RETENTION_MONTHS[self.name]

    @property
    def months_in_words(self) -> str:
        if self.months is None:
            return gettext("süresiz")
        if self.months == 0:
            return gettext("izleyen ayın başına kadar")
        return gettext("%(months)d ay") % {"months": self.months}


_GROUND_DUTY = _("m. 5/2-ç: veri sorumlusunun hukuki yükümlülüğü")
_GROUND_SECURITY = _("m. 5/2-ç ve m. 12: veri güvenliğini sağlama yükümlülüğü")
_GROUND_CONTRACT = _("m. 5/2-c ve m. 5/2-ç: kullanıcı kurumla yapılan sözleşme, hukuki yükümlülük")
_GROUND_PUBLIC = _("m. 5/2-d: ilgili kişinin kendisinin alenileştirmesi; m. 5/2-e: bir hakkın tesisi")

_ERASED = _("silinir")
_EMPTIED = _("boşaltılır")
_SHELL = _("anonim hesaba bağlı kalır")
_BY_NUMBER = _("yalnızca kimlik numarası kalır")

_EMPLOYEES_AND_READERS = _("Başkanlık personeli, kullanıcı kurumların kişileri")

REGISTER: tuple[Purpose, ...] = (
    Purpose(
        name="accounts",
        title=_("Hesapların ve yetkilerin yönetimi"),
        people=_EMPLOYEES_AND_READERS,
        categories=(_("kimlik"), _("iletişim"), _("kurum ve görev"), _("aydınlatma kaydı")),
        ground=_GROUND_CONTRACT,
        retention=_(
            "hesabın kapatılmasından ya da Başkanlık’ta görevi olmayan kişinin kurumunun sözleşmesi bittikten sonra"
        ),
        destroyed=_("anonim hale getirilir"),
        places=(
            Place(
                "subscribers.User",
                (
                    "first_name",
                    "last_name",
                    "email",
                    "password",
                    "last_login",
                    "date_joined",
                    "agency",
                    "is_coordinator",
                    "language",
                    "notice_version",
                    "notice_shown_at",
                    "closed_at",
                    "erased_at",
                    "uuid",
                ),
                _("anonim hale getirilir"),
            ),
            Place("subscribers.User_groups", ("user",), _ERASED),
            Place("subscribers.User_user_permissions", ("user",), _ERASED),
            Place("newsroom.DeskBinding", ("person",), _ERASED),
            Place("wagtailusers.UserProfile", ("user", "avatar", "preferred_language"), _ERASED),
        ),
    ),
    Purpose(
        name="sign_in",
        title=_("Güvenli giriş"),
        people=_EMPLOYEES_AND_READERS,
        categories=(_("işlem güvenliği"),),
        ground=_GROUND_SECURITY,
        retention=_("oturumun bitmesinden ya da son başarısız girişten sonra"),
        destroyed=_("silinir"),
        places=(
            Place("subscribers.DeviceSession", ("person", "device", "session_data"), _ERASED),
            Place(
                "subscribers.SignInFailures",
                ("key",),
                _("kimseyi göstermeyen özettir; kendiliğinden silinir"),
            ),
            Place("otp_totp.TOTPDevice", ("user", "key", "name"), _ERASED),
            Place("otp_static.StaticDevice", ("user", "name"), _ERASED),
        ),
    ),
    Purpose(
        name="invitations",
        title=_("Çağrılar"),
        people=_("kullanıcı kurumların çağrılan kişileri"),
        categories=(_("iletişim"),),
        ground=_GROUND_CONTRACT,
        retention=_(
            "çağrının kabulünden, geri alınmasından ya da süresinin dolmasından, listenin yüklenmesinden sonra"
        ),
        destroyed=_("silinir"),
        places=(
            Place("subscribers.Invitation", ("email", "person", "invited_by"), _ERASED),
            Place("subscribers.ImportedPerson", ("email", "name"), _ERASED),
            Place("subscribers.PeopleImport", ("uploaded_by", "confirmed_by"), _BY_NUMBER),
        ),
    ),
    Purpose(
        name="tokens",
        title=_("Erişim anahtarları"),
        people=_("kullanıcı kurumların kişileri"),
        categories=(_("işlem güvenliği"),),
        ground=_GROUND_SECURITY,
        retention=_("kullanım gününden ya da anahtarın bitmesinden sonra"),
        destroyed=_("silinir"),
        places=(
            Place("subscribers.Token", ("person", "name", "networks", "uuid"), _ERASED),
            Place("subscribers.TokenUse", ("day",), _ERASED),
        ),
    ),
    Purpose(
        name="use",
        title=_("Faydalanan kullanıcı sayısının hesaplanması (PG2.1.2)"),
        people=_("kullanıcı kurumların kişileri"),
        categories=(_("kullanım günü ve kanalı; neyin okunduğu tutulmaz"),),
        ground=_("m. 5/2-ç: 5018 sayılı Kanun m. 9'daki ölçme ve raporlama yükümlülüğü"),
        retention=_("yıllık değerlendirmenin kapatılmasından sonra"),
        destroyed=_("silinir; geriye kimseyi göstermeyen sayılar kalır"),
        places=(
            Place(
                "metrics.Presence",
                ("person",),
                _("her yıl için rastgele, eşlemesi tutulmayan bir takma kimlik alır"),
            ),
        ),
    ),
    Purpose(
        name="audit",
        title=_("Denetim günlüğü"),
        people=_EMPLOYEES_AND_READERS,
        categories=(_("işlem güvenliği"), _("kimlik"), _("iletişim")),
        ground=_GROUND_SECURITY,
        retention=_("olayın ayı bittikten sonra"),
        destroyed=_("ay bütünüyle silinir; geriye özeti kalır"),
        places=(
            Place("subscribers.AuditEvent", ("actor", "subject"), _BY_NUMBER),
            Place("subscribers.AuditPersonalData", ("person", "fields"), _("silinir; zincirde özeti kalır")),
        ),
    ),
    Purpose(
        name="contacts",
        title=_("Kullanıcı kurumlarla iletişim"),
        people=_("kullanıcı kurumların ilgili kişileri"),
        categories=(_("kimlik"), _("iletişim")),
        ground=_GROUND_CONTRACT,
        retention=_("kurumun sözleşmesi bittikten sonra"),
        destroyed=_("boşaltılır"),
        places=(Place("subscribers.Agency", ("contact_name", "contact_email", "contact_phone"), _EMPTIED),),
    ),
    Purpose(
        name="working_copies",
        title=_("Yönetim sayfalarındaki çalışma kopyaları"),
        people=_("Başkanlık personeli"),
        categories=(_("işlem güvenliği"),),
        ground=_GROUND_DUTY,
        retention=_("son kullanımdan sonra"),
        destroyed=_("silinir"),
        places=(
            Place("wagtailadmin.EditingSession", ("user",), _ERASED),
            Place("wagtailadmin.FormState", ("user", "data"), _ERASED),
            Place("wagtailcore.UploadedFile", ("uploaded_by_user", "file"), _ERASED),
        ),
    ),
    Purpose(
        name="editing_log",
        title=_("Yönetim sayfalarındaki değişikliklerin izlenmesi"),
        people=_("Başkanlık personeli"),
        categories=(_("işlem güvenliği"),),
        ground=_GROUND_SECURITY,
        retention=_("değişikliğin ayı bittikten sonra"),
        destroyed=_("silinir"),
        places=(
            Place("wagtailcore.ModelLogEntry", ("user", "label", "data", "uuid"), _("adlar silinir")),
            Place("wagtailcore.PageLogEntry", ("user", "label", "data", "uuid"), _("adlar silinir")),
        ),
    ),
    Purpose(
        name="authorship",
        title=_("Metinleri kimin yazdığı ve kimin onayladığı"),
        people=_("Başkanlık personeli"),
        categories=(_("kimlik numarası; ad tutulmaz"),),
        ground=_GROUND_DUTY,
        retention=_("yayım kaydı durdukça"),
        destroyed=_("hesap anonim hale gelince kimseyi göstermez"),
        is_kept=True,
        places=(
            Place("bulletin.Publication", ("actor",), _BY_NUMBER),
            Place("bulletin.Redaction", ("requested_by",), _BY_NUMBER),
            Place("bulletin.RedactionDecision", ("decided_by",), _BY_NUMBER),
            Place("bulletin.Item", ("locked_by",), _SHELL),
            Place("bulletin.NewsItem", ("locked_by",), _SHELL),
            Place("bulletin.Statement", ("locked_by",), _SHELL),
            Place("bulletin.Bulletin", ("locked_by",), _SHELL),
            Place("wagtailcore.Revision", ("user",), _SHELL),
            Place("wagtailcore.WorkflowState", ("requested_by",), _SHELL),
            Place("wagtailcore.TaskState", ("finished_by",), _SHELL),
            Place("wagtailcore.Page", ("owner", "locked_by"), _SHELL),
            Place("home.HomePage", ("owner", "locked_by"), _SHELL),
            Place("home.SectionPage", ("owner", "locked_by"), _SHELL),
            Place("home.PlanPage", ("owner", "locked_by"), _SHELL),
            Place("wagtailcore.Comment", ("user", "resolved_by"), _SHELL),
            Place("wagtailcore.CommentReply", ("user",), _SHELL),
            Place("wagtailcore.PageSubscription", ("user",), _ERASED),
            Place("wagtailimages.Image", ("uploaded_by_user",), _SHELL),
            Place("wagtaildocs.Document", ("uploaded_by_user",), _SHELL),
            Place("metrics.ClosedYear", ("closed_by",), _BY_NUMBER),
            Place("subscribers.DestructionRecord", ("by",), _BY_NUMBER),
        ),
    ),
    Purpose(
        name="published_names",
        title=_("Yayımlanan metinlerde adı geçenler"),
        people=_("konuşmacılar, çevirenler, haberlerde adı geçenler"),
        categories=(_("kimlik"),),
        ground=_GROUND_PUBLIC,
        retention=_("yayım kaydı durdukça; istek üzerine karartılır"),
        destroyed=_("karartılır"),
        is_kept=True,
        places=(
            Place("bulletin.NewsItem", ("translator", "image_credit"), _("karartma ayrıca istenir")),
            Place("bulletin.Statement", ("speaker",), _("karartma ayrıca istenir")),
        ),
    ),
)

PURPOSES: dict[str, Purpose] = {purpose.name: purpose for purpose in REGISTER}

#: Fields that look as if they could name a person, and why they don't.
NOBODY: dict[str, str] = {
    "subscribers.Agency.uuid": "names an institution",
    "subscribers.ServiceAccount.uuid": "names a machine",
    "subscribers.PeopleImport.uuid": "names a list",
    "subscribers.DestructionRecord.occasion": "names one destruction",
    "bulletin.Item.uuid": "names a text",
    "bulletin.NewsItem.uuid": "names a text",
    "bulletin.Statement.uuid": "names a text",
    "bulletin.Bulletin.uuid": "names a text",
    "wagtailcore.ReferenceIndex.content_path_hash": "names a field of a text",
    "sessions.Session.session_data": "Django's own table, which is empty: sessions are rows of DeviceSession",
    "wagtailcore.Page.translation_key": "names a page",
    "home.HomePage.translation_key": "names a page",
    "home.SectionPage.translation_key": "names a page",
    "home.PlanPage.translation_key": "names a page",
}

#: Names of text fields under which people tend to be kept.
TELLING_NAMES = frozenset(
    {
        "actor",
        "avatar",
        "contact_name",
        "contact_phone",
        "device",
        "email",
        "first_name",
        "full_name",
        "ip",
        "last_name",
        "network_address",
        "phone",
        "session_data",
        "user_agent",
    }
)


def unclaimed_fields(found: Iterable[type[models.Model]] | None = None) -> list[str]:
    """`application.Model.field` of every field that can name a person and stands in no purpose. Empty when all is well.

    Such are relations to the user model, addresses, UUIDs and fields named as `TELLING_NAMES`. found: the models that
    are looked at; all that are installed unless a test says otherwise.
    """
    claimed = {
        f"{place.model}.{field}" for purpose in REGISTER for place in purpose.places for field in place.fields
    }
    return sorted(
        name
        for model in (apps.get_models(include_auto_created=True) if found is None else found)
        for field in model._meta.concrete_fields
        if _can_name_a_person(field)
        and (name := f"{model._meta.label}.{field.name}") not in claimed | NOBODY.keys()
    )


def missing_fields() -> list[str]:
    """What the register names and no model has."""
    wrong = []
    for purpose in REGISTER:
        for place in purpose.places:
            try:
                there = {field.name for field in _model(place.model)._meta.get_fields()}
            except LookupError:
                there = set()
            wrong += [f"{place.model}.{field}" for field in place.fields if field not in there]
    return sorted(wrong)


def check_settings() -> None:
    """Called when the application starts. Raises ImproperlyConfigured for a retention that is none."""
    counted = {purpose.name for purpose in REGISTER if not purpose.is_kept} - {"audit"}
    if counted != settings.RETENTION_MONTHS.keys():
        raise ImproperlyConfigured(
            "RETENTION_MONTHS must name exactly these purposes: " + ", ".join(sorted(counted)) + "."
        )
    for name, months in settings.RETENTION_MONTHS.items():
        if not 0 <= months <= 1200 or (name == "use" and months > LATEST_MONTHS):
            raise ImproperlyConfigured(
                f"RETENTION_MONTHS of “{name}” is {months}; it must be a number of months from 0 to "
                f"{LATEST_MONTHS if name == 'use' else 1200}."
            )


#: What has no purpose any more is destroyed at most so many months later (Kişisel Verilerin Silinmesi, Yok Edilmesi
#: veya Anonim Hale Getirilmesi Hakkında Yönetmelik, m. 11); the run comes within a month of the end.
LATEST_MONTHS = 5


def as_table() -> str:
    """The register as the table of `docs/personal-data.md`, in Turkish."""
    with translation.override("tr"):
        lines = [
            "| Amaç | Kimlerin | Veri kategorileri | Hukuki dayanak (6698) | Saklama süresi | İmha |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {purpose.title} | {capfirst(str(purpose.people))} | {', '.join(map(str, purpose.categories))} |"
            f" {purpose.ground} | {purpose.months_in_words} ({purpose.retention}) | {purpose.destroyed} |"
            for purpose in REGISTER
        ]
        lines += ["", "| Amaç | Nerede | Alanlar | Kişinin isteğiyle |", "|---|---|---|---|"]
        lines += [
            f"| {purpose.title} | `{place.model}` | {', '.join(f'`{field}`' for field in place.fields)} |"
            f" {place.on_request} |"
            for purpose in REGISTER
            for place in purpose.places
        ]
    return "\n".join(lines)


def _model(label: str) -> type[models.Model]:
    """The model with this label; those that Django makes for many-to-many relations too."""
    wanted = label.lower()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label_lower == wanted:
            return model
    raise LookupError(label)


def _can_name_a_person(field: models.Field) -> bool:
    if field.is_relation:
        return field.related_model is get_user_model()
    known = models.EmailField | models.GenericIPAddressField | models.UUIDField
    return isinstance(field, known) or field.name in TELLING_NAMES

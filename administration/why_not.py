"""Neden okuyamıyor? One page that answers why a person can or can't read an item.

The answer itself is `subscribers.entitlement`'s and the log's: keys that meet, or don't. This module says in sentences
what stands between the two. Nothing of the item is told beyond that: an administrator who asks may not be a reader.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from bulletin.current_items import keys_of_publication
from bulletin.models import CurrentItem, CurrentItemKey, Item, Publication
from bulletin.parts import in_words, parts_of
from newsroom.audience import agency_numbers
from subscribers import audit, notice, second_factor
from subscribers.audit_kinds import AuditKind
from subscribers.entitlement import NEWSROOM, PUBLIC, SUBSCRIBER, keys_of
from subscribers.models import Agency, AgencyEntitlement, User
from subscribers.spelling import normalise_email

from .pages import AdministratorPage

#: The number at the end of an item's address, and that of the edition where the address is an edition's own.
_NUMBERS_IN_ADDRESS = re.compile(r"-([0-9]{1,18})/(?:surum/([0-9]{1,9})/)?(?:[?#].*)?$", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """readable: whether the person reads the item now. reasons: sentences, the first obstacle first.

    What closes a person's account to everything but the public is told of a public item too, after what opens it.
    """

    readable: bool
    reasons: list[str] = field(default_factory=list)


def answer(person: User, item: Item | None, edition: int | None = None) -> Answer:
    """Why `person` can or can't read `item` at this moment. None stands for an item that isn't there.

    edition: of the item, where its own address was asked for; None for the newest. An older one asks for a key of its
    own and for one of the newest (`bulletin.editions`).
    """
    newest = CurrentItem.objects.select_related("publication__content").filter(item=item).first()
    if item is None or newest is None:
        return Answer(readable=False, reasons=[_not_on_offer(item)])
    keys = frozenset(CurrentItemKey.objects.filter(item=newest).values_list("key", flat=True))
    texts = [_Text(newest.publication, keys)]
    if edition is not None and edition != newest.edition:
        older = _newest_row(item, edition)
        if older is None:
            reason = _("İçeriğin %(number)d. sürümü yok.") % {"number": edition}
            return Answer(readable=False, reasons=[reason])
        texts = [
            _Text(older, keys_of_publication(older), _("%(number)d. sürüm") % {"number": edition}),
            _Text(newest.publication, keys, _("Güncel sürüm")),
        ]
    held = keys_of(person)
    obstacles = _before_entitlement(person)
    closed = [text for text in texts if not text.keys & held]
    if not closed and (not obstacles or all(PUBLIC in text.keys for text in texts)):
        opened = [text.saying(_opened_by(text.keys & held)) for text in texts]
        return Answer(readable=True, reasons=[*opened, *obstacles])
    reasons = [
        text.saying(reason) for text in closed for reason in _about_the_audience(person, text.publication)
    ]
    return Answer(readable=False, reasons=[*obstacles, *reasons])


@dataclass(frozen=True)
class _Text:
    """What has to be opened: a publication, the keys that open it, and its name where it isn't the only one."""

    publication: Publication
    keys: frozenset[str]
    name: str = ""

    def saying(self, sentence: str) -> str:
        return f"{self.name}: {sentence}" if self.name else sentence


def _not_on_offer(item: Item | None) -> str:
    newest = Publication.objects.filter(item=item).order_by("-sequence").first() if item is not None else None
    if newest is None:
        return _("Bu adreste ya da numarada yayımlanmış bir içerik yok.")
    return _("İçerik %(moment)s yayından kaldırıldı; kimse okuyamaz.") % {
        "moment": _moment(newest.offered_at)
    }


def _newest_row(item: Item, edition: int) -> Publication | None:
    """The row that says to whom an edition was last offered."""
    rows = Publication.objects.filter(item=item, edition=edition).exclude(kind=Publication.Kind.WITHDRAWN)
    return rows.select_related("content").order_by("-sequence").first()


def _opened_by(keys: Iterable[str]) -> str:
    if PUBLIC in keys:
        return _("İçerik herkese açık.")
    if NEWSROOM in keys:
        return _("Kişi, Başkanlık'taki göreviyle bütün içeriği okur.")
    if agency_numbers(keys):
        return _("İçerik bu kişinin kurumuna adıyla gönderilmiş.")
    if SUBSCRIBER in keys:
        return _("İçerik kullanıcı kurumlara açık ve kişi bütün içeriğe yetkili.")
    return _("İçerik kullanıcı kurumlara açık ve kurumun yetkili olduğu bir bölümden.")


def _before_entitlement(person: User) -> list[str]:
    """What stands before any question of keys: the account, the steps of signing in, the agency's contract."""
    if not person.is_active:
        return [_("Hesap kapalı.")]
    return [*_steps_not_done(person), *_about_the_contract(person.agency)]


def _steps_not_done(person: User) -> list[str]:
    """What the person themselves has to do first; the site leads them there at their next sign-in."""
    steps = []
    if second_factor.is_required(person) and not second_factor.is_set(person):
        steps.append(
            _("İkinci doğrulama zorunlu ama kişi henüz kurmadı: kurana kadar giriş yapmış sayılmaz.")
        )
    if not notice.has_seen(person):
        steps.append(
            _(
                "Kişi aydınlatma metnini henüz onaylamadı: giriş yapınca, onaylayana kadar başka sayfa açılmaz."
            )
        )
    return steps


def _about_the_contract(agency: Agency | None) -> list[str]:
    """What closes everything that isn't public to the people of `agency`."""
    if agency is None:
        return []
    name = {"name": agency.name}
    match agency.state_at(timezone.now()):
        case Agency.State.NOT_BEGUN:
            return [
                _("“%(name)s” kurumunun sözleşmesi %(moment)s başlayacak.")
                % (name | {"moment": _moment(agency.started_at)})
            ]
        case Agency.State.ENDED:
            return [
                _("“%(name)s” kurumunun sözleşmesi %(moment)s bitti.")
                % (name | {"moment": _moment(agency.ended_at)})
            ]
        case Agency.State.SUSPENDED:
            return [
                _("“%(name)s” kurumu %(moment)s askıya alındı.")
                % (name | {"moment": _moment(agency.suspended_at)})
            ]
    return []


def _about_the_audience(person: User, publication: Publication) -> list[str]:
    """What a text asks for that this person's agency doesn't have."""
    agency = person.agency
    if agency is None:
        return [_("Kişinin kurumu yok.")]
    if SUBSCRIBER not in publication.audience:
        return [_("İçerik yalnızca adıyla seçilen kurumlara gönderilmiş; kişinin kurumu aralarında değil.")]
    if agency.entitled_to_everything:
        return [_("İçerik kullanıcı kurumlara açık; herkese açık değil.")]
    return [
        _("İçerik kullanıcı kurumlara açık; kurum ise yalnızca şu bölümlere yetkili: %(held)s.")
        % {"held": parts_of(agency)},
        _("İçeriğin bölümleri: %(parts)s.") % {"parts": in_words(_parts_of(publication))},
    ]


def _parts_of(publication: Publication) -> list[tuple[str, str]]:
    kinds, metadata = AgencyEntitlement.Kind, publication.content.metadata
    parts = [(kinds.LANGUAGE, publication.language)]
    if desk := metadata.get("desk"):
        parts.append((kinds.DESK, str(desk["id"])))
    parts += [(kinds.TOPIC, str(topic["id"])) for topic in metadata.get("topics", ())]
    if series := metadata.get("series"):
        parts.append((kinds.SERIES, str(series["id"])))
    return parts


def _moment(moment) -> str:
    return date_format(timezone.localtime(moment), "j F Y H:i")


class QuestionForm(forms.Form):
    """A person by e-mail address, an item by its address or its number; the address may be an edition's."""

    email = forms.CharField(label=gettext_lazy("Kişinin e-posta adresi"), max_length=254)
    item = forms.CharField(
        label=gettext_lazy("İçerik"),
        max_length=500,
        help_text=gettext_lazy("İçeriğin adresi ya da adresin sonundaki numara."),
    )

    def clean_email(self) -> User:
        address = normalise_email(self.cleaned_data["email"])
        person = User.objects.select_related("agency").filter(email=address).first()
        if person is None:
            raise ValidationError(_("Bu adresle bir hesap yok."))
        return person

    def clean_item(self) -> Item | None:
        typed = self.cleaned_data["item"].strip()
        found = _NUMBERS_IN_ADDRESS.search(typed) or re.fullmatch("([0-9]{1,18})()", typed, re.ASCII)
        if found is None:
            raise ValidationError(_("İçeriğin adresini ya da numarasını yazın; örnek: 42."))
        self.cleaned_data["edition"] = int(found[2]) if found[2] else None
        return Item.objects.filter(pk=int(found[1])).first()


class WhyNotView(AdministratorPage, FormView):
    """`/yonetim/neden-okuyamiyor/`, for administrators. Each question asked stands in the audit log."""

    form_class = QuestionForm
    template_name = "administration/why_not.html"
    page_title = gettext_lazy("Neden okuyamıyor?")
    header_icon = "help"

    def form_valid(self, form):
        person, item, edition = (form.cleaned_data[name] for name in ("email", "item", "edition"))
        audit.record(
            AuditKind.ACCESS_EXPLAINED,
            actor=self.request.user.uuid,
            subject=person.uuid,
            details={"item": str(item.uuid) if item else None, **({"edition": edition} if edition else {})},
        )
        return self.render_to_response(
            self.get_context_data(form=form, person=person, answer=answer(person, item, edition))
        )

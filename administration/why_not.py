"""Neden okuyamıyor? One page that answers why a person can or can't read an item.

The answer itself is `subscribers.entitlement`'s and the log's: keys that meet, or don't. This module says in sentences
what stands between the two. Nothing of the item is told beyond that: an administrator who asks may not be a reader.
"""

import re
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from bulletin.models import CurrentItem, CurrentItemKey, Item, Publication
from bulletin.parts import in_words, parts_of
from newsroom.audience import agency_numbers
from subscribers import audit
from subscribers.audit_kinds import AuditKind
from subscribers.entitlement import PUBLIC, SUBSCRIBER, keys_of
from subscribers.models import Agency, AgencyEntitlement, User
from subscribers.spelling import normalise_email

from .pages import AdministratorPage

#: The number at the end of an item's address.
_NUMBER_IN_ADDRESS = re.compile(r"-([0-9]{1,18})/(?:surum/[0-9]+/)?(?:[?#].*)?$")


@dataclass(frozen=True)
class Answer:
    """readable: whether the person reads the item now. reasons: sentences, the first obstacle first."""

    readable: bool
    reasons: list[str] = field(default_factory=list)


def answer(person: User, item: Item | None) -> Answer:
    """Why `person` can or can't read `item` at this moment. None stands for an item that isn't there."""
    current = CurrentItem.objects.filter(pk=item.pk).first() if item is not None else None
    if current is None:
        return Answer(readable=False, reasons=[_not_on_offer(item)])
    opens = set(CurrentItemKey.objects.filter(item=current).values_list("key", flat=True))
    met = opens & keys_of(person)
    if met:
        return Answer(readable=True, reasons=[_opened_by(met)])
    reasons = [*_about_the_account(person), *_about_the_audience(person, current)]
    return Answer(readable=False, reasons=reasons)


def _not_on_offer(item: Item | None) -> str:
    newest = Publication.objects.filter(item=item).order_by("-sequence").first() if item is not None else None
    if newest is None:
        return _("Bu adreste ya da numarada yayımlanmış bir içerik yok.")
    return _("İçerik %(moment)s yayından kaldırıldı; kimse okuyamaz.") % {
        "moment": _moment(newest.offered_at)
    }


def _opened_by(keys: set[str]) -> str:
    if PUBLIC in keys:
        return _("İçerik herkese açık.")
    if agency_numbers(keys):
        return _("İçerik bu kişinin kurumuna adıyla gönderilmiş.")
    if SUBSCRIBER in keys:
        return _("İçerik kullanıcı kurumlara açık ve kişi bütün içeriğe yetkili.")
    return _("İçerik kullanıcı kurumlara açık ve kurumun yetkili olduğu bir bölümden.")


def _about_the_account(person: User) -> list[str]:
    """What closes everything that isn't public to this person."""
    if not person.is_active:
        return [_("Hesap kapalı.")]
    agency = person.agency
    if agency is None:
        return [_("Kişinin kurumu yok.")]
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


def _about_the_audience(person: User, current: CurrentItem) -> list[str]:
    """What the item asks for that this person's agency doesn't have."""
    agency = person.agency
    if SUBSCRIBER not in current.audience:
        return [_("İçerik yalnızca adıyla seçilen kurumlara gönderilmiş; kişinin kurumu aralarında değil.")]
    if agency is None or agency.entitled_to_everything:
        return [_("İçerik kullanıcı kurumlara açık; herkese açık değil.")]
    return [
        _("İçerik kullanıcı kurumlara açık; kurum ise yalnızca şu bölümlere yetkili: %(held)s.")
        % {"held": parts_of(agency)},
        _("İçeriğin bölümleri: %(parts)s.") % {"parts": in_words(_parts_of_item(current))},
    ]


def _parts_of_item(current: CurrentItem) -> list[tuple[str, str]]:
    kinds = AgencyEntitlement.Kind
    parts = [(kinds.LANGUAGE, current.language)]
    if current.desk_id is not None:
        parts.append((kinds.DESK, str(current.desk_id)))
    parts += [(kinds.TOPIC, str(number)) for number in current.topics.values_list("topic_id", flat=True)]
    if current.series_id is not None:
        parts.append((kinds.SERIES, str(current.series_id)))
    return parts


def _moment(moment) -> str:
    return date_format(timezone.localtime(moment), "j F Y H:i")


class QuestionForm(forms.Form):
    """A person by e-mail address, an item by its address or its number."""

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
        found = _NUMBER_IN_ADDRESS.search(typed) or re.fullmatch("([0-9]{1,18})", typed, re.ASCII)
        if found is None:
            raise ValidationError(_("İçeriğin adresini ya da numarasını yazın; örnek: 42."))
        return Item.objects.filter(pk=int(found[1])).first()


class WhyNotView(AdministratorPage, FormView):
    """`/yonetim/neden-okuyamiyor/`, for administrators. Each question asked stands in the audit log."""

    form_class = QuestionForm
    template_name = "administration/why_not.html"
    page_title = gettext_lazy("Neden okuyamıyor?")
    header_icon = "help"

    def form_valid(self, form):
        person, item = form.cleaned_data["email"], form.cleaned_data["item"]
        audit.record(
            AuditKind.ACCESS_EXPLAINED,
            actor=self.request.user.uuid,
            subject=person.uuid,
            details={"item": str(item.uuid) if item else None},
        )
        return self.render_to_response(
            self.get_context_data(form=form, person=person, answer=answer(person, item))
        )

"""The editing form of every kind of item: what Wagtail's form does, the hedef kitle, and the newsroom's own rules."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm

from bulletin.corrections import Correction
from bulletin.models import Desk, Topic

from . import audience, desk_rights
from .body_area import BodyArea
from .choices import NumberedChoices
from .refusals import ToldOnce
from .shown_names import ShownNames, shown_names_field

#: Characters of a public note at most: of a correction, a withdrawal, a change of audience.
NOTE_LENGTH = 500


class ItemForm(audience.AudienceChoice, ToldOnce, ShownNames, WagtailAdminModelForm):
    """Base form of news items, statements and bulletins.

    What readers are told of a correction is part of the draft, so that whoever approves it has seen it; it goes into
    the log with the publication, and the next draft begins without it.

    The audience isn't revisioned, so it is chosen here only while the item isn't on offer; afterwards it has a page of
    its own, which writes the log.
    """

    audience_choice = audience.choice_field()
    audience_agencies = audience.agencies_field()
    correction_note = forms.CharField(
        label=gettext_lazy("Düzeltme notu"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=gettext_lazy("Neyin düzeltildiğini bir iki cümleyle yazın. Okurlara gösterilir."),
    )
    correction_major = forms.BooleanField(
        label=gettext_lazy("Önemli düzeltme"),
        required=False,
        help_text=gettext_lazy(
            "Anlamı değiştiren düzeltmeler için: okurlara “Önemli düzeltme” diye gösterilir."
        ),
    )

    shown_names = shown_names_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.live:
            del self.fields["correction_note"], self.fields["correction_major"]
        elif self.instance.has_unpublished_changes:
            correction = self.instance.correction
            self.initial |= {"correction_note": correction.note, "correction_major": correction.major}
        if self.instance.live:
            self.sent_audience = self.data.get(self.add_prefix("audience_choice"))
            del self.fields["audience_choice"], self.fields["audience_agencies"]
        else:
            self.show_audience(self.instance.audience)

    def clean_body(self) -> str:
        widget = self.fields["body"].widget
        if isinstance(widget, BodyArea) and widget.unreadable:
            raise ValidationError(
                _("Metin okunamadı ve kaydedilmedi; sayfayı yenileyip metni yeniden yapıştırın.")
            )
        return self.cleaned_data["body"]

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.live:
            if self.sent_audience and not self._is_current_audience():
                raise ValidationError(
                    _(
                        "İçerik bu sırada yayımlandı: hedef kitlesi artık bu formda değil, kendi sayfasında değişir. "
                        "Sayfayı yenileyin; metniniz son kaydedilen taslaktadır."
                    )
                )
        elif not self.errors.keys() & {"audience_choice", "audience_agencies"}:
            self.instance.audience = self.chosen_audience()
        self.instance.correction = Correction(
            cleaned.get("correction_note", ""), cleaned.get("correction_major", False)
        )
        return cleaned

    def _is_current_audience(self) -> bool:
        """Whether the audience that a form opened before the publication sent is the one the item has."""
        choice, numbers = audience.choice_of(self.instance.audience)
        sent = sorted(self.data.getlist(self.add_prefix("audience_agencies")))
        return self.sent_audience == choice and (not numbers or sent == sorted(map(str, numbers)))


class NewsItemForm(ItemForm):
    """A draft begins with the editor's own name as its translator; without a kind of translation, none is kept.

    The desks to choose from are the editor's own, and the only one is chosen already.
    """

    topics = NumberedChoices(queryset=Topic.objects.all(), label=gettext_lazy("Konular"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        item = self.instance
        if self.for_user is not None and not (item.live or item.translator or item.translation_kind):
            self.initial["translator"] = self.for_user.get_full_name()
        own = desk_rights.desks_of(self.for_user)
        if own is not None and "desk" in self.fields:
            self._offer_desks(own)

    def _offer_desks(self, own: frozenset[int]) -> None:
        field = self.fields["desk"]
        field.queryset = Desk.objects.filter(pk__in=own)
        field.error_messages["invalid_choice"] = _("Haber yalnızca sizin masalarınızdan birine yazılabilir.")
        if len(own) == 1 and self.initial.get("desk") not in own:
            self.initial["desk"] = min(own)

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.get("translation_kind"):
            cleaned["translator"] = ""
        return cleaned

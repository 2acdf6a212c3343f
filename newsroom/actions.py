"""What is done to an item beside writing it: withdraw, delete, change its audience, translate, approve.

Each page says what will happen before it happens, and ends in a row of the log or in a sentence.
"""

from django import forms
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ProtectedError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.models import TaskState
from wagtail.snippets.views import snippets

from bulletin import publication, vocabulary
from bulletin.sanitising import clean_text

from . import approval, audience, copying
from .desk_rights import OnOwnDesk, refuse_outsiders
from .forms import NOTE_LENGTH
from .publications import was_published


def held_by(error: ProtectedError) -> str:
    """The sentence for something that can't be deleted because other things name it; three of them by name."""
    names = sorted({str(named) for named in error.protected_objects})
    more = len(names) - 3
    told = "; ".join(f"“{name}”" for name in names[:3])
    if more > 0:
        told = _("%(names)s ve %(more)d kayıt daha") % {"names": told, "more": more}
    return _("Silinemedi: şu kayıtlar ona bağlı: %(names)s.") % {"names": told}


def locked_by_other(item, user) -> str:
    """The sentence for an item that somebody else has locked; "" where nobody has."""
    if item.locked and item.locked_by_id != user.pk:
        return _("“%(title)s” başka bir kişi tarafından kilitlenmiş; önce kilidi açılmalı.") % {"title": item}
    return ""


class RefusedBeforehand(BaseObjectMixin, WagtailAdminTemplateMixin, FormView):
    """Leads back to the item with a sentence where nothing can be done; asked after the person's permission is."""

    def dispatch(self, request, *args, **kwargs):
        sentence = self.refusal()
        if sentence:
            messages.error(request, sentence)
            return redirect(self.edit_url)
        return super().dispatch(request, *args, **kwargs)


class ItemActionView(OnOwnDesk, PermissionCheckedMixin, RefusedBeforehand):
    """A page that asks something about one item and then does it."""

    edit_url_name = None
    index_url_name = None

    def refusal(self) -> str:
        """Why nothing can be done on this page; "" where something can."""
        return locked_by_other(self.object, self.request.user)

    @cached_property
    def edit_url(self) -> str:
        return reverse(self.edit_url_name, args=(quote(self.object.pk),))

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self):
        list_item = {
            "url": reverse(self.index_url_name),
            "label": capfirst(self.model._meta.verbose_name_plural),
        }
        edit_item = {"url": self.edit_url, "label": str(self.object)}
        return [*self.breadcrumbs_items, list_item, edit_item, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(object=self.object, edit_url=self.edit_url, **kwargs)


def log_note(**options) -> forms.CharField:
    """A note that stands in the Publication log and is read in the newsroom; no page of the site shows it."""
    return forms.CharField(
        label=gettext_lazy("Yayım günlüğüne yazılacak not"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=NOTE_LENGTH,
        **options,
    )


class WithdrawalForm(forms.Form):
    note = log_note(
        help_text=gettext_lazy(
            "Neden yayından kaldırıldığını bir iki cümleyle yazın. Okurlara gösterilmez; günlükte kalır, silinemez."
        )
    )

    def clean_note(self) -> str:
        note = clean_text(self.cleaned_data["note"])
        if not note:
            raise ValidationError(gettext_lazy("Nedenini yazın."))
        return note


class WithdrawView(ItemActionView):
    """Yayından kaldırma: takes the place of Wagtail's unpublish page, which goes past the log."""

    permission_required = "publish"
    page_title = gettext_lazy("Yayından kaldır")
    template_name = "newsroom/withdraw.html"
    form_class = WithdrawalForm

    def refusal(self) -> str:
        if not self.object.live:
            return _("“%(title)s” zaten yayında değil.") % {"title": self.object}
        return super().refusal()

    def form_valid(self, form):
        publication.withdraw(self.object, user=self.request.user, note=form.cleaned_data["note"])
        messages.success(self.request, _("“%(title)s” yayından kaldırıldı.") % {"title": self.object})
        return redirect(self.edit_url)


class AudienceForm(audience.AudienceChoice, forms.Form):
    audience_choice = audience.choice_field()
    audience_agencies = audience.agencies_field()
    note = log_note(
        required=False,
        help_text=gettext_lazy(
            "Neden değiştiğini yazabilirsiniz. Okurlara gösterilmez; günlükte kalır, silinemez."
        ),
    )

    def __init__(self, *args, current, **kwargs):
        super().__init__(*args, **kwargs)
        self.show_audience(current)

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["audience"] = self.chosen_audience()
        cleaned["note"] = clean_text(cleaned.get("note", ""))
        return cleaned


class AudienceView(ItemActionView):
    """Hedef kitle: of an item on offer a change is a row of the log, of a draft a plain field.

    Asked twice: the first answer is told back with its effect, the second does it.
    """

    permission_required = "change"
    page_title = gettext_lazy("Hedef kitle")
    template_name = "newsroom/audience.html"
    form_class = AudienceForm

    def refusal(self) -> str:
        if self.object.live and not self.request.user.has_perm("bulletin.change_audience"):
            raise PermissionDenied
        lock = self.object.get_lock()
        if not self.object.live and lock is not None and lock.for_user(self.request.user):
            return _("“%(title)s” kilitli; hedef kitlesi şimdi değiştirilemez.") % {"title": self.object}
        return super().refusal()

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "current": self.object.audience}

    def form_valid(self, form):
        wanted, current = form.cleaned_data["audience"], self.object.audience
        if wanted == current:
            messages.info(self.request, _("Hedef kitle zaten böyle; hiçbir şey değişmedi."))
            return redirect(self.edit_url)
        if "confirmed" not in self.request.POST:
            names = audience.agency_names([wanted])
            return self.render_to_response(
                self.get_context_data(
                    form=form, wanted=audience.in_words(wanted, names), loses=_loses(current, wanted)
                )
            )
        try:
            publication.change_audience(
                self.object,
                wanted,
                user=self.request.user,
                note=form.cleaned_data["note"],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("“%(title)s”: hedef kitle değişti.") % {"title": self.object})
        return redirect(self.edit_url)

    def get_context_data(self, **kwargs):
        names = audience.agency_names([self.object.audience])
        return super().get_context_data(current=audience.in_words(self.object.audience, names), **kwargs)


def _loses(current: list[str], wanted: list[str]) -> bool:
    """Whether somebody who may read now might not afterwards."""
    return "public" not in wanted and not set(current) <= set(wanted)


class TranslationForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Çevirinin dili"), choices=vocabulary.languages)

    def __init__(self, *args, source, **kwargs):
        super().__init__(*args, **kwargs)
        self.source = source

    def clean_language(self) -> str:
        language = self.cleaned_data["language"]
        name = vocabulary.language_name(language)
        if language == self.source.language:
            raise ValidationError(
                gettext_lazy("İçeriğin kendi dili zaten %(language)s."), params={"language": name}
            )
        if any(draft.language == language for draft in copying.translations_of(self.source)):
            raise ValidationError(
                gettext_lazy("Bu dilde bir çeviri zaten var (%(language)s): aşağıdan açın."),
                params={"language": name},
            )
        return language


class TranslateView(ItemActionView):
    """Çeviri taslağı: an item of its own, begun with the words of this one."""

    permission_required = "add"
    page_title = gettext_lazy("Çeviri taslağı aç")
    template_name = "newsroom/translate.html"
    form_class = TranslationForm

    def refusal(self) -> str:
        return ""

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "source": self.object, "initial": {"language": "en"}}

    def form_valid(self, form):
        draft = copying.translation_draft(self.object, form.cleaned_data["language"], self.request.user)
        messages.success(self.request, _("Çeviri taslağı açıldı; metni çevirip onaya gönderin."))
        return redirect(self.edit_url_name, quote(draft.pk))

    def get_context_data(self, **kwargs):
        translations = [
            (draft, vocabulary.language_name(draft.language), reverse(self.edit_url_name, args=(draft.pk,)))
            for draft in copying.translations_of(self.object)
        ]
        return super().get_context_data(
            translations=translations, number_note=copying.NO_NUMBER[self.model], **kwargs
        )


class ItemDeleteView(OnOwnDesk, snippets.DeleteView):
    """Deletes a draft. What was ever published stays: the log names it."""

    def dispatch(self, request, *args, **kwargs):
        if self.user_has_permission_for_instance("delete", self.object) and was_published(self.object):
            messages.error(request, _("Yayımlanmış bir içerik silinemez; yayından kaldırılabilir."))
            return redirect(self.edit_url_name, quote(self.object.pk))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            if not (self.usage and self.usage.is_protected):
                return super().form_valid(form)
            sentence = _("Silinemedi: başka kayıtlar ona bağlı; hangileri olduğu silme sayfasında yazar.")
        except ValidationError as refusal:
            sentence = " ".join(refusal.messages)
        except ProtectedError as error:
            sentence = held_by(error)
        messages.error(self.request, sentence)
        return HttpResponseRedirect(reverse(self.edit_url_name, args=(quote(self.object.pk),)))


class ItemLockView(OnOwnDesk, snippets.LockView):
    pass


class ItemUnlockView(OnOwnDesk, snippets.UnlockView):
    pass


class ItemUnscheduleView(OnOwnDesk, snippets.RevisionsUnscheduleView):
    pass


class ItemWorkflowDataView(OnOwnDesk, snippets.CollectWorkflowActionDataView):
    pass


class ItemWorkflowCancellationView(OnOwnDesk, snippets.ConfirmWorkflowCancellationView):
    pass


class ItemWorkflowPreviewView(snippets.WorkflowPreviewView):
    """What an approver is shown; its refusals name the item, so they are for those who may read it in the admin."""

    def dispatch(self, request, *args, **kwargs):
        refuse_outsiders(request.user, self.model)
        return super().dispatch(request, *args, **kwargs)


class ItemWorkflowActionView(OnOwnDesk, snippets.WorkflowActionView):
    """Approves or rejects from the dashboard or the modal: whole, or not at all and with a sentence."""

    def get_task_state(self):
        return get_object_or_404(TaskState.objects.for_instance(self.object), pk=self.task_state_id).specific

    def post(self, request, *args, **kwargs):
        form = self.form_class(request.POST) if self.form_class else None
        is_modal = request.headers.get("x-requested-with") == "XMLHttpRequest"
        if form is not None and not form.is_valid():
            return self.render_modal_form(request, form) if is_modal else redirect(self.redirect_url)
        address = self.redirect_url
        try:
            address = (
                approval.act(
                    self.task_state,
                    request.user,
                    self.action_name,
                    **(form.cleaned_data if form is not None else {}),
                )
                or address
            )
        except ValidationError as refusal:
            messages.error(
                request,
                _("Onay verilmedi, içerik hâlâ onay bekliyor: %(sentence)s")
                % {"sentence": " ".join(refusal.messages)},
            )
            address = reverse(self.redirect_url_name, args=(quote(self.object.pk),))
        if is_modal:
            return self.render_modal_json(request, {"step": "success", "redirect": address})
        return redirect(address)

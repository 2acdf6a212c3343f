"""Karartmalar: where a redaction is asked for, decided by a second person, and watched until nothing remains.

What is destroyed, and who may, is `bulletin.redaction`'s; these pages say before it what would go and what can't, and
afterwards what still has to. They show nothing of a text: an administrator who decides may not be a reader.
"""

from datetime import date

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import Button

from bulletin import redaction, redaction_finishing
from bulletin.models import Item, Publication, Redaction, RedactionStep
from bulletin.redaction_scope import scope_of
from subscribers.models import User

from .desk_rights import refuse_other_desk
from .forms import NOTE_LENGTH
from .publications import was_published

READING = "bulletin.view_redaction"
PAGE = 50
#: No decision is older; a year with a digit too few is a slip.
EARLIEST = date(1900, 1, 1)


def may_read(person) -> bool:
    """Whether `person` may look at requests and what became of them; auditors may, without deciding."""
    return person.has_perm(READING) or person.has_perm(redaction.PERMISSION)


def redaction_button(request: HttpRequest, item: Item) -> list[Button]:
    """“Karart…” for the page of an item that was published, where the person may ask for it."""
    if item.pk is None or not request.user.has_perm(redaction.PERMISSION) or not was_published(item):
        return []
    address = reverse("ask_redaction", args=[item.pk])
    return [Button(_("Karart…"), url=address, icon_name="warning", priority=40)]


def called(item: Item, person) -> str:
    """What `item` is called before `person`: its title where they read every item, else its kind and number."""
    words = _("%(kind)s %(number)d") % {"kind": capfirst(item.get_kind_display()), "number": item.pk}
    return f"{words} · {item}" if person.has_perm("bulletin.read_all") else words


# --- Asking ------------------------------------------------------------------------------------------------------


class RequestForm(forms.Form):
    EXTENTS = (("all", gettext_lazy("bütün sürümler")), ("some", gettext_lazy("yalnızca seçtiklerim")))

    extent = forms.ChoiceField(
        label=gettext_lazy("Karartılacak sürümler"), choices=EXTENTS, widget=forms.RadioSelect, initial="all"
    )
    editions = forms.MultipleChoiceField(
        label=gettext_lazy("Sürümler"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Hukuki dayanak"), choices=[("", "—"), *Redaction.Ground.choices]
    )
    decision_number = forms.CharField(label=gettext_lazy("Kararın ya da başvurunun sayısı"), max_length=120)
    decision_date = forms.DateField(
        label=gettext_lazy("Kararın ya da başvurunun tarihi"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Not"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "Neden karartıldığını bir iki cümleyle yazın. Not saklanır, silinemez: karartılacak metinden söz, ad ya da "
            "başka bir kişisel veri yazmayın."
        ),
    )

    def __init__(self, *args, editions: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["editions"].choices = editions

    def clean_decision_date(self) -> date:
        day = self.cleaned_data["decision_date"]
        if day < EARLIEST:
            raise ValidationError(_("Tarihi denetleyin."))
        return day

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("extent") == "some" and not cleaned.get("editions"):
            self.add_error("editions", _("En az bir sürüm seçin."))
        return cleaned

    def wanted(self) -> list[int] | None:
        """The numbers chosen; None for all editions."""
        if self.cleaned_data["extent"] == "all":
            return None
        return [int(number) for number in self.cleaned_data["editions"]]


class AskRedactionView(WagtailAdminTemplateMixin, FormView):
    """`/yonetim/karartmalar/iste/<item>/`"""

    template_name = "newsroom/redaction_request.html"
    form_class = RequestForm
    page_title = gettext_lazy("Karartma iste")
    header_icon = "warning"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm(redaction.PERMISSION):
            raise PermissionDenied
        self.item = get_object_or_404(Item, pk=kwargs["pk"]).specific
        refuse_other_desk(request.user, self.item)
        standing = Redaction.objects.filter(item_id=self.item.pk, decision__isnull=True).first()
        if standing is not None:
            messages.info(request, _("Bu içerik için karar bekleyen bir karartma isteği zaten var."))
            return redirect("redaction", standing.pk)
        if not was_published(self.item):
            messages.error(request, _("Bu içerik hiç yayımlanmadı; taslak silinebilir, karartılmaz."))
            return redirect("redactions")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def breadcrumbs_items(self):
        above = {"url": reverse("redactions"), "label": _("Karartmalar")}
        return [*super().breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    def editions(self) -> list[tuple[int, str]]:
        first_rows: dict[int, Publication] = {}
        rows = Publication.objects.filter(item_id=self.item.pk).select_related("content").order_by("sequence")
        for row in rows.defer("content__html"):
            first_rows.setdefault(row.edition, row)
        return [(number, edition_in_words(row)) for number, row in first_rows.items()]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "editions": self.editions()}

    def form_valid(self, form):
        try:
            asked = redaction.ask(
                self.item,
                user=self.request.user,
                ground=form.cleaned_data["ground"],
                decision_number=form.cleaned_data["decision_number"],
                decision_date=form.cleaned_data["decision_date"],
                note=form.cleaned_data["note"],
                editions=form.wanted(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("Karartma istendi; ikinci bir kişinin onayını bekliyor."))
        return redirect("redaction", asked.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(name=called(self.item, self.request.user), **kwargs)


def edition_in_words(row: Publication) -> str:
    """`2. sürüm · 05.01.2026 10:20 · 1.234 karakter`, of the first row of an edition."""
    words = _("%(edition)d. sürüm · %(moment)s · %(characters)s karakter") % {
        "edition": row.edition,
        "moment": date_format(localtime(row.offered_at), "SHORT_DATETIME_FORMAT"),
        "characters": number_format(row.characters, force_grouping=True),
    }
    return f"{words} · {_('karartılmış')}" if row.content.redacted_at is not None else words


# --- All of them -------------------------------------------------------------------------------------------------


class RedactionListView(WagtailAdminTemplateMixin, TemplateView):
    """`/yonetim/karartmalar/`: newest first, by state."""

    template_name = "newsroom/redactions.html"
    page_title = gettext_lazy("Karartmalar")
    header_icon = "warning"
    http_method_names = ["get", "head", "options"]

    def dispatch(self, request, *args, **kwargs):
        if not may_read(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def breadcrumbs_items(self):
        return [*super().breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        state = self.request.GET.get("state", "")
        found = Redaction.objects.in_state(state).select_related("item", "decision").prefetch_related("steps")
        page = Paginator(found.order_by("-pk"), PAGE).get_page(self.request.GET.get("p"))
        names = names_of({asked.requested_by for asked in page})
        rows = [
            (asked, called(asked.item, self.request.user), names.get(asked.requested_by, ""))
            for asked in page
        ]
        return super().get_context_data(
            rows=rows,
            page=page,
            chosen=state if state in Redaction.State.values else "",
            states=Redaction.State.choices,
            **kwargs,
        )


def names_of(people) -> dict:
    """The names of the persons with these UUIDs who still have an account."""
    return {person.uuid: person.display_name for person in User.objects.filter(uuid__in=people)}


# --- One of them -------------------------------------------------------------------------------------------------


class DecisionForm(forms.Form):
    """confirmation: the number of the item, typed. seen: what the page showed of what would go."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    confirmation = forms.CharField(max_length=20)

    def __init__(self, *args, number: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.number = number
        self.fields["confirmation"].label = _("Onaylamak için içeriğin numarasını yazın: %(number)d") % {
            "number": number
        }

    def clean_confirmation(self) -> str:
        typed = self.cleaned_data["confirmation"].strip()
        if typed != str(self.number):
            raise ValidationError(_("Yazdığınız numara içeriğin numarası değil; hiçbir şey karartılmadı."))
        return typed


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Nedeni"), widget=forms.Textarea(attrs={"rows": 2}), max_length=NOTE_LENGTH
    )


class RedactionView(WagtailAdminTemplateMixin, TemplateView):
    """`/yonetim/karartmalar/<number>/`: what would go, the decision, and afterwards how far it is done."""

    template_name = "newsroom/redaction.html"
    header_icon = "warning"

    def dispatch(self, request, *args, **kwargs):
        if not may_read(request.user):
            raise PermissionDenied
        rows = Redaction.objects.select_related("item", "decision").prefetch_related("steps")
        self.asked = get_object_or_404(rows, pk=kwargs["pk"])
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def get_page_title(self) -> str:
        return _("Karartma %(number)d") % {"number": self.asked.pk}

    @cached_property
    def breadcrumbs_items(self):
        above = {"url": reverse("redactions"), "label": _("Karartmalar")}
        return [*super().breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]

    def post(self, request, *args, **kwargs):
        if not request.user.has_perm(redaction.PERMISSION):
            raise PermissionDenied
        refuse_other_desk(request.user, self.asked.item)
        decide = {"approve": self.approve, "refuse": self.refuse, "take_back": self.take_back}
        answer = decide.get(request.POST.get("decision", ""))
        if answer is None:
            return redirect("redaction", self.asked.pk)
        try:
            return answer()
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("redaction", self.asked.pk)

    def approve(self):
        form = DecisionForm(self.request.POST, number=self.asked.item_id)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(decision_form=form))
        redaction.approve(self.asked, user=self.request.user, seen=form.cleaned_data["seen"])
        messages.success(
            self.request, _("Karartıldı. Dosyalarda ve dizinlerde kalanlar siliniyor; bu sayfa gösterir.")
        )
        return redirect("redaction", self.asked.pk)

    def refuse(self):
        form = RefusalForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(refusal_form=form))
        redaction.refuse(self.asked, user=self.request.user, reason=form.cleaned_data["reason"])
        messages.success(self.request, _("İstek reddedildi; hiçbir şey karartılmadı."))
        return redirect("redaction", self.asked.pk)

    def take_back(self):
        redaction.take_back(self.asked, user=self.request.user)
        messages.success(self.request, _("İstek geri alındı; hiçbir şey karartılmadı."))
        return redirect("redaction", self.asked.pk)

    def get_context_data(self, **kwargs):
        person, asked = self.request.user, self.asked
        decision = getattr(asked, "decision", None)
        names = names_of({asked.requested_by, *([decision.decided_by] if decision else [])})
        context = {
            "asked": asked,
            "decision": decision,
            "name": called(asked.item, person),
            "asked_by": names.get(asked.requested_by, ""),
            "decided_by": names.get(decision.decided_by, "") if decision else "",
            "address": Publication.objects.filter(item_id=asked.item_id).earliest("sequence").url_path,
        }
        if decision is None:
            context |= self._awaiting(kwargs)
        elif decision.kind == decision.Kind.APPROVED:
            context |= {"steps": self._steps()}
        return super().get_context_data(**{**context, **kwargs})

    def _awaiting(self, given: dict) -> dict:
        person, scope = self.request.user, scope_of(self.asked)
        is_first = person.uuid == self.asked.requested_by
        may_decide = person.has_perm(redaction.PERMISSION) and not is_first
        context = {
            "scope": scope,
            "is_first": is_first,
            "may_decide": may_decide,
            "may_approve": may_decide and not redaction.came_after(self.asked, person),
        }
        if scope is None:
            return context
        if may_decide:
            number = self.asked.item_id
            given.setdefault(
                "decision_form", DecisionForm(initial={"seen": scope.fingerprint}, number=number)
            )
            given.setdefault("refusal_form", RefusalForm())
        return context | {
            "affected": [(called(affected.item, person), affected) for affected in scope.affected],
            "others": [called(item, person) for item in scope.others],
            "notes": len(scope.notes),
        }

    def _steps(self) -> list[tuple[str, object]]:
        """(place, when it was seen to be clear, or None) of each place."""
        done = {step.place: step.done_at for step in self.asked.steps.all()}
        known = {place.name: place.label for place in redaction_finishing.places()}
        names = [*known, *(name for name in done if name not in known and name != RedactionStep.FINISHED)]
        return [(known.get(name, name), done.get(name)) for name in names]


class RedactionsMenuItem(MenuItem):
    def is_shown(self, request) -> bool:
        return may_read(request.user)


def menu_item() -> RedactionsMenuItem:
    return RedactionsMenuItem(
        gettext_lazy("Karartmalar"), reverse("redactions"), name="redactions", icon_name="warning", order=60
    )


def addresses() -> list:
    """Under /yonetim/."""
    return [
        path("karartmalar/", RedactionListView.as_view(), name="redactions"),
        path("karartmalar/<item_number:pk>/", RedactionView.as_view(), name="redaction"),
        path("karartmalar/iste/<item_number:pk>/", AskRedactionView.as_view(), name="ask_redaction"),
    ]

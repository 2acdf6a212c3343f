"""Erişim anahtarları: every token there is, for administrators to find, renew and revoke.

A person's own token is revoked here and never renewed: whoever were shown its secret could read as that person.
"""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Max, Q, TextField
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView

from newsroom.listing import calendar_day
from subscribers import tokens
from subscribers.models import Agency, Token

from .pages import AdministratorPage, AskingPage
from .service_accounts import address_of, shown_once

#: Days for which a token and the one that takes its place may work together.
OVERLAPS = [(0, _("hiç: eskisi hemen durur")), (1, _("1 gün")), (7, _("7 gün")), (30, _("30 gün"))]


class TokenFilterSet(WagtailFilterSet):
    agency = django_filters.ModelChoiceFilter(
        label=_("Kurum"),
        queryset=Agency.objects.all(),
        method="of_agency",
        widget=forms.Select,
        empty_label=_("Tümü"),
    )
    holder = django_filters.ChoiceFilter(
        label=_("Sahibi"),
        choices=[("person", _("kişi")), ("service", _("servis hesabı"))],
        method="of_holder",
        empty_label=_("Tümü"),
    )
    state = django_filters.ChoiceFilter(
        label=_("Durum"), choices=tokens.State.choices, method="in_state", empty_label=_("Tümü")
    )
    scope = django_filters.ChoiceFilter(
        label=_("Kapsam"), choices=Token.Scope.choices, method="of_scope", empty_label=_("Tümü")
    )

    def of_agency(self, found, name, agency):
        return found.filter(Q(person__agency=agency) | Q(service_account__agency=agency))

    def of_holder(self, found, name, value):
        return found.filter(person__isnull=value == "service")

    def in_state(self, found, name, value):
        return tokens.in_state(found, value)

    def of_scope(self, found, name, value):
        # Not every database can look into a list; the quotation marks make it the whole word.
        return found.annotate(scopes_text=Cast("scopes", TextField())).filter(
            scopes_text__contains=f'"{value}"'
        )

    class Meta:
        model = Token
        fields = []


class TokensView(AdministratorPage, IndexView):
    """`/yonetim/erisim-anahtarlari/`."""

    model = Token
    page_title = _("Erişim anahtarları")
    header_icon = "key"
    index_url_name = "tokens"
    index_results_url_name = "tokens_results"
    paginate_by = 50
    filterset_class = TokenFilterSet
    search_fields = (
        "name",
        "hint",
        "person__email",
        "person__first_name",
        "person__last_name",
        "service_account__name",
    )
    search_backend_name = None
    default_ordering = "-created_at"
    any_permission_required = None

    def get_base_queryset(self):
        return Token.objects.select_related("person__agency", "service_account__agency").annotate(
            last_use=Max("uses__day")
        )

    @cached_property
    def columns(self):
        return [
            self._get_title_column_class(Column)("name", label=_("Ad")),
            Column("holder", label=_("Sahibi"), accessor=holder_in_words),
            Column("agency", label=_("Kurum"), accessor=lambda token: tokens.holder_of(token).agency or "–"),
            Column("state", label=_("Durum"), accessor=lambda token: tokens.state_of(token).label),
            Column("scopes", label=_("Kapsam"), accessor=Token.scopes_in_words),
            Column("networks", label=_("İzinli ağlar"), accessor=networks_in_words),
            Column("expires_at", label=_("Bitiş"), accessor=lambda token: calendar_day(local(token))),
            Column("last_use", label=_("Son kullanım"), accessor=last_use_in_words),
            ActionsColumn("actions", label=_("İşlem")),
        ]


class ActionsColumn(Column):
    """What can be done with a token that works."""

    cell_template_name = "administration/tables/token_actions_cell.html"

    def get_cell_context_data(self, token, parent_context):
        works = tokens.state_of(token) in (tokens.State.WORKING, tokens.State.REPLACED)
        return super().get_cell_context_data(token, parent_context) | {
            "token": token,
            "works": works,
            "renewable": works and token.service_account_id is not None and token.replaced_by_id is None,
        }


def local(token: Token):
    return timezone.localtime(token.expires_at, timezone.get_default_timezone())


def holder_in_words(token: Token) -> str:
    return token.service_account.name if token.service_account else token.person.display_name


def networks_in_words(token: Token) -> str:
    return ", ".join(token.networks) or str(_("her yer"))


def last_use_in_words(token: Token) -> str:
    return calendar_day(token.last_use) or str(_("hiç"))


class OfToken:
    """For a page about one token, which `uuid` in the address names."""

    header_icon = "key"

    @cached_property
    def token(self) -> Token:
        found = Token.objects.select_related("person__agency", "service_account__agency")
        return get_object_or_404(found, uuid=self.kwargs["uuid"])

    def subject(self) -> str:
        return f"{holder_in_words(self.token)} · {self.token.name}"

    def parents(self):
        return [(reverse("tokens"), TokensView.page_title)]

    def back_url(self) -> str:
        return address_of(self.token.service_account) if self.token.service_account else reverse("tokens")


class RevokeView(OfToken, AskingPage):
    page_title = _("Anahtarı iptal et")
    explanation = _("Anahtar bütün süreçlerde hemen çalışmaz olur. Geri alınamaz.")
    button = _("İptal et")
    done = _("“%(name)s” iptal edildi.")

    def act(self, form):
        tokens.revoke(self.token, by=self.request.user)


class RotateForm(forms.Form):
    overlap = forms.TypedChoiceField(
        label=_("Eskisi yenisiyle birlikte ne kadar çalışsın"),
        choices=OVERLAPS,
        coerce=int,
        initial=tokens.USUAL_OVERLAP.days,
        widget=forms.RadioSelect,
    )


class RotateView(OfToken, AskingPage):
    form_class = RotateForm
    page_title = _("Anahtarı yenile")
    explanation = _(
        "Aynı ad, kapsam ve ağlarla yeni bir anahtar oluşturulur ve bir kez gösterilir. Eskisi, seçtiğiniz süre "
        "dolana kadar çalışır."
    )
    button = _("Yenile")

    @cached_property
    def token(self) -> Token:
        return get_object_or_404(
            Token.objects.select_related("service_account__agency").filter(service_account__isnull=False),
            uuid=self.kwargs["uuid"],
        )

    @sensitive_variables("new", "secret")
    def act(self, form):
        overlap = timedelta(days=form.cleaned_data["overlap"])
        new, secret = tokens.rotate(self.token, by=self.request.user, overlap=overlap)
        return shown_once(self, new, secret)


urlpatterns = [
    path("erisim-anahtarlari/", TokensView.as_view(), name="tokens"),
    path("erisim-anahtarlari/results/", TokensView.as_view(results_only=True), name="tokens_results"),
    path("erisim-anahtarlari/<uuid:uuid>/iptal/", RevokeView.as_view(), name="revoke_token"),
    path("erisim-anahtarlari/<uuid:uuid>/yenile/", RotateView.as_view(), name="rotate_token"),
]

"""Servis hesapları: the administrators' pages for the machines that read for an agency, and for their tokens.

The secret of a new token stands in the one answer that shows it, and nowhere else.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import HeaderButton

from feeds.channels import secret_addresses
from newsroom.listing import calendar_day
from subscribers import service_accounts, tokens
from subscribers.models import Agency, ServiceAccount, Token
from subscribers.token_form import TokenForm

from .pages import AdministratorPage, AskingPage


class ServiceAccountsView(AdministratorPage, IndexView):
    """`/yonetim/servis-hesaplari/`: every one, with how many tokens work and when one was last used."""

    model = ServiceAccount
    page_title = _("Servis hesapları")
    header_icon = "cog"
    index_url_name = "service_accounts"
    index_results_url_name = "service_accounts_results"
    paginate_by = 50
    search_fields = ("name", "agency__name", "agency__code")
    search_backend_name = None
    list_filter = ("agency",)
    default_ordering = ("agency__name", "name")
    any_permission_required = None

    @cached_property
    def header_buttons(self):
        return [HeaderButton(_("Servis hesabı aç"), url=reverse("open_service_account"), icon_name="plus")]

    def get_base_queryset(self):
        works = Q(tokens__revoked_at=None, tokens__expires_at__gt=timezone.now())
        return ServiceAccount.objects.select_related("agency").annotate(
            working=Count("tokens", filter=works, distinct=True), last_use=Max("tokens__uses__day")
        )

    @cached_property
    def columns(self):
        return [
            TitleColumn("name", label=_("Ad"), get_url=address_of),
            Column("agency", label=_("Kurum")),
            Column("state", label=_("Durum"), accessor=state_of),
            Column("working", label=_("Çalışan anahtar")),
            Column("last_use", label=_("Son kullanım"), accessor=lambda one: calendar_day(one.last_use)),
        ]


def state_of(account: ServiceAccount):
    """Whether it reads, in words."""
    if account.ended_at is not None:
        return _("kapalı")
    return _("açık") if account.agency.is_current() else _("açık; kurumun sözleşmesi sürmüyor")


def address_of(account: ServiceAccount) -> str:
    return reverse("service_account", args=[account.uuid])


class NewAccountForm(forms.Form):
    agency = forms.ModelChoiceField(
        label=_("Kurum"), queryset=Agency.objects.none(), empty_label=_("Kurum seçin")
    )
    name = forms.CharField(
        label=_("Ad"),
        max_length=80,
        help_text=_("Hangi program okuyacak: “basın özeti sunucusu”. Ad denetim günlüğünde kalır."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.in_force()


class OpenView(AdministratorPage, FormView):
    """`/yonetim/servis-hesaplari/yeni/`."""

    form_class = NewAccountForm
    template_name = "administration/service_account_open.html"
    page_title = _("Servis hesabı aç")
    header_icon = "cog"

    def parents(self):
        return [(reverse("service_accounts"), ServiceAccountsView.page_title)]

    def get_initial(self):
        return {"agency": self.request.GET.get("kurum")}

    def form_valid(self, form):
        try:
            account = service_accounts.open_account(**form.cleaned_data, by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        messages.success(self.request, _("Servis hesabı açıldı. Şimdi bir anahtar oluşturun."))
        return redirect(address_of(account))


class OfAccount:
    """For a page about one service account, which `uuid` in the address names."""

    header_icon = "cog"

    @cached_property
    def account(self) -> ServiceAccount:
        found = ServiceAccount.objects.select_related("agency")
        return get_object_or_404(found, uuid=self.kwargs["uuid"])

    def parents(self):
        return [(reverse("service_accounts"), ServiceAccountsView.page_title)]

    def get_page_subtitle(self):
        return str(self.account)


class AccountView(OfAccount, AdministratorPage, FormView):
    """`/yonetim/servis-hesaplari/<uuid>/`: where it stands, its tokens, the form for another."""

    form_class = TokenForm
    template_name = "administration/service_account.html"
    page_title = _("Servis hesabı")

    def get_context_data(self, **kwargs):
        held = tokens.tokens_of(self.account).annotate(last_use=Max("uses__day"))
        return super().get_context_data(
            account=self.account,
            state=state_of(self.account),
            is_open=self.account.ended_at is None,
            reads=self.account.ended_at is None and self.account.agency.is_current(),
            tokens=[(token, tokens.state_of(token)) for token in held],
            **kwargs,
        )

    @sensitive_variables("issued")
    def form_valid(self, form):
        issued = form.issue(self.account, by=self.request.user)
        if issued is None:
            return self.form_invalid(form)
        return shown_once(self, *issued)


class CloseView(OfAccount, AskingPage):
    page_title = _("Servis hesabını kapat")
    explanation = _(
        "Hesap hemen okuyamaz olur ve bütün anahtarları iptal edilir. Hesabı yeniden açabilirsiniz; anahtarları "
        "yeniden oluşturulur. Geçmiş okumaları sayılarda kalır."
    )
    button = _("Hesabı kapat")
    done = _("“%(name)s” kapatıldı.")

    def subject(self):
        return self.account

    def back_url(self):
        return address_of(self.account)

    def act(self, form):
        service_accounts.close(self.account, by=self.request.user)


class ReopenView(CloseView):
    page_title = _("Servis hesabını yeniden aç")
    explanation = _("Hesap yeniden okuyabilir olur; eski anahtarları çalışmaz, yenisi oluşturulur.")
    button = _("Yeniden aç")
    done = _("“%(name)s” yeniden açıldı.")

    def act(self, form):
        service_accounts.reopen(self.account, by=self.request.user)


@sensitive_variables("secret", "context")
def shown_once(page: AdministratorPage, token: Token, secret: str) -> HttpResponse:
    """The answer that shows `secret`, never to be shown again; its addresses lead nowhere else."""
    addresses = secret_addresses(page.request, secret) if Token.Scope.FEEDS in token.scopes else []
    context = page.get_context_data(
        token=token, secret=secret, addresses=addresses, onward=address_of(token.service_account)
    )
    answer = TemplateResponse(page.request, "administration/token_shown.html", context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


urlpatterns = [
    path("servis-hesaplari/", ServiceAccountsView.as_view(), name="service_accounts"),
    path(
        "servis-hesaplari/results/",
        ServiceAccountsView.as_view(results_only=True),
        name="service_accounts_results",
    ),
    path("servis-hesaplari/yeni/", OpenView.as_view(), name="open_service_account"),
    path("servis-hesaplari/<uuid:uuid>/", AccountView.as_view(), name="service_account"),
    path("servis-hesaplari/<uuid:uuid>/kapat/", CloseView.as_view(), name="close_service_account"),
    path("servis-hesaplari/<uuid:uuid>/ac/", ReopenView.as_view(), name="reopen_service_account"),
]

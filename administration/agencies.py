"""The administrators' pages for agencies: their contracts, what each is entitled to, what happens to them.

An agency is suspended, resumed and merged on pages that say what it means first; nothing here deletes one.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.models import CreateView, DeleteView, EditView, InspectView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import Button

from bulletin.parts import in_words, parts_of, parts_to_choose
from newsroom.refusals import ToldOnce
from subscribers import agencies, destruction, invitations, retention
from subscribers.models import Agency, AgencyEntitlement
from subscribers.purposes import PURPOSES

from .audited import AuditedAgency, AuditedEntitlement, audited
from .pages import PERMISSION, AdministratorMenuItem, Asking
from .view_as import address_for

#: Seconds that an administrator waits at most for mails that are sent again.
SECONDS_OF_MAIL = 5.0


class AgencyView(InspectView):
    """One agency at a glance: its contract, its people, what it may read, and what can be done to it."""

    template_name = "administration/agency.html"
    page_title = _("Kurum")
    fields = ("code", "kind", "contact_name", "contact_email", "contact_phone")

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if not self.request.user.has_perm("subscribers.change_agency"):
            return buttons
        state = self.object.state_at(timezone.now())
        if state == Agency.State.CURRENT:
            buttons.append(self._button("suspend", _("Askıya al"), "pause", 30))
        if self.object.suspended_at is not None:
            buttons.append(self._button("resume", _("Askıyı kaldır"), "play", 30))
        if invitations.unsent(self.object).exists():
            buttons.append(self._button("resend", _("Gitmeyen çağrıları yeniden gönder"), "mail", 35))
        if self.object.merged_into_id is None:
            buttons.append(self._button("merge", _("Başka bir kurumla birleştir"), "link", 40))
        if self.request.user.has_perm(PERMISSION):
            address = address_for(agency=self.object)
            buttons.append(Button(_("Kurumun gözüyle bak"), url=address, icon_name="view", priority=50))
        return buttons

    def _button(self, action: str, label, icon: str, priority: int) -> Button:
        return Button(
            label,
            url=reverse(f"agencies:{action}", args=[self.object.pk]),
            icon_name=icon,
            priority=priority,
        )

    def get_context_data(self, **kwargs):
        agency, now = self.object, timezone.now()
        return super().get_context_data(
            agency=agency,
            state=agency.state_at(now).label,
            people=agencies.people_of(agency).count(),
            coordinators=agencies.people_of(agency).filter(is_coordinator=True),
            list_is_due=agencies.list_is_due(agency, now=now),
            parts=parts_of(agency),
            invited=invitations.open_invitations(agency).count(),
            unsent=invitations.unsent(agency),
            **kwargs,
        )


class AgencyActionView(Asking, PermissionCheckedMixin, BaseObjectMixin, WagtailAdminTemplateMixin, FormView):
    """Asks once more, saying what will happen to an agency, and then does it."""

    permission_required = "change"

    def subject(self) -> Agency:
        return self.object

    def back_url(self) -> str:
        return reverse("agencies:inspect", args=[self.object.pk])

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("agencies:index"), "label": _("Kurumlar")},
            {"url": self.back_url(), "label": self.object.name},
            {"url": "", "label": self.get_page_title()},
        ]


class SuspendView(AgencyActionView):
    page_title = _("Askıya al")
    explanation = _(
        "Kurumun kişileri ve servis hesapları, askı kalkana kadar yalnızca herkese açık içeriği okur. "
        "Hesapları ve geçmişleri olduğu gibi kalır."
    )
    button = _("Askıya al")
    done = _("“%(name)s” askıya alındı.")

    def act(self, form):
        agencies.suspend(self.object, by=self.request.user)


class ResumeView(AgencyActionView):
    page_title = _("Askıyı kaldır")
    explanation = _("Kurum, sözleşmesi sürüyorsa yetkili olduğu içeriği hemen yeniden okur.")
    button = _("Askıyı kaldır")
    done = _("“%(name)s” kurumunun askısı kaldırıldı.")

    def act(self, form):
        agencies.resume(self.object, by=self.request.user)


class ResendView(AgencyActionView):
    page_title = _("Gitmeyen çağrıları yeniden gönder")
    explanation = _(
        "Postası gitmeyen çağrıların sahiplerine yeni bağlantı gönderilir; önceki bağlantılar çalışmaz. Birkaç "
        "saniyede gönderilemeyenler kalır, onları yeniden gönderebilirsiniz."
    )
    button = _("Yeniden gönder")

    def act(self, form):
        gone, left = invitations.send_all_again(self.object, self.request.user, seconds=SECONDS_OF_MAIL)
        if gone:
            messages.success(
                self.request,
                ngettext("%(gone)d çağrı gönderildi.", "%(gone)d çağrı gönderildi.", gone) % {"gone": gone},
            )
        if left:
            messages.error(
                self.request,
                ngettext("%(left)d çağrının postası gitmedi.", "%(left)d çağrının postası gitmedi.", left)
                % {"left": left},
            )
        return redirect(self.back_url())


class MergeForm(forms.Form):
    target = forms.ModelChoiceField(
        label=_("Birleşeceği kurum"), queryset=Agency.objects.none(), empty_label=_("Kurum seçin")
    )

    def __init__(self, *args, source: Agency, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = Agency.objects.in_force().exclude(pk=source.pk)


class MergeView(AgencyActionView):
    page_title = _("Başka bir kurumla birleştir")
    form_class = MergeForm
    explanation = _(
        "Bu kurumun sözleşmesi şimdi biter. Kişileri ve servis hesapları seçtiğiniz kuruma geçer; kurum sorumlularının "
        "görevi kalkar, gerekirse yeni kurumda yeniden verirsiniz. Bu kuruma gönderilmiş içeriği o kurum okur; kabul "
        "edilmemiş çağrılar geri alınır. Geçmiş okumalar bu kurumun sayılarında kalır. Geri alınamaz."
    )
    button = _("Birleştir")

    def get_context_data(self, **kwargs):
        warning = ""
        if not self.object.is_current():
            warning = gettext(
                "Bu kurumun sözleşmesi şu anda sürmüyor; kişileri ve servis hesapları kurumlara açık içeriği "
                "okuyamıyor. Birleşince seçtiğiniz kurumun yetkileriyle yeniden okurlar."
            )
        return super().get_context_data(warning=warning, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "source": self.object}

    def act(self, form):
        coordinators = agencies.merge(self.object, form.cleaned_data["target"], by=self.request.user)
        done = gettext("“%(name)s” birleştirildi.") % {"name": self.object}
        if coordinators:
            done += " " + ngettext(
                "%(number)d kişinin kurum sorumluluğu kalktı.",
                "%(number)d kişinin kurum sorumluluğu kalktı.",
                coordinators,
            ) % {"number": coordinators}
        messages.success(self.request, done)
        return redirect(self.back_url())


END_MEANS = _(
    "Kurumun kişileri bu saniyeden sonra kurumlara açık hiçbir içeriği okuyamaz. Başkanlık’ta görevi olmayanların "
    "hesapları, saklama süresi dolunca geri dönülmez biçimde anonim hale gelir."
)


class AgencyForm(WagtailAdminModelForm):
    """A slip of the pen in the end of a contract destroys nobody."""

    def clean_ended_at(self):
        ended = self.cleaned_data["ended_at"]
        limit = destruction.due_before(PURPOSES["accounts"], timezone.now())
        before = self.instance.ended_at
        if ended is None or ended >= limit or self.instance.pk is None or (before and before < limit):
            return ended
        if people := retention.left_by(self.instance).count():
            raise ValidationError(
                _(
                    "Bu kadar geçmişte biten sözleşmeyle kurumun %(people)d kişisinin hesabı hemen anonim hale "
                    "gelirdi. %(day)s ya da sonrasını yazın; daha önce bittiyse kişilerin verilerini kendiniz silin."
                )
                % {"people": people, "day": date_format(timezone.localtime(limit), "SHORT_DATE_FORMAT")}
            )
        return ended


class AgencyViewSet(ModelViewSet):
    model = Agency
    name = "agencies"
    url_prefix = "kurumlar"
    icon = "group"
    menu_label = _("Kurumlar")
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = AgencyView
    add_view_class = audited(AuditedAgency, CreateView)
    edit_view_class = audited(AuditedAgency, EditView)
    search_fields = ["name", "code"]
    search_backend_name = None
    list_filter = ["kind", "entitled_to_everything"]
    list_display = [
        "name",
        "code",
        Column("kind", label=_("Tür"), accessor="get_kind_display"),
        Column("state", label=_("Durum"), accessor=lambda agency: agency.state_at(timezone.now()).label),
        BooleanColumn("entitled_to_everything", label=_("Bütün içeriğe yetkili")),
        DateColumn("started_at", label=_("Başlangıç")),
        DateColumn("ended_at", label=_("Bitiş")),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("name"), FieldRowPanel([FieldPanel("code"), FieldPanel("kind")])],
                heading=_("Kurum"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("contact_name"),
                    FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_phone")]),
                ],
                heading=_("İlgili kişi"),
            ),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("started_at"), FieldPanel("ended_at", help_text=END_MEANS)])],
                heading=_("Sözleşme"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("entitled_to_everything"),
                    FieldPanel("people_limit"),
                    FieldPanel("second_factor_required"),
                ],
                heading=_("Yetki ve kişiler"),
            ),
        ],
        base_form_class=AgencyForm,
    )

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            *(
                path(f"{name}/<int:pk>/", self.construct_view(view), name=name)
                for name, view in (
                    ("suspend", SuspendView),
                    ("resume", ResumeView),
                    ("resend", ResendView),
                    ("merge", MergeView),
                )
            ),
        ]


class EntitlementForm(ToldOnce, WagtailAdminModelForm):
    """The part is chosen by its name; what is kept is its kind and number, or the code of a language."""

    told_beside = {"kind": "part", "value": "part"}

    part = forms.ChoiceField(label=_("Bölüm"))

    class Meta:
        fields = ["agency"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [("", _("Seçin")), *parts_to_choose()]
        if self.instance.pk is not None:
            self.initial["part"] = f"{self.instance.kind}:{self.instance.value}"

    def clean(self) -> dict:
        cleaned = super().clean()
        if part := cleaned.get("part"):
            self.instance.kind, _colon, self.instance.value = part.partition(":")
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Where a part was chosen, it is judged with the agency: the same one isn't given twice."""
        excluded = super()._get_validation_exclusions()
        return excluded - {"kind", "value"} if self.cleaned_data.get("part") else excluded


class EntitlementViewSet(ModelViewSet):
    model = AgencyEntitlement
    name = "agency_entitlements"
    url_prefix = "kurum-yetkileri"
    icon = "key"
    menu_label = _("Kurum yetkileri")
    copy_view_enabled = False
    list_display = [
        "agency",
        Column("part", label=_("Bölüm"), accessor=lambda part: in_words([(part.kind, part.value)])),
    ]
    list_filter = ["agency", "kind"]
    add_view_class = audited(AuditedEntitlement, CreateView)
    edit_view_class = audited(AuditedEntitlement, EditView)
    delete_view_class = audited(AuditedEntitlement, DeleteView)
    edit_handler = ObjectList(
        [FieldPanel("agency"), FieldPanel("part", heading=_("Bölüm"))], base_form_class=EntitlementForm
    )


class AgencyViewSetGroup(ModelViewSetGroup):
    items = (AgencyViewSet, EntitlementViewSet)
    menu_label = _("Kurumlar")
    menu_icon = "group"
    menu_order = 900
    add_to_admin_menu = True

    def get_submenu_items(self):
        return [
            *super().get_submenu_items(),
            *(
                AdministratorMenuItem(label, reverse(name), icon_name=icon, order=order)
                for order, (label, name, icon) in enumerate(
                    (
                        (_("Servis hesapları"), "service_accounts", "cog"),
                        (_("Erişim anahtarları"), "tokens", "key"),
                        (_("Kişi listesi yükle"), "people_import_upload", "upload"),
                        (_("Okurun gözüyle"), "view_as", "view"),
                    ),
                    start=50,
                )
            ),
        ]

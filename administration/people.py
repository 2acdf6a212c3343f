"""The administrators' pages for people: who may sign in, for which agency, in which role.

Wagtail's user pages, with the agency and without the superuser box for anybody who is not one: an administrator gives
roles, and can't make a superuser of anyone.
"""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import Button
from wagtail.models import Revision
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views import groups, users

from bulletin.models import Desk
from newsroom import desk_rights
from newsroom.models import DeskBinding
from subscribers import second_factor
from subscribers.authentication import works_in_the_directorate

from .audited import AuditedPerson, AuditedRole, audited
from .view_as import address_for


def refuse_deleting_writers(sender, instance, **kwargs) -> None:
    """Raises ValidationError where `instance`, a person about to be deleted, has written a draft.

    Whose words are whose must stay known: an approval counts only by somebody else. Called before each deletion.
    """
    if Revision.objects.filter(user=instance).exists():
        raise ValidationError(
            _("%(name)s sistemde metin yazmış; silinemez. Hesabını kapatabilirsiniz.")
            % {"name": instance.display_name}
        )


class PersonFields(forms.Form):
    """The desks a person is bound to; and keeps the two apart that the database demands together."""

    desks = forms.ModelMultipleChoiceField(
        label=_("Masalar"),
        queryset=Desk.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Yalnızca mütercim ve editörler için. İşaretli masa varsa kişi yalnızca bu masaların haberlerini yazar, "
            "onaylar ve yayımlar, ötekileri okur. Hiçbiri işaretli değilse bütün masalarda çalışır. Açıklama ve "
            "bültenlerin masası yoktur."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            bindings = DeskBinding.objects.filter(person=self.instance)
            self.initial["desks"] = list(bindings.values_list("desk_id", flat=True))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_coordinator") and not cleaned.get("agency"):
            self.add_error("agency", _("Kurum sorumlusunun bir kurumu olmalıdır."))
        return cleaned

    def _save_m2m(self):
        super()._save_m2m()
        desk_rights.bind(self.instance, self.cleaned_data["desks"])


class PersonCreationForm(PersonFields, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields = UserCreationForm.Meta.fields | {"agency", "is_coordinator"}


class PersonEditForm(PersonFields, UserEditForm):
    class Meta(UserEditForm.Meta):
        fields = UserEditForm.Meta.fields | {"agency", "is_coordinator"}


class NoNewSuperusers:
    """Only a superuser makes another, or changes one."""

    def dispatch(self, request, *args, **kwargs):
        person = getattr(self, "object", None)
        if person is not None and person.is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        if person is not None and person.erased_at is not None:
            raise ValidationError(_("Bu kişinin verileri silinmiş; hesabı değiştirilemez."))
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, form_class=None) -> forms.Form:
        form = super().get_form(form_class)
        if "is_superuser" in form.fields and not self.request.user.is_superuser:
            form.fields["is_superuser"].disabled = True
        return form


class PersonCreateView(NoNewSuperusers, AuditedPerson, users.CreateView):
    pass


class PersonEditView(NoNewSuperusers, AuditedPerson, users.EditView):
    """With what else can be done about a person."""

    @cached_property
    def header_more_buttons(self):
        buttons = list(super().header_more_buttons)
        person = self.object
        if second_factor.is_set(person) and person.pk != self.request.user.pk:
            address = reverse("reset_second_factor", args=[person.pk])
            buttons.append(Button(_("İkinci doğrulamayı sıfırla"), url=address, icon_name="key", priority=60))
        if not works_in_the_directorate(person):
            buttons.append(
                Button(_("Gözüyle bak"), url=address_for(person=person), icon_name="view", priority=70)
            )
        return buttons


class PersonViewSet(users.UserViewSet):
    """Named by `administration.apps`, as Wagtail's own user viewset is by its application."""

    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    delete_view_class = audited(AuditedPerson, users.DeleteView)
    create_template_name = "administration/users/create.html"
    edit_template_name = "administration/users/edit.html"

    def get_form_class(self, for_update=False):
        return PersonEditForm if for_update else PersonCreationForm


class RoleViewSet(groups.GroupViewSet):
    """Named by `administration.apps`; Wagtail's pages of groups, whose changes stand in the audit log."""

    add_view_class = audited(AuditedRole, groups.CreateView)
    edit_view_class = audited(AuditedRole, groups.EditView)
    delete_view_class = audited(AuditedRole, groups.DeleteView)

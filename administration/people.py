"""The administrators' pages for people: who may sign in, for which agency, in which role.

Wagtail's user pages, with the agency and without the superuser box for anybody who is not one: an administrator gives
roles, and can't make a superuser of anyone, nor touch one.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import Button
from wagtail.models import Revision
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.utils import user_can_delete_user
from wagtail.users.views import groups, users

from bulletin.models import Desk
from newsroom import desk_rights
from newsroom.choices import NumberedChoices
from newsroom.models import DeskBinding
from subscribers import second_factor
from subscribers.authentication import works_in_the_directorate
from subscribers.models import Agency, User

from . import erasure, superusers
from .audited import AuditedPerson, AuditedRole, audited
from .personal_data import PERMISSION as MAY_ERASE
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

    desks = NumberedChoices(
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
        agency = cleaned.get("agency")
        if agency and "agency" in self.changed_data and agency.state_at(timezone.now()) == Agency.State.ENDED:
            # Their account would be past its time as soon as it was made.
            self.add_error(
                "agency",
                _("“%(name)s” kurumunun sözleşmesi bitti; kişi bu kuruma geçemez.") % {"name": agency},
            )
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


class OfPerson:
    """For a page that changes an account: a superuser's is for superusers, what an erasure left is for nobody.

    Whoever may not change people at all is told neither.
    """

    def dispatch(self, request, *args, **kwargs):
        person = getattr(self, "object", None)
        if person is not None and self.user_has_permission(self.permission_required):
            superusers.refuse_others(person, by=request.user)
            if person.erased_at is not None:
                raise ValidationError(_("Bu kişinin verileri silinmiş; hesabı değiştirilemez."))
        return super().dispatch(request, *args, **kwargs)


class NoNewSuperusers:
    """Only a superuser makes another."""

    def get_form(self, form_class=None) -> forms.Form:
        form = super().get_form(form_class)
        if "is_superuser" in form.fields and not self.request.user.is_superuser:
            form.fields["is_superuser"].disabled = True
        return form


class PersonCreateView(NoNewSuperusers, AuditedPerson, users.CreateView):
    pass


class PersonEditView(OfPerson, NoNewSuperusers, AuditedPerson, users.EditView):
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


class PersonDeleteView(OfPerson, AuditedPerson, users.DeleteView):
    """For an account that was never used. Whoever is known to the records is led to the page that erases them."""

    def dispatch(self, request, *args, **kwargs):
        person = self.object
        if request.user.has_perm(MAY_ERASE) and user_can_delete_user(request.user, person):
            try:
                erasure.refuse_deleting_known(User, person)
            except ValidationError as refusal:
                messages.error(request, " ".join(refusal.messages))
                return redirect("erase_person", person.pk)
        return super().dispatch(request, *args, **kwargs)

    def delete_action(self):
        number = self.object.pk
        super().delete_action()
        # Nobody could be asked to erase it any more.
        erasure.log_entries_about(number).update(label=erasure.NOBODY, data={})


class PersonViewSet(users.UserViewSet):
    """Named by `administration.apps`, as Wagtail's own user viewset is by its application."""

    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    delete_view_class = PersonDeleteView
    create_template_name = "administration/users/create.html"
    edit_template_name = "administration/users/edit.html"
    # A page of Wagtail's own makes the copy, past what is asked and written down here.
    copy_view_enabled = False

    def get_form_class(self, for_update=False):
        return PersonEditForm if for_update else PersonCreationForm


class RoleViewSet(groups.GroupViewSet):
    """Named by `administration.apps`; Wagtail's pages of groups, whose changes stand in the audit log."""

    add_view_class = audited(AuditedRole, groups.CreateView)
    edit_view_class = audited(AuditedRole, groups.EditView)
    delete_view_class = audited(AuditedRole, groups.DeleteView)

"""Sign-in and password reset: Django's own views, with what an institution's site needs besides.

An address is taken however it is typed, a reset link always leads to the site's own address, and no `next` makes a
page call itself. Whether an account exists is told by none of them.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.urls import reverse_lazy

from .models import User, normalise_email


class SignInView(views.LoginView):
    """Sends whoever is signed in already on their way: to `next` where it leads within the site, or home."""

    template_name = "subscribers/login.html"
    redirect_authenticated_user = True
    #: The home page in the language of the interface.
    next_page = reverse_lazy("wagtail_serve", args=("",))

    def get_redirect_url(self) -> str:
        """As Django's, but nobody is sent to where they are: Django takes that for a mistake of the settings."""
        address = super().get_redirect_url()
        return "" if urlsplit(address).path == self.request.path else address


class AddressField(forms.EmailField):
    """An e-mail address, normalised before it is judged."""

    def to_python(self, value) -> str:
        return normalise_email(super().to_python(value))


class ResetForm(PasswordResetForm):
    email = AddressField(max_length=254)

    def get_users(self, email: str) -> Iterator[User]:
        """The one active user with this address who signs in with a password, if there is one."""
        return (
            user for user in User.objects.filter(email=email, is_active=True) if user.has_usable_password()
        )


class ResetView(views.PasswordResetView):
    """The link in the mail names the site as the settings do, never as the request's `Host` header does."""

    form_class = ResetForm
    template_name = "subscribers/password_reset_form.html"
    email_template_name = "subscribers/password_reset_email.txt"
    subject_template_name = "subscribers/password_reset_subject.txt"

    @property
    def extra_email_context(self) -> dict[str, str]:
        return {"site_url": settings.SITE_URL}

"""Sign-in by e-mail address, however it is typed."""

from django.contrib.auth.backends import ModelBackend

from .models import normalise_email


class EmailBackend(ModelBackend):
    """Django's own backend, asked with the normalised address; the work is the same whether the account exists."""

    def authenticate(self, request, username=None, password=None, email=None, **kwargs):
        address = username or email
        if address is None or password is None:
            return None
        return super().authenticate(request, username=normalise_email(address), password=password, **kwargs)

"""A person's access tokens: made, shown once, renewed, revoked.

Making and renewing one asks for the password again: whoever took over a session would read on when it has ended. The
secret stands in the one answer that shows it and nowhere else: not in the session, not in an address, in no cache.
Asking for that page again makes another token or none.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from feeds.channels import private_addresses, secret_addresses
from subscribers import tokens
from subscribers.models import Token
from subscribers.own_access import PasswordAgainForm, waiting_for
from subscribers.signing_in import told_to_wait
from subscribers.token_form import TokenForm

#: Tokens that no longer work, shown for their holder to know them again.
ENDED_SHOWN = 20


class OwnTokenForm(PasswordAgainForm, TokenForm):
    """What a new token is asked for, and the password."""


@sensitive_post_parameters()
@login_required
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """`/hesap/anahtarlar/`: the person's tokens and the form for another."""
    form = OwnTokenForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        issued = form.issue(request.user, by=request.user)
        if issued is not None:
            return _shown_once(request, *issued)
    working = list(tokens.working_tokens_of(request.user).prefetch_related("uses"))
    ended = tokens.tokens_of(request.user).exclude(pk__in=[token.pk for token in working])
    answer = render(
        request,
        "account/tokens.html",
        {"form": form, "working": working, "ended": ended[:ENDED_SHOWN], "feeds": private_addresses()},
        status=422 if form.errors else 200,
    )
    return told_to_wait(answer, waiting_for(form))


def _shown_once(request: HttpRequest, token: Token, secret: str) -> HttpResponse:
    addresses = secret_addresses(request, secret) if Token.Scope.FEEDS in token.scopes else []
    context = {"token": token, "secret": secret, "addresses": addresses}
    response = render(request, "account/token_shown.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_post_parameters()
@login_required
@never_cache
def rotate_token(request: HttpRequest, uuid) -> HttpResponse:
    """`/hesap/anahtarlar/<uuid>/yenile/`: asks, then shows the new secret; the old one works a week longer."""
    token = get_object_or_404(tokens.working_tokens_of(request.user), uuid=uuid)
    form = PasswordAgainForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            new, secret = tokens.rotate(token, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("account:tokens")
        return _shown_once(request, new, secret)
    context = {"token": token, "days": tokens.USUAL_OVERLAP.days, "form": form}
    answer = render(request, "account/rotate_token.html", context, status=422 if form.errors else 200)
    return told_to_wait(answer, waiting_for(form))


@login_required
@never_cache
def revoke_token(request: HttpRequest, uuid) -> HttpResponse:
    """`/hesap/anahtarlar/<uuid>/iptal/`: asks, then ends it."""
    token = get_object_or_404(tokens.working_tokens_of(request.user), uuid=uuid)
    if request.method == "POST":
        tokens.revoke(token, by=request.user)
        messages.success(request, _("“%(name)s” iptal edildi.") % {"name": token.name})
        return redirect("account:tokens")
    return render(request, "account/revoke_token.html", {"token": token})

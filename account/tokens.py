"""A person's access tokens: made, shown once, renewed, revoked.

The secret stands in the one answer that shows it and nowhere else: not in the session, not in an address, in no cache.
Asking for that page again makes another token or none.
"""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from feeds.channels import CHANNELS
from subscribers import tokens
from subscribers.models import Token

#: Tokens that no longer work, shown for their holder to know them again.
ENDED_SHOWN = 20
#: Days for which a new token may work.
LIVES = [(30, gettext_lazy("30 gün")), (90, gettext_lazy("90 gün")), (365, gettext_lazy("1 yıl"))]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Ad"),
        max_length=tokens.LONGEST_NAME,
        help_text=gettext_lazy("Nerede kullandığınızı hatırlatsın: “ofisteki besleme okuyucu”."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Ne için"),
        choices=Token.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Token.Scope.FEEDS],
        error_messages={"required": gettext_lazy("Anahtarın ne için kullanılacağını seçin.")},
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ne kadar süre"), choices=LIVES, coerce=int, initial=365, widget=forms.RadioSelect
    )
    networks = forms.CharField(
        label=gettext_lazy("Yalnızca şu ağlardan (isteğe bağlı)"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
        help_text=gettext_lazy("Her satıra bir ağ: 192.0.2.0/24. Boş bırakılırsa her yerden çalışır."),
    )

    def clean_networks(self) -> list[str]:
        return self.cleaned_data["networks"].splitlines()


@login_required
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """`/hesap/anahtarlar/`: the person's tokens and the form for another."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            token, secret = tokens.issue(
                request.user,
                name=wanted["name"],
                scopes=wanted["scopes"],
                networks=wanted["networks"],
                expires_at=timezone.now() + timedelta(days=wanted["days"]),
                by=request.user,
            )
        except ValidationError as refusal:
            _told_in(form, refusal)
        else:
            return _shown_once(request, token, secret)
    working = list(tokens.working_tokens_of(request.user).prefetch_related("uses"))
    ended = tokens.tokens_of(request.user).exclude(pk__in=[token.pk for token in working])
    return render(
        request,
        "account/tokens.html",
        {"form": form, "working": working, "ended": ended[:ENDED_SHOWN]},
        status=422 if form.errors else 200,
    )


def _told_in(form: forms.Form, refusal: ValidationError) -> None:
    """The refusal beside the fields it is of; what is of no field here stands above them."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for field, errors in refusal.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def _shown_once(request: HttpRequest, token: Token, secret: str) -> HttpResponse:
    addresses = []
    if Token.Scope.FEEDS in token.scopes:
        names = {"news": _("Haberler"), "statement": _("Açıklamalar"), "bulletin": _("Bültenler")}
        addresses = [
            (names[kind], request.build_absolute_uri(channel.secret_path(secret)))
            for kind, channel in CHANNELS.items()
        ]
    context = {"token": token, "secret": secret, "addresses": addresses}
    response = render(request, "account/token_shown.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@never_cache
def rotate_token(request: HttpRequest, uuid) -> HttpResponse:
    """`/hesap/anahtarlar/<uuid>/yenile/`: asks, then shows the new secret; the old one works a week longer."""
    token = get_object_or_404(tokens.working_tokens_of(request.user), uuid=uuid)
    if request.method == "POST":
        try:
            new, secret = tokens.rotate(token, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("account:tokens")
        return _shown_once(request, new, secret)
    return render(request, "account/rotate_token.html", {"token": token, "days": tokens.USUAL_OVERLAP.days})


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

"""What a new token is asked for: the same on a person's own page and on an administrator's."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import tokens
from .models import Token, User

#: Days for which a new token may work.
LIVES = [(30, _("30 gün")), (90, _("90 gün")), (365, _("1 yıl"))]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Ad"),
        max_length=tokens.LONGEST_NAME,
        help_text=_("Nerede kullandığınızı hatırlatsın: “ofisteki besleme okuyucu”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Ne için"),
        choices=Token.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Token.Scope.FEEDS],
        error_messages={"required": _("Anahtarın ne için kullanılacağını seçin.")},
    )
    days = forms.TypedChoiceField(
        label=_("Ne kadar süre"), choices=LIVES, coerce=int, initial=365, widget=forms.RadioSelect
    )
    networks = forms.CharField(
        label=_("Yalnızca şu ağlardan (isteğe bağlı)"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
        help_text=_("Her satıra bir ağ: 192.0.2.0/24. Boş bırakılırsa her yerden çalışır."),
    )

    def clean_networks(self) -> list[str]:
        return self.cleaned_data["networks"].splitlines()

    def issue(self, holder: tokens.Holder, *, by: User) -> tuple[Token, str] | None:
        """The token that the valid form asks for, and its secret; None where it is refused, which the form then says.

        A refusal stands beside the field it is of; what is of no field here, above them.
        """
        wanted = self.cleaned_data
        try:
            return tokens.issue(
                holder,
                name=wanted["name"],
                scopes=wanted["scopes"],
                networks=wanted["networks"],
                expires_at=timezone.now() + timedelta(days=wanted["days"]),
                by=by,
            )
        except ValidationError as refusal:
            errors = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal}
            for field, error in errors.items():
                self.add_error(field if field in self.fields else None, error)
            return None

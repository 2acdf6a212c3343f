"""What a password must be, beside what Django asks: in sentences that say what to do instead.

Named in `settings.AUTH_PASSWORD_VALIDATORS`; asked wherever a password is chosen. Length does the work; the lists keep
out what is guessed first.
"""

import re
import unicodedata
from pathlib import Path

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .spelling import lower_case

#: Characters beyond which a password is not looked at: hashing is dear, and longer ones make it dearer.
LONGEST = 128

#: Words that people in Turkey make passwords of, folded to ASCII letters, one a line. A password of one or two of
#: these, with figures and signs around or between, is a common one.
COMMON_WORDS = frozenset((Path(__file__).parent / "common_words_tr.txt").read_text().split())
_LONGEST_WORD = max(map(len, COMMON_WORDS))


class MinimumLength(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return ngettext(
            "Parola çok kısa: en az %(count)d karakter olmalıdır. Birkaç sözcükten oluşan bir cümle kolay hatırlanır.",
            "Parola çok kısa: en az %(count)d karakter olmalıdır. Birkaç sözcükten oluşan bir cümle kolay hatırlanır.",
            self.min_length,
        ) % {"count": self.min_length}


class MaximumLength:
    """At most `LONGEST` characters."""

    def validate(self, password: str, user=None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(
                _("Parola çok uzun: en çok %(count)d karakter olabilir.") % {"count": LONGEST},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return _("En çok %(count)d karakter olabilir.") % {"count": LONGEST}


class UnlikeThePerson(password_validation.UserAttributeSimilarityValidator):
    """Unlike the person's names and address, and the name and code of their agency."""

    def validate(self, password: str, user=None) -> None:
        if len(password) > LONGEST:
            return
        super().validate(password, user)
        agency = getattr(user, "agency", None)
        if agency is not None:
            own = _folded(password)
            if any(len(name) > 3 and name in own and len(own) < 2 * len(name) for name in _names_of(agency)):
                raise ValidationError(self.get_error_message(), code="password_too_similar")

    def get_error_message(self) -> str:
        return _(
            "Parola adınıza, e-posta adresinize ya da kurumunuzun adına çok benziyor. Sizinle ilgisi olmayan "
            "sözcükler seçin."
        )


class NotCommon(password_validation.CommonPasswordValidator):
    """Not on Django's list of common passwords."""

    def get_error_message(self) -> str:
        return _common()


class NotCommonInTurkish:
    """More than the words of `COMMON_WORDS`, however they are written and whatever figures stand around them."""

    def validate(self, password: str, user=None) -> None:
        if len(password) <= LONGEST and _is_made_of_words(_folded(password)):
            raise ValidationError(_common(), code="password_too_common")

    def get_help_text(self) -> str:
        return _("Sık kullanılan sözcüklerden ibaret olamaz.")


class NotFiguresAlone(password_validation.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return _("Parola yalnızca rakamlardan oluşamaz; sözcükler de ekleyin.")


def _common() -> str:
    return _(
        "Bu parola sık kullanılanlardan; ilk denenecekler arasında. Birbiriyle ilgisi olmayan birkaç sözcük seçin."
    )


def _names_of(agency) -> list[str]:
    return [_folded(agency.name), _folded(agency.code)]


def _folded(text: str) -> str:
    """The ASCII letters of `text`, without marks, figures and signs."""
    plain = unicodedata.normalize("NFKD", lower_case(text)).replace("ı", "i")
    return "".join(letter for letter in plain if "a" <= letter <= "z")


def _is_made_of_words(letters: str) -> bool:
    """Whether `letters` are one or two common words, or one of them again and again."""
    repeated = re.fullmatch(r"(.+?)\1*", letters)
    if repeated and repeated[1] in COMMON_WORDS:
        return True
    return any(
        letters[:end] in COMMON_WORDS and letters[end:] in COMMON_WORDS
        for end in range(1, min(len(letters), _LONGEST_WORD + 1))
    )

"""Mails to a person about their own account: what changed, so that whoever didn't do it themselves learns of it.

`tell` is called where the change is made, inside its transaction. The mail goes out after the commit: nobody is told of
what was rolled back, no lock waits for a mail server, and one that can't be reached is noted in the system's log and
undoes nothing. No mail holds a link that signs anybody in.
"""

import logging
from enum import Enum

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .languages import language_of
from .models import User

logger = logging.getLogger(__name__)


class Change(Enum):
    """What a person is told of: the sentence, with the words that `tell` is given."""

    PASSWORD_CHANGED = _("Hesabınızın parolası değişti.")
    PASSWORD_SET = _("Bir sistem yöneticisi hesabınıza yeni bir parola verdi.")
    SECOND_FACTOR_SET = _("Hesabınıza ikinci doğrulama kuruldu.")
    SECOND_FACTOR_TURNED_OFF = _("Hesabınızın ikinci doğrulaması kapatıldı.")
    SECOND_FACTOR_RESET = _("Bir sistem yöneticisi hesabınızın ikinci doğrulamasını sıfırladı.")
    RECOVERY_CODES_RENEWED = _("Hesabınızın kurtarma kodları yenilendi; öncekiler geçmez.")
    RECOVERY_CODE_USED = _("Hesabınıza bir kurtarma koduyla giriş yapıldı. Kalan kod: %(left)d.")
    EMAIL_CHANGED = _("Hesabınızın e-posta adresi değişti: %(before)s yerine %(after)s.")
    TOKEN_ISSUED = _("Hesabınız için yeni bir erişim anahtarı oluşturuldu: %(name)s.")
    TOKEN_ROTATED = _("Hesabınızın bir erişim anahtarı yenilendi: %(name)s.")
    NEW_DEVICE = _("Hesabınıza daha önce görülmeyen bir cihazdan giriş yapıldı: %(device)s.")


def tell(person: User, change: Change, *, to: str = "", otherwise: str | None = None, **words) -> None:
    """Tells `person` of `change` once the transaction is committed; never raises.

    to: another address than the person's. otherwise: the mail's language where they chose none; the site's own if
    None. words: what the sentence names; a callable is called in the mail's language.
    """
    language = language_of(person, otherwise=otherwise)
    moment = timezone.now()
    address = to or person.email

    def send() -> None:
        try:
            _send(address, change, language, moment, words)
        except Exception:
            logger.exception("security_mail_failed change=%s person=%s", change.name, person.uuid)

    transaction.on_commit(send, robust=True)


def _send(address: str, change: Change, language: str, moment, words: dict) -> None:
    with translation.override(language):
        named = {name: word() if callable(word) else word for name, word in words.items()}
        context = {
            "sentence": str(change.value) % named,
            "moment": timezone.localtime(moment, timezone.get_default_timezone()),
            "sessions": settings.SITE_URL + reverse("own_sessions"),
            "tokens": settings.SITE_URL + reverse("account:tokens"),
            "password": settings.SITE_URL + reverse("password_reset"),
        }
        subject = render_to_string("subscribers/security_mail_subject.txt", context)
        body = render_to_string("subscribers/security_mail.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=[address]).send()

"""İkinci doğrulamayı sıfırla: an administrator's answer to somebody who lost the device their codes come from."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from subscribers import second_factor
from subscribers.models import User

from .pages import AskingPage, ReasonForm


class ResetView(AskingPage):
    """`/yonetim/ikinci-dogrulama/<pk>/`. Nobody resets their own here; only a superuser a superuser's."""

    form_class = ReasonForm
    page_title = _("İkinci doğrulamayı sıfırla")
    header_icon = "key"
    explanation = _(
        "Kişinin doğrulama uygulaması ve kurtarma kodları geçmez olur, bütün oturumları kapanır ve kendisine posta "
        "gider. Zorunluysa sonraki girişinde yenisini kurar. Bunu isteyenin gerçekten o kişi olduğunu başka bir "
        "yoldan doğrulayın."
    )
    button = _("Sıfırla")
    done = _("“%(name)s” için ikinci doğrulama sıfırlandı; kişiye posta gönderildi.")

    @cached_property
    def person(self) -> User:
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def subject(self) -> str:
        return self.person.display_name

    def parents(self):
        return [
            (reverse("wagtailusers_users:index"), _("Kullanıcılar")),
            (self.back_url(), self.person.display_name),
        ]

    def back_url(self) -> str:
        return reverse("wagtailusers_users:edit", args=[self.person.pk])

    def act(self, form):
        if self.person.pk == self.request.user.pk:
            raise ValidationError(
                gettext("Kendi ikinci doğrulamanızı hesap sayfanızdan, parolanızla değiştirirsiniz.")
            )
        if self.person.is_superuser and not self.request.user.is_superuser:
            raise ValidationError(
                gettext("Üst yöneticinin ikinci doğrulamasını ancak bir üst yönetici sıfırlar.")
            )
        if not second_factor.is_set(self.person):
            raise ValidationError(
                gettext("Bu kişinin ikinci doğrulaması kurulu değil; hiçbir şey değişmedi.")
            )
        second_factor.reset(self.person, by=self.request.user, reason=form.cleaned_data["reason"])


urlpatterns = [path("ikinci-dogrulama/<int:pk>/", ResetView.as_view(), name="reset_second_factor")]

"""Addresses of sign-in, sign-out and what people do about their own access."""

from django.contrib.auth import views
from django.urls import path

from . import joining, notice, own_access, signing_in

urlpatterns = [
    path("giris/", signing_in.SignInView.as_view(), name="login"),
    path("giris/dogrulama/", signing_in.CodeView.as_view(), name="second_factor"),
    path("giris/dogrulama/kur/", signing_in.SetUpView.as_view(), name="second_factor_set_up"),
    # Wagtail's own, which knows of one step only.
    path("_util/login/", signing_in.sign_in_door, name="wagtailcore_login"),
    path("aydinlatma-metni/", notice.NoticeView.as_view(), name="notice"),
    path("cikis/", views.LogoutView.as_view(template_name="subscribers/logged_out.html"), name="logout"),
    path("davet/", joining.JoinView.as_view(), name="invitation"),
    path("davet/<str:secret>/", joining.follow_link, name="invitation_link"),
    path("hesap/oturumlar/", own_access.SessionsView.as_view(), name="own_sessions"),
    path("hesap/parola/", own_access.PasswordView.as_view(), name="own_password"),
    path("hesap/dogrulama/", own_access.SecondFactorView.as_view(), name="own_second_factor"),
    path("parola/sifirla/", signing_in.ResetView.as_view(), name="password_reset"),
    path(
        "parola/sifirla/gonderildi/",
        views.PasswordResetDoneView.as_view(template_name="subscribers/password_reset_done.html"),
        name="password_reset_done",
    ),
    path(
        "parola/sifirla/<uidb64>/<token>/",
        signing_in.ResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "parola/sifirla/tamam/",
        views.PasswordResetCompleteView.as_view(template_name="subscribers/password_reset_complete.html"),
        name="password_reset_complete",
    ),
]

"""Sign-in, sign-out and password reset: Django's views with the site's templates."""

from django.contrib.auth import views
from django.urls import path

from .signing_in import ResetView, SignInView

urlpatterns = [
    path("giris/", SignInView.as_view(), name="login"),
    path("cikis/", views.LogoutView.as_view(template_name="subscribers/logged_out.html"), name="logout"),
    path("parola/sifirla/", ResetView.as_view(), name="password_reset"),
    path(
        "parola/sifirla/gonderildi/",
        views.PasswordResetDoneView.as_view(template_name="subscribers/password_reset_done.html"),
        name="password_reset_done",
    ),
    path(
        "parola/sifirla/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(template_name="subscribers/password_reset_confirm.html"),
        name="password_reset_confirm",
    ),
    path(
        "parola/sifirla/tamam/",
        views.PasswordResetCompleteView.as_view(template_name="subscribers/password_reset_complete.html"),
        name="password_reset_complete",
    ),
]

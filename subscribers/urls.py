"""Sign-in, sign-out and password reset: Django's own views with the site's templates."""

from django.contrib.auth import views
from django.urls import path

urlpatterns = [
    path(
        "giris/",
        views.LoginView.as_view(template_name="subscribers/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("cikis/", views.LogoutView.as_view(template_name="subscribers/logged_out.html"), name="logout"),
    path(
        "parola/sifirla/",
        views.PasswordResetView.as_view(
            template_name="subscribers/password_reset_form.html",
            email_template_name="subscribers/password_reset_email.txt",
            subject_template_name="subscribers/password_reset_subject.txt",
        ),
        name="password_reset",
    ),
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

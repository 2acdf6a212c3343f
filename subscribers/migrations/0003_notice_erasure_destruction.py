"""What is kept of the notice and of closed and erased accounts; the records of destruction."""

import uuid

import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0002_institutions")]

    operations = [
        migrations.CreateModel(
            name="DestructionRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "happened_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="zaman"),
                ),
                ("occasion", models.UUIDField(default=uuid.uuid4)),
                ("purpose", models.CharField(max_length=40, verbose_name="amaç")),
                ("place", models.CharField(max_length=100, verbose_name="yer")),
                ("number", models.PositiveBigIntegerField(verbose_name="kayıt sayısı")),
                (
                    "method",
                    models.CharField(
                        choices=[("deleted", "silindi"), ("anonymised", "anonim hale getirildi")],
                        max_length=12,
                        verbose_name="yöntem",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[("retention", "saklama süresi doldu"), ("request", "ilgili kişi istedi")],
                        max_length=12,
                        verbose_name="neden",
                    ),
                ),
                ("first_day", models.DateField(null=True, verbose_name="ilk gün")),
                ("last_day", models.DateField(null=True, verbose_name="son gün")),
                (
                    "request_number",
                    models.CharField(blank=True, max_length=40, verbose_name="başvuru numarası"),
                ),
                ("request_date", models.DateField(null=True, verbose_name="başvuru tarihi")),
                ("by", models.UUIDField(null=True, verbose_name="yapan")),
            ],
            options={
                "verbose_name": "imha tutanağı",
                "verbose_name_plural": "imha tutanakları",
                "ordering": ["-pk"],
                "default_permissions": ("view",),
            },
        ),
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("erase_user", "Bir kişinin verilerini verebilir ve silebilir")],
                "verbose_name": "kullanıcı",
                "verbose_name_plural": "kullanıcılar",
            },
        ),
        migrations.AddField("user", "closed_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("user", "erased_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField("user", "notice_shown_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "user", "notice_version", models.PositiveSmallIntegerField(default=0, editable=False)
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Q(("erased_at__isnull", True))
                | Q(("agency__isnull", True), ("first_name", ""), ("is_active", False), ("last_name", "")),
                name="erased_user_is_nobody",
                violation_error_message="Verileri silinmiş bir hesap yeniden açılamaz.",
            ),
        ),
    ]

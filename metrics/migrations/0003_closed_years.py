"""Closed years: figures of users that stay when the rows behind them are destroyed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0002_presence_of_service_accounts")]

    operations = [
        migrations.CreateModel(
            name="ClosedYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="yıl")),
                ("closed_at", models.DateTimeField(verbose_name="kapanma")),
                ("closed_by", models.UUIDField()),
                ("figures", models.JSONField()),
                ("head_sequence", models.BigIntegerField()),
                ("head_hash", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "kapatılmış yıl",
                "verbose_name_plural": "kapatılmış yıllar",
                "ordering": ["-year"],
                "permissions": [("close_year", "Yılın değerlendirmesini kapatabilir")],
                "default_permissions": (),
            },
        )
    ]

"""Presence tells a machine's use from a person's. What was written before service accounts existed is people's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="presence",
            name="is_service",
            field=models.BooleanField(default=False),
        ),
    ]

"""Everybody who had a hand in a draft: none of them approves it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("structures", "0004_extended_lists")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="preparers",
            field=models.JSONField(default=list, help_text="who changed it before"),
        ),
    ]

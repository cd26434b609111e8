"""Everybody who had a hand in an edition: none of them approves it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0001_frameworks")]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="preparers",
            field=models.JSONField(default=list),
        ),
    ]

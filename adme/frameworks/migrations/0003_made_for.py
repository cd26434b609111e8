"""What the public is told of who set a class: the organisation, never the person."""

from __future__ import annotations

from django.db import migrations

import adme.lib.texts


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0002_preparers")]

    operations = [
        migrations.AddField(
            model_name="override",
            name="made_for",
            field=adme.lib.texts.TextField(
                blank=True, default=dict, validators=[adme.lib.texts.validate_text]
            ),
        ),
    ]

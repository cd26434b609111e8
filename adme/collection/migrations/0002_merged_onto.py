from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("collection", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="merged_onto",
            field=models.BigIntegerField(
                blank=True,
                help_text="the public instant whose figures went into the rows; empty where none did",
                null=True,
            ),
        ),
    ]

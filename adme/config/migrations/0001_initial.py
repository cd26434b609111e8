from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='WorkerBeat',
            fields=[
                ('name', models.CharField(help_text='host and process id', max_length=200, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('trouble', models.CharField(blank=True, help_text='what failed in its latest round, if anything', max_length=300)),
            ],
        ),
    ]

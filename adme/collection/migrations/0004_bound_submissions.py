import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0003_findings_by_cell'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='bound_to',
            field=models.ForeignKey(blank=True, help_text='the submission of the same message with which it is decided and released; empty for the first', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bound', to='collection.submission'),
        ),
        migrations.AddField(
            model_name='submission',
            name='part',
            field=models.PositiveIntegerField(default=1, help_text='its place among the dataflows of its message'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bound_to__isnull', True), ('part', 1)), models.Q(('bound_to__isnull', False), ('part__gt', 1)), _connector='OR'), name='the_first_part_is_bound_to_none'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(fields=('bound_to', 'dataflow'), name='one_part_of_a_message_for_each_dataflow'),
        ),
    ]

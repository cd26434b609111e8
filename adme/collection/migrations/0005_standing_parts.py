from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0004_bound_submissions'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='submission',
            name='one_part_of_a_message_for_each_dataflow',
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'discarded'), _negated=True), fields=('bound_to', 'dataflow'), name='one_standing_part_of_a_message_for_each_dataflow'),
        ),
    ]

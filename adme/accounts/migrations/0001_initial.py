import adme.lib.clock
import adme.lib.texts
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('sequence', models.BigIntegerField(help_text='1, 2, 3 … without a gap', primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(db_index=True, help_text='user name, or the name of a part of the system', max_length=150)),
                ('action', models.CharField(db_index=True, help_text='as in collection.submission.approved', max_length=100)),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.CharField(max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('detail', models.TextField(default='{}', help_text='canonical JSON object: old, new, counts')),
                ('previous_hash', models.CharField(max_length=64)),
                ('entry_hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['-sequence'],
                'indexes': [models.Index(fields=['object_type', 'object_id'], name='audit_object')],
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField(default=0)),
                ('entry_hash', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_audit_head')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=50, unique=True, verbose_name='code')),
                ('kind', models.CharField(choices=[('member_state', 'member state'), ('sectoral_body', 'sectoral body'), ('statistics_office', 'national statistics office'), ('secretariat', 'secretariat'), ('partner', 'development partner'), ('international', 'international organisation')], max_length=30, verbose_name='kind')),
                ('name', adme.lib.texts.TextField(blank=True, default=dict, validators=[adme.lib.texts.validate_text], verbose_name='name')),
                ('area_code', models.CharField(blank=True, help_text='as in the code list of areas', max_length=10, verbose_name='area code')),
                ('iso3', models.CharField(blank=True, max_length=3, verbose_name='ISO 3166 alpha-3')),
                ('m49', models.CharField(blank=True, max_length=3, verbose_name='UN M49')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'member_state')), fields=('area_code',), name='one_member_state_per_area')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(error_messages={'unique': 'Somebody already has this user name.'}, help_text='Small letters, digits, and . _ - @.', max_length=150, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z0-9][a-z0-9._@-]*\\Z', 'Use small letters, digits, and . _ - @ only.')], verbose_name='user name')),
                ('full_name', models.CharField(blank=True, max_length=200, verbose_name='full name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('language', models.CharField(blank=True, help_text='of pages and mails', max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('created_at', models.DateTimeField(default=adme.lib.clock.now)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.organisation', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['username'],
            },
        ),
        migrations.CreateModel(
            name='SignInAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True)),
                ('person_hash', models.CharField(help_text='of the user name as typed', max_length=64)),
                ('place_hash', models.CharField(help_text='of the network address, or of the known browser', max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['place_hash', 'person_hash', 'at'], name='attempt_place_person')],
            },
        ),
        migrations.CreateModel(
            name='MembershipPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_date', models.DateField()),
                ('to_date', models.DateField(blank=True, null=True)),
                ('how', models.CharField(blank=True, max_length=50)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='accounts.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('to_date__isnull', True), ('to_date__gte', models.F('from_date')), _connector='OR'), name='membership_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('data_officer', 'data officer'), ('reviewer', 'reviewer'), ('publisher', 'publisher'), ('loader', 'bulk loader of published third-party data'), ('metadata_editor', 'editor of structures and metadata'), ('auditor', 'auditor'), ('administrator', 'administrator')], max_length=40)),
                ('granted_at', models.DateTimeField(default=adme.lib.clock.now)),
                ('granted_by', models.CharField(blank=True, max_length=150)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='accounts.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'organisation'), name='grant_once'), models.UniqueConstraint(condition=models.Q(('organisation__isnull', True)), fields=('user', 'role'), name='grant_once_everywhere')],
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), condition=models.Q(('email', ''), _negated=True), name='one_person_per_email', violation_error_message='Somebody already has this e-mail address.'),
        ),
    ]

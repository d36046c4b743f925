import django.contrib.postgres.fields
import django.core.validators
import trackimmo.models.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trackimmo', '0003_daily_runs_and_sources'),
    ]

    operations = [
        migrations.AddField(
            model_name='client',
            name='welcomed_at',
            field=models.DateTimeField(editable=False, help_text='When he became active for the first time and was sent the welcome e-mail.', null=True),
        ),
        # Whoever has been a client so far is not new.
        migrations.RunSQL(
            "UPDATE trackimmo_client SET welcomed_at = created_at WHERE status IN ('active', 'inactive')",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='city',
            name='department_code',
            field=models.CharField(blank=True, max_length=3, validators=[django.core.validators.RegexValidator('\\A[0-9][0-9AB][0-9]?\\Z', "Must be a department's code, such as 69, 2A or 974.")]),
        ),
        migrations.AlterField(
            model_name='city',
            name='insee_code',
            field=models.CharField(max_length=5, validators=[django.core.validators.RegexValidator('\\A[0-9][0-9AB][0-9]{3}\\Z', 'Must be an INSEE code: five digits, or 2A or 2B and three.')]),
        ),
        migrations.AlterField(
            model_name='city',
            name='name',
            field=models.CharField(max_length=120, validators=[trackimmo.models.validators.one_line]),
        ),
        migrations.AlterField(
            model_name='city',
            name='postal_code',
            field=models.CharField(blank=True, max_length=5, validators=[django.core.validators.RegexValidator('\\A[0-9]{5}\\Z', 'Must be a postal code of five digits.')]),
        ),
        migrations.AlterField(
            model_name='city',
            name='postal_codes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5, validators=[django.core.validators.RegexValidator('\\A[0-9]{5}\\Z', 'Must be a postal code of five digits.')]), blank=True, default=list, size=None),
        ),
        migrations.AlterField(
            model_name='city',
            name='region_name',
            field=models.CharField(blank=True, max_length=80, validators=[trackimmo.models.validators.one_line]),
        ),
        migrations.AlterField(
            model_name='client',
            name='first_name',
            field=models.CharField(max_length=100, validators=[trackimmo.models.validators.one_line]),
        ),
        migrations.AlterField(
            model_name='client',
            name='last_name',
            field=models.CharField(max_length=100, validators=[trackimmo.models.validators.one_line]),
        ),
    ]

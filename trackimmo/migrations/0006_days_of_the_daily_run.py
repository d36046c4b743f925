import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trackimmo', '0005_where_we_looked_for_sales'),
    ]

    operations = [
        migrations.AddField(
            model_name='dailyrun',
            name='clients_until',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='Clients created before are seen to: a day is not made up for later ones.'),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='dailyrun',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['organization', 'day'], name='daily_run_open'),
        ),
    ]

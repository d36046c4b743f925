from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trackimmo', '0006_days_of_the_daily_run'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='processingjob',
            index=models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['organization', 'finished_at'], name='job_ended'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_what_beat_looks_for")]

    operations = [
        migrations.RemoveIndex(model_name="callback", name="callback_due"),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("status__in", ("scheduled", "rescheduled"))),
                fields=["organization", "scheduled_datetime", "id"],
                include=("status",),
                name="callback_due",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("overdue_at", None), ("status__in", ("scheduled", "rescheduled"))),
                fields=["scheduled_datetime", "organization"],
                name="callback_untold",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("status__in", ("scheduled", "rescheduled"))),
                fields=["agent", "scheduled_datetime"],
                name="callback_due_of_agent",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("started_at__isnull", False)),
                fields=["agent", "started_at"],
                name="callback_started",
            ),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("status", "in_progress")),
                fields=["agent"],
                name="callback_in_progress",
            ),
        ),
    ]

"""Jobs in the admin."""

from datetime import timedelta

from django.contrib import admin

from trackimmo.admin.base import RecordAdmin
from trackimmo.models import ProcessingJob


@admin.register(ProcessingJob)
class ProcessingJobAdmin(RecordAdmin):
    """The jobs of the staff's organization, to follow."""

    list_display = [
        "id",
        "client",
        "kind",
        "status",
        "step",
        "properties_assigned",
        "attempt_count",
        "created_at",
        "duration",
    ]
    list_select_related = ["client"]
    list_filter = ["status", "kind", "created_at"]
    search_fields = ["id__exact", "client__email__istartswith", "client__last_name__istartswith"]
    search_help_text = "A job's id, or the beginning of a client's e-mail address or last name"
    ordering = ["-created_at"]
    readonly_fields = ["step", "duration"]

    @admin.display(description="step")
    def step(self, job: ProcessingJob) -> str:
        """What the worker does, and how far it is."""
        progress = job.progress
        return f"{progress['step']} ({progress['percent']} %)" if progress else "-"

    @admin.display(description="duration")
    def duration(self, job: ProcessingJob) -> timedelta | str:
        """From acceptance to end, waiting included."""
        return job.finished_at - job.created_at if job.finished_at else "-"

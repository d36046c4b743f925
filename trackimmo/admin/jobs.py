"""Jobs in the admin."""

from django.contrib import admin
from unfold.decorators import display

from trackimmo.admin.base import RecordAdmin
from trackimmo.models import JobStatus, ProcessingJob

COLOURS = {JobStatus.PROCESSING: "info", JobStatus.COMPLETED: "success", JobStatus.FAILED: "danger"}


@admin.register(ProcessingJob)
class ProcessingJobAdmin(RecordAdmin):
    """The jobs of the staff's organization, to follow."""

    list_display = ["client", "kind", "state", "step", "properties_assigned", "attempt_count", "created_at", "duration"]
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

    @display(description="status", ordering="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, job: ProcessingJob) -> str:
        """The status, in colour."""
        return job.status

    @admin.display(description="duration")
    def duration(self, job: ProcessingJob) -> str:
        """From acceptance to end, waiting included."""
        return f"{(job.finished_at - job.created_at).total_seconds():,.1f} s" if job.finished_at else "-"

"""Attempts in the admin: the history of sessions and of runs."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from checkin.admin.base import COLOURS, CheckinAdmin, duration
from checkin.admin.sessions import TOKENS
from checkin.models import RefreshAttempt


@admin.register(RefreshAttempt)
class RefreshAttemptAdmin(CheckinAdmin):
    """What was tried with which session."""

    list_display = ["started_at", "session", "result", "has_rotated", "duration", "error", "kind"]
    list_filter = ["outcome", "run__kind", "has_rotated", "started_at"]
    search_fields = ["session__email"]
    search_help_text = "A part of the e-mail address"
    ordering = ["-id"]
    fields = ["session", "run", "result", "error", "has_rotated", "started_at", "finished_at", "duration"]
    readonly_fields = ["result", "duration"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefreshAttempt]:
        """With the names of sessions and runs, without tokens."""
        attempts: QuerySet[RefreshAttempt] = super().get_queryset(request).select_related("session", "run")
        return attempts.defer("stray_token", *(f"session__{name}" for name in TOKENS))

    @display(description="outcome", ordering="outcome", label={**COLOURS, "running": "info"})  # type: ignore[untyped-decorator]
    def result(self, attempt: RefreshAttempt) -> str:
        """The outcome, in colour."""
        return attempt.outcome

    @admin.display(description="duration")
    def duration(self, attempt: RefreshAttempt) -> str:
        """From start to end."""
        return duration(attempt)

    @admin.display(description="run")
    def kind(self, attempt: RefreshAttempt) -> str:
        """What for."""
        return attempt.run.get_kind_display()

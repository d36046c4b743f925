"""Refresh runs in the admin."""

from typing import Final
from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from checkin.admin.base import CheckinAdmin, duration
from checkin.models import RefreshRun
from config.admin_tables import link

BAR: Final = '<progress max="100" value="{}" aria-label="{}"{}>{} %</progress> {} of {}'
ALARMING: Final = SafeString(' style="accent-color: #dc2626"')


@admin.register(RefreshRun)
class RefreshRunAdmin(CheckinAdmin):
    """What was refreshed together, and how far it is."""

    audited_as = "checkin_refresh"
    list_display = ["started_at", "kind", "progress", "normal", "expired", "failed", "skipped", "duration", "error"]
    list_display_links = ["started_at"]
    list_filter = ["kind", ("finished_at", admin.EmptyFieldListFilter), "started_at"]
    ordering = ["-started_at"]
    fields = [
        "kind",
        "progress",
        "normal",
        "expired",
        "failed",
        "skipped",
        "error",
        "paused_until",
        "started_at",
        "finished_at",
        "duration",
        "attempts_made",
        "request_id",
    ]
    readonly_fields = ["progress", "duration", "attempts_made"]

    @admin.display(description="progress")
    def progress(self, run: RefreshRun) -> SafeString:
        """A bar and the numbers; the bar is red if no session was found normal."""
        colour = ALARMING if run.done and not run.normal else ""
        numbers = f"{run.done:,}", f"{run.total:,}"
        return format_html(BAR, run.percent, f"{run.percent} %", colour, run.percent, *numbers)

    @admin.display(description="duration")
    def duration(self, run: RefreshRun) -> str:
        """From start to end."""
        return duration(run)

    @admin.display(description="attempts")
    def attempts_made(self, run: RefreshRun) -> SafeString:
        """Where they are."""
        query = urlencode({"run__id__exact": run.pk})
        return link(f"{reverse('admin:checkin_refreshattempt_changelist')}?{query}", "What was tried in it")

"""How the organization stands with the upstream, in the admin."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from checkin import services
from checkin.admin.base import CheckinAdmin, Told
from checkin.models import RunKind, UpstreamStanding


@admin.register(UpstreamStanding)
class UpstreamStandingAdmin(CheckinAdmin):
    """The upstream: whether it answers, and when it was last asked for what."""

    list_display = ["__str__", "checked_at", "error", "users_fetched_at", "all_refreshed_at", "one_refreshed_at"]
    sortable_by = ()
    actions = ["check_connection", "fetch_users", "refresh_all"]
    fields = [
        "connected",
        "error",
        "checked_at",
        "next_check_at",
        "users_fetched_at",
        "next_users_fetch_at",
        "all_refreshed_at",
        "one_refreshed_at",
    ]

    @admin.action(description="Check the connection", permissions=["ask"])
    def check_connection(self, request: HttpRequest, _: QuerySet[UpstreamStanding]) -> None:
        """Ask whether the upstream is there."""
        self.tell(request, lambda: _found(services.check_connection))

    @admin.action(description="Fetch users", permissions=["ask"])
    def fetch_users(self, request: HttpRequest, _: QuerySet[UpstreamStanding]) -> None:
        """Fetch the list of users."""
        self.tell(request, self.fetch)

    @admin.action(description="Refresh all sessions", permissions=["ask"])
    def refresh_all(self, request: HttpRequest, _: QuerySet[UpstreamStanding]) -> None:
        """Have the workers refresh them."""
        self.tell(request, _started)


def _found(check: Callable[[], bool]) -> Told:
    if check():
        return "The upstream is connected.", messages.SUCCESS
    return "The upstream is not connected.", messages.ERROR


def _started() -> str:
    services.start_refresh(RunKind.ALL)
    return "The workers refresh all sessions; the newest run tells how far they are."

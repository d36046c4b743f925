"""Sessions in the admin."""

from functools import partial
from typing import Final
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import localize
from django.utils.safestring import SafeString
from unfold.decorators import display

from checkin import services
from checkin.admin.base import COLOURS, CheckinAdmin, Told
from checkin.models import CheckinSession
from config.admin_tables import link
from core.secrets import Undecipherable, masked

# A person waits for the answers of all.
MOST_AT_ONCE: Final = 10
TOKENS: Final = ("token", "listed_token", "confirmed_token")
LEVELS: Final = {"normal": messages.SUCCESS, "expired": messages.WARNING}


@admin.register(CheckinSession)
class CheckinSessionAdmin(CheckinAdmin):
    """The sessions of the upstream's users."""

    list_display = ["email", "state", "checkin_report", "last_refreshed_at", "next_refresh", "failure_count", "error"]
    list_filter = ["status", "is_listed", "checkin_report"]
    search_fields = ["email"]
    search_help_text = "A part of the e-mail address"
    ordering = ["email"]
    actions = ["refresh_now", "fetch_users"]
    fields = [
        "email",
        "state",
        "error",
        "history",
        "last_refreshed_at",
        "attempted_at",
        "next_refresh",
        "failure_count",
        "expired_at",
        "checkin_report",
        "checkin_report_time",
        "end_of_token",
        "token_number",
        "is_listed",
        "created_at",
    ]
    readonly_fields = ["state", "history", "next_refresh", "end_of_token"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CheckinSession]:
        """Without tokens: nobody needs them to be decrypted for a list."""
        sessions: QuerySet[CheckinSession] = super().get_queryset(request)
        return sessions.defer(*TOKENS)

    @display(description="status", ordering="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, session: CheckinSession) -> str:
        """The status, in colour."""
        return session.status or "new"

    @display(description="next refresh", ordering="next_refresh_at")  # type: ignore[untyped-decorator]
    def next_refresh(self, session: CheckinSession) -> str:
        """When it is due, or what it waits for."""
        if not session.is_listed:
            return "no more: not in the upstream's list"
        if session.status == "expired":
            return "when its user has logged in"
        return str(localize(session.next_refresh_at))

    @admin.display(description="token")
    def end_of_token(self, session: CheckinSession) -> str:
        """Enough to tell tokens apart."""
        try:
            return masked(session.token) or "-"
        except Undecipherable as error:
            return str(error)

    @admin.display(description="attempts")
    def history(self, session: CheckinSession) -> SafeString:
        """Where they are."""
        query = urlencode({"session__id__exact": session.pk})
        return link(f"{reverse('admin:checkin_refreshattempt_changelist')}?{query}", "What was tried with it")

    @admin.action(description="Refresh now", permissions=["ask"])
    def refresh_now(self, request: HttpRequest, sessions: QuerySet[CheckinSession]) -> None:
        """Refresh the chosen ones, one after the other."""
        emails = list(sessions.values_list("email", flat=True)[: MOST_AT_ONCE + 1])
        if len(emails) > MOST_AT_ONCE:
            self.message_user(
                request,
                f"At most {MOST_AT_ONCE} at a time; on the page of the upstream all can be refreshed.",
                messages.ERROR,
            )
            return
        for email in emails:
            if not self.tell(request, partial(_refreshed, email)):
                break

    @admin.action(description="Fetch users from the upstream", permissions=["ask"])
    def fetch_users(self, request: HttpRequest, sessions: QuerySet[CheckinSession]) -> None:
        """Fetch the list of users, whatever is chosen."""
        self.tell(request, self.fetch)


def _refreshed(email: str) -> Told:
    session = services.refresh_one(email=email)
    said = f"{email}: {session.status or 'new'}{f' ({session.error})' if session.error else ''}"
    return said, LEVELS.get(session.status or "", messages.ERROR)

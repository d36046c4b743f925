"""What check-in's admin pages have in common."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest

from checkin import services
from config.admin_tables import CappedAdmin, ReadOnly
from core.errors import SwitchboardError

COLOURS: Final = {"normal": "success", "expired": "warning", "failed": "danger", "interrupted": "danger"}
# What is said, and the level of it among Django's messages.
Told = tuple[str, int]


class CheckinAdmin(ReadOnly, CappedAdmin):
    """For rows that check-in's services write. Its actions ask the upstream, for staff who may change such rows."""

    def has_ask_permission(self, request: HttpRequest) -> bool:
        """Whether the person may have the upstream asked; whoever may only look may not."""
        codename = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def tell(self, request: HttpRequest, ask: Callable[[], str | Told]) -> bool:
        """Do it and say what came of it, or why it cannot be done. Returns whether it was done."""
        try:
            told = ask()
            message, level = (told, messages.SUCCESS) if isinstance(told, str) else told
            self.message_user(request, message, level)
        except SwitchboardError as error:
            self.message_user(request, error.message, messages.ERROR)
            return False
        return True

    def fetch(self) -> Told:
        """Fetch users, in words."""
        fetched = services.fetch_users()
        said = (
            f"The upstream lists {fetched.listed:,} users. New: {fetched.added:,},"
            f" logged in anew: {fetched.logged_in:,}, back: {fetched.resumed:,}, gone: {fetched.removed:,},"
            f" entries that cannot be used: {fetched.problems:,}."
        )
        return said, messages.WARNING if fetched.problems else messages.SUCCESS


def duration(row: Any) -> str:  # noqa: ANN401 -- a run or an attempt
    """From start to end."""
    started: datetime = row.started_at
    return f"{(row.finished_at - started).total_seconds():,.1f} s" if row.finished_at else "-"

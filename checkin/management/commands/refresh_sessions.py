"""`manage.py refresh_sessions`."""

from collections.abc import Iterable
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from checkin import services
from checkin.management.scope import scope_with_upstream
from checkin.models import CheckinSession, RefreshRun, SessionStatus
from checkin.selectors.sessions import listed_sessions

# Without workers this process does it all.
MOST_SECONDS: Final = 3600.0


class Command(BaseCommand):
    """`GET /api/v1/refresh` for a terminal or for cron."""

    help = "Refresh all check-in sessions, or one, print how they are, and fail if one could not be refreshed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which session."""
        parser.add_argument("--email", metavar="ADDRESS", help="only this user's session")

    def handle(self, *args: Any, email: str | None, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Refresh and print. Raises CommandError if it cannot be done, or a session is not normal afterwards."""
        with scope_with_upstream():
            if email is not None:
                session = services.refresh_one(email=email)
                sessions, problem = [session], _problem_of_session(session)
            else:
                run = services.refresh_all(wait_seconds=MOST_SECONDS)
                sessions, problem = list(listed_sessions()), _problem_of_run(run)
        # Addresses and errors are printed as they are.
        Console(markup=False, highlight=False).print(_table(sessions))
        if problem:
            raise CommandError(problem)


def _problem_of_session(session: CheckinSession) -> str:
    return "" if session.status == SessionStatus.NORMAL else f"{session.email}: {session.error or session.status}"


def _problem_of_run(run: RefreshRun) -> str:
    if run.finished_at is None:
        return f"{run.done:,} of {run.total:,} sessions were seen to within an hour. {run.error or ''}".strip()
    if run.failed or run.expired:
        return f"Not all {run.total:,} sessions are normal: failed {run.failed:,}, expired {run.expired:,}."
    return run.error or ""


def _table(sessions: Iterable[CheckinSession]) -> Table:
    table = Table("E-mail", "Status", "Last found normal", "Error")
    for session in sessions:
        found = f"{session.last_refreshed_at:%Y-%m-%d %H:%M:%S}" if session.last_refreshed_at else ""
        table.add_row(session.email, session.status or "new", found, session.error or "")
    return table

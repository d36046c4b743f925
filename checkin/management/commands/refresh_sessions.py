"""`manage.py refresh_sessions`."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Column, Table

from checkin import services
from checkin.management.scope import scope_with_upstream
from checkin.models import CheckinSession, RefreshRun, SessionStatus
from checkin.selectors.sessions import listed_sessions

# Without workers this process does it all.
MOST_SECONDS: Final = 3600.0
# Whatever reads a pipe has no columns to fit into.
COLUMNS_OF_A_PIPE: Final = 10_000
# Half of a narrow terminal, so that there is room for errors.
MOST_IN_ONE_LINE: Final = 40


class Command(BaseCommand):
    """`GET /api/v1/refresh` for a terminal or for cron."""

    help = "Refresh all check-in sessions, or one, print how they are, and fail unless all of these are normal."

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
                sessions = list(listed_sessions())
                problem = _problem_of_run(run, sessions)
        # Addresses and errors are printed as they are.
        console = Console(markup=False, highlight=False)
        if not console.is_terminal:
            console.width = COLUMNS_OF_A_PIPE
        console.print(_table(sessions))
        if problem:
            raise CommandError(problem)


def _problem_of_session(session: CheckinSession) -> str:
    return "" if session.status == SessionStatus.NORMAL else f"{session.email}: {session.error or session.status}"


def _problem_of_run(run: RefreshRun, sessions: Sequence[CheckinSession]) -> str:
    if run.finished_at is None:
        return f"{run.done:,} of {run.total:,} sessions were seen to within an hour. {run.error or ''}".strip()
    # Not the run's own numbers: it leaves out those that had expired before.
    others = Counter(session.status or "new" for session in sessions if session.status != SessionStatus.NORMAL)
    if not others:
        return run.error or ""
    number = others.total()
    named = ", ".join(f"{others[status]:,} {status}" for status in sorted(others))
    return f"{number:,} of {len(sessions):,} sessions {'is' if number == 1 else 'are'} not normal: {named}."


def _table(sessions: Sequence[CheckinSession]) -> Table:
    longest = max((len(session.email) for session in sessions), default=0)
    table = Table(
        Column("E-mail", overflow="fold", no_wrap=longest <= MOST_IN_ONE_LINE),
        "Status",
        "Last found normal",
        Column("Error", overflow="fold"),
    )
    for session in sessions:
        found = f"{session.last_refreshed_at:%Y-%m-%d %H:%M:%S}" if session.last_refreshed_at else ""
        table.add_row(session.email, session.status or "new", found, session.error or "")
    return table

"""`manage.py run_daily_updates`."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from accounts import selectors as accounts
from core import tenancy
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.days import DaySummary, expected, run_day


def a_day(text: str) -> date:
    """The date, which has a day after it."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a day; write it as YYYY-MM-DD") from error
    if day.year == date.max.year:
        raise ArgumentTypeError(f"{text!r} is too far away")
    return day


class Command(BaseCommand):
    """Does the day here and now, beside the workers if there are any. What was done before is not repeated."""

    # The checks would load every view first.
    requires_system_checks: list[str] = []
    help = "Send tomorrow's reminders, make today's reports, try failed jobs again, and send the mails of all that."

    def add_arguments(self, parser: CommandParser) -> None:
        """The day, for whom, and whether in earnest."""
        parser.add_argument(
            "--date", metavar="D", type=a_day, help="do this day (YYYY-MM-DD) instead of today in Paris"
        )
        parser.add_argument("--dry-run", action="store_true", help="only list who would get what")
        parser.add_argument("--organization", metavar="SLUG", help="of this organization only (default: of all)")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Do it, organization by organization. Raises CommandError if a job or a mail failed for good."""
        day: date = options["date"] or today_in_paris()
        organizations = accounts.organizations().order_by("slug")
        if (slug := options["organization"]) is not None:
            organizations = organizations.filter(slug=slug)
            if not organizations.exists():
                raise CommandError(f"There is no organization {slug!r}.")
        do = self._list if options["dry_run"] else self._run
        problems = 0
        for organization in organizations:
            with tenancy.scope(organization.pk):
                problems += do(organization.slug, day)
        if problems:
            raise CommandError(f"{problems} failed; the log and the jobs' error messages tell why.")

    def _run(self, slug: str, day: date) -> int:
        summary = run_day(day)
        Console(file=self.stdout).print(table_of(summary, title=f"{slug}, {day}"))  # type: ignore[arg-type]  # it has what a text file has
        return summary.problems

    def _list(self, slug: str, day: date) -> int:
        number = 0
        for one in expected(day):
            number += 1
            remark = ", when the job that he has now has ended" if one.must_wait else ""
            self.stdout.write(
                f"{slug}: {one.kind} of {one.due_on} for {one.client} <{one.client.email}> {one.client.pk}{remark}"
            )
        self.stdout.write(f"{slug}, {day}: {number} would be seen to; nothing was done.")
        return 0


def table_of(summary: DaySummary, *, title: str) -> Table:
    """The numbers of a day, for a person or a log file."""
    table = Table("What", title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_row("Reminders queued", f"{summary.reminders:,}")
    table.add_row("Reports started", f"{summary.reports:,}")
    table.add_row("Jobs completed", f"{summary.completed:,}")
    table.add_row("Jobs waiting for another attempt", f"{summary.postponed:,}")
    table.add_row("Jobs still with a worker", f"{summary.unfinished:,}")
    table.add_row("Jobs failed", f"{summary.failed:,}")
    table.add_row("Mails sent", f"{summary.mails_sent:,}")
    table.add_row("Mails waiting", f"{summary.mails_waiting:,}")
    table.add_row("Mails given up", f"{summary.mails_given_up:,}")
    return table

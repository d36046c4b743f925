"""`manage.py rebuild_metrics`."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from accounts import selectors as accounts
from analytics.metrics import IDS
from analytics.rollups import Sums
from analytics.services.rebuilding import Difference, Window, rebuild, windows
from core import tenancy

DAY: Final = timedelta(days=1)
# What a person reads; after a fault everything may differ.
MOST_SHOWN: Final = 100


class Command(BaseCommand):
    """Make the sums of metrics anew from the raw events. Events may arrive meanwhile."""

    help = "Recompute the sums of metrics from the raw events, and print what differed; with --check only compare."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose sums, of what and when."""
        parser.add_argument("--organization", metavar="SLUG", help="only this organization's")
        parser.add_argument("--metric", choices=IDS, help="only this metric's")
        parser.add_argument("--since", metavar="DATE", type=_day, help="from this day on (UTC)")
        parser.add_argument("--until", metavar="DATE", type=_day, help="up to and including this day (UTC)")
        parser.add_argument("--check", action="store_true", help="change nothing, and fail if something differs")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Rebuild, print what differed, and with --check raise CommandError if anything did."""
        metrics = [options["metric"]] if options["metric"] else IDS
        until = options["until"] + DAY if options["until"] else None
        table = Table("Organization", "Metric", "Quarter of an hour", "Sums", "Events")
        seen = number = 0
        for slug, window, differences in self._work(options, metrics, until):
            seen += 1
            number += len(differences)
            for found in differences[: MOST_SHOWN - table.row_count]:
                table.add_row(slug, window.metric, f"{found.bucket.start:%Y-%m-%d %H:%M}", *_told(found))
        if number:
            console = Console(file=cast(TextIO, self.stdout), width=140)
            console.print(table)
            if number > MOST_SHOWN:
                console.print(f"... and {number - MOST_SHOWN:,} more")
        if number and options["check"]:
            raise CommandError(f"{number:,} sums differ from their events.")
        self.stdout.write(f"{seen:,} days of metrics compared, {number:,} sums {'put right' if number else 'differ'}.")

    def _work(
        self, options: dict[str, Any], metrics: Iterable[str], until: datetime | None
    ) -> Iterator[tuple[str, Window, list[Difference]]]:
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal) as progress:
            for organization in _organizations(options["organization"]):
                with tenancy.scope(organization.pk):
                    work = windows(metrics=metrics, since=options["since"], until=until)
                    for window in progress.track(work, description=organization.slug):
                        yield organization.slug, window, rebuild(window=window, check_only=options["check"])


def _organizations(slug: str | None) -> Iterable[Any]:
    if slug is None:
        return accounts.organizations().order_by("slug")
    organization = accounts.organization_by_slug(slug)
    if organization is None:
        raise CommandError(f"There is no organization {slug!r}.")
    return [organization]


def _told(found: Difference) -> tuple[str, str]:
    return _written(found.stored), _written(found.counted)


def _written(sums: Sums | None) -> str:
    return "none" if sums is None else f"{sums.sum} ({sums.count}: {sums.min} to {sums.max})"


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)

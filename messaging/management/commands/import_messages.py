"""`manage.py import_messages`."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from accounts import selectors as accounts
from core import tenancy
from core.management.files import existing_file
from core.management.progress import ImportBar
from messaging.archives import Columns, DateOrder, Format, Options, UnreadableArchive
from messaging.errors import ImportInterrupted
from messaging.services.importing import ImportSummary, import_archive, store_what_was_imported

COLUMNS: Final = ("conversation", "text", "sender", "receiver", "time")


def a_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ArgumentTypeError(f"{name!r} is not a time zone; write it as Europe/Paris") from error


def a_moment(text: str) -> datetime:
    """An ISO date or time; in UTC unless it says otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a date or time; write it as YYYY-MM-DD") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Command(BaseCommand):
    """Archives are read one after the other; one that cannot be read does not stop the others."""

    # The checks would load every view first.
    requires_system_checks: list[str] = []
    help = "Import chats: WhatsApp's own exports (.txt or .zip), NDJSON, CSV or TSV, gzipped or not."

    def add_arguments(self, parser: CommandParser) -> None:
        """The files, for whom, and how to read them."""
        parser.add_argument("paths", metavar="PATH", nargs="+", type=existing_file)
        parser.add_argument("--organization", metavar="SLUG", required=True, help="whose messages these are")
        parser.add_argument("--format", choices=[one.value for one in Format], default="auto", help="default: auto")
        parser.add_argument("--dry-run", action="store_true", help="read all, and take nothing in")
        parser.add_argument(
            "--date-order", choices=[one.value for one in DateOrder], help="of exports whose dates do not tell"
        )
        parser.add_argument(
            "--timezone", metavar="ZONE", type=a_zone, default=UTC, help="of times without an offset (default: UTC)"
        )
        parser.add_argument(
            "--begins",
            metavar="TIME",
            type=a_moment,
            help="when messages without a time begin, a second apart (default: when the file was last changed)",
        )
        for name in COLUMNS:
            default = getattr(Columns(), name)
            parser.add_argument(f"--{name}-column", metavar="NAME", default=default, help="default: %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Import and print what became of the messages. Raises CommandError with the files not read whole."""
        organization = accounts.organization_by_slug(options["organization"])
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']!r}.")
        summary, problems, waiting = ImportSummary(), list[str](), 0
        with tenancy.scope(organization.pk), ImportBar() as bar:
            for path in options["paths"]:
                try:
                    self._import(path, bar, summary, options)
                except UnreadableArchive as error:
                    problems.append(error.message)
                except ImportInterrupted as error:
                    problems.append(error.message)
                    break
                finally:
                    bar.done()
            if not options["dry_run"]:
                bar.storing()
                waiting = store_what_was_imported()
                bar.done()
        Console(file=self.stdout).print(table_of(summary, is_dry=options["dry_run"]))  # type: ignore[arg-type]  # it has what a text file has
        if waiting:
            self.stderr.write(f"{waiting:,} messages are accepted and not stored yet: a worker stores them.")
        if problems:
            raise CommandError("\n".join(problems))

    def _import(self, path: Path, bar: ImportBar, summary: ImportSummary, options: dict[str, Any]) -> None:
        status = path.stat()
        bar.follow(path.name, total_bytes=status.st_size)
        order = options["date_order"]
        import_archive(
            path,
            options=Options(
                format=Format(options["format"]),
                date_order=DateOrder(order) if order else None,
                zone=options["timezone"],
                columns=Columns(**{name: options[f"{name}_column"] for name in COLUMNS}),
            ),
            summary=summary,
            begins=options["begins"] or datetime.fromtimestamp(int(status.st_mtime), UTC),
            is_dry=options["dry_run"],
            taken=bar.reading,
        )


def table_of(summary: ImportSummary, *, is_dry: bool) -> Table:
    """The figures of an import, for a person."""
    table = Table("What", "Number", "The first", show_header=False, box=None, pad_edge=False)
    table.columns[1].justify = "right"
    table.add_row("Messages that would be new" if is_dry else "New messages", f"{summary.new:,}")
    table.add_row("Messages that were there", f"{summary.known:,}")
    table.add_row("Conversations that would open" if is_dry else "New conversations", f"{summary.conversations:,}")
    for reason, number in summary.skipped.most_common():
        table.add_row(f"Skipped: {reason.value}", f"{number:,}", summary.examples[reason])
    return table

"""`manage.py import_dvf`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from core.management.files import existing_file
from core.management.progress import ImportBar
from trackimmo.dvf.errors import UnreadableFile
from trackimmo.dvf.summary import ImportSummary, SkipReason
from trackimmo.management.organizations import add_organization_argument, scope_of_organization
from trackimmo.services.importing import import_sales


class Command(BaseCommand):
    """Files are imported one after the other, each in one transaction; a file that is none does not stop the others."""

    # The checks would load every view first.
    requires_system_checks: list[str] = []
    help = "Import French property sales: geo-dvf CSV or the DGFiP's raw .txt, gzipped or not."

    def add_arguments(self, parser: CommandParser) -> None:
        """The files, and for whom."""
        parser.add_argument("paths", metavar="PATH", nargs="+", type=existing_file)
        add_organization_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Import and print what became of the lines. Raises CommandError with the files that could not be read."""
        total = ImportSummary()
        problems: list[str] = []
        with scope_of_organization(options["organization"]), ImportBar() as bar:
            for path in options["paths"]:
                try:
                    total += self._import(path, bar)
                except UnreadableFile as error:
                    problems.append(error.message)
                finally:
                    bar.done()
        if len(problems) < len(options["paths"]):
            Console(file=self.stdout).print(table_of(total))  # type: ignore[arg-type]  # it has what a text file has
        if problems:
            raise CommandError("\n".join(problems))

    def _import(self, path: Path, bar: ImportBar) -> ImportSummary:
        bar.follow(path.name, total_bytes=path.stat().st_size)
        return import_sales(path, progress=bar)


def table_of(summary: ImportSummary) -> Table:
    """The figures of an import, for a person."""
    table = Table("What", show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_row("[bold]Lines read[/bold]", f"[bold]{summary.lines_read:,}[/bold]")
    table.add_row("  kept", f"{summary.kept_lines:,}")
    for reason in SkipReason:
        if number := summary.skipped_lines[reason]:
            table.add_row(f"  skipped: {reason.label}", f"{number:,}")
    table.add_row("[bold]Properties[/bold]", f"[bold]{summary.properties:,}[/bold]")
    table.add_row("  new", f"{summary.new_properties:,}")
    table.add_row("  updated", f"{summary.updated_properties:,}")
    table.add_row("  unchanged", f"{summary.unchanged_properties:,}")
    table.add_row("[bold]Sales (mutations) that gave a property[/bold]", f"[bold]{summary.sales:,}[/bold]")
    table.add_row("Prices, counted once per line", f"{summary.price_per_line:,.2f} €")
    table.add_row("Prices, counted once per sale", f"{summary.price_per_sale:,.2f} €")
    return table

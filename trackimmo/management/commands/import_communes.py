"""`manage.py import_communes`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.management.files import existing_file
from trackimmo.dvf.errors import UnreadableFile
from trackimmo.management.organizations import add_organization_argument, scope_of_organization
from trackimmo.services.communes import import_communes


class Command(BaseCommand):
    """The list of communes names cities as they are called today; the movements tell which ones merged."""

    help = "Import communes (code_insee, nom, codes_postaux, …) as cities, gzipped or not."

    def add_arguments(self, parser: CommandParser) -> None:
        """The files, and for whom."""
        parser.add_argument("path", metavar="PATH", type=existing_file)
        parser.add_argument(
            "--movements",
            metavar="PATH",
            type=existing_file,
            help="INSEE's list of movements: cities that have merged are joined with today's",
        )
        add_organization_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Import and say what was done. Raises CommandError if a file cannot be read."""
        with scope_of_organization(options["organization"]):
            try:
                summary = import_communes(communes=options["path"], movements=options["movements"])
            except UnreadableFile as error:
                raise CommandError(error.message) from error
        self.stdout.write(
            f"{summary.read:,} communes read, {summary.created:,} cities created. "
            f"{summary.merged:,} cities joined with their successors, {summary.moved_properties:,} properties moved."
        )

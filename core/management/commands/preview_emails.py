"""`manage.py preview_emails`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from core.mail.previews import write_previews


class Command(BaseCommand):
    """Needs no database and no mail server."""

    help = "Write every e-mail as HTML and text files, with sample data, and an index.html that shows them all."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument(
            "--directory", type=Path, default=settings.BASE_DIR / ".data" / "previews", help="(default: .data/previews)"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Write them and say where they are."""
        directory = options["directory"]
        previews = write_previews(directory)
        self.stdout.write(f"{len(previews)} e-mails, as HTML and text. Open {directory / 'index.html'}")

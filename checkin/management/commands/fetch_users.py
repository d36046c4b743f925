"""`manage.py fetch_users`."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from checkin import services
from checkin.management.scope import scope_with_upstream


class Command(BaseCommand):
    """What beat has done every CHECKIN_USERS_SECONDS, now."""

    help = "Fetch check-in's users from the upstream now, and fail if entries of its list cannot be used."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Fetch, and print what has changed. Raises CommandError if it cannot be done, or not for all."""
        with scope_with_upstream():
            summary = services.fetch_users()
        table = Table("Users", "Number")
        for name, number in asdict(summary).items():
            table.add_row(name.replace("_", " "), f"{number:,}")
        Console().print(table)
        if summary.problems:
            raise CommandError(f"Entries of the list that cannot be used: {summary.problems:,}, which the log has.")

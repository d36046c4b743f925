"""`manage.py forget_logged_out_profiles`."""

from argparse import ArgumentParser
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from profiles import services

# An operator waits for it.
SECONDS: Final = 24 * 3600


class Command(BaseCommand):
    """Delete old records now, as beat does every hour."""

    help = "Delete every organization's records of more than --days ago, and browser profiles without a record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only how old."""
        parser.add_argument("--days", type=int, default=None, help="PROFILES_RETENTION_DAYS unless told")

    def handle(self, *args: Any, days: int | None = None, **options: Any) -> None:  # noqa: ANN401 -- Django's own
        """Delete, and say how many."""
        if days is not None and days < 1:
            raise CommandError("--days must be 1 or more.")
        older_than_days = days or settings.PROFILES_RETENTION_DAYS
        if not older_than_days:
            raise CommandError("PROFILES_RETENTION_DAYS is 0, which keeps all records: say --days.")
        records = services.forget_old_records(older_than_days=older_than_days, seconds=SECONDS)
        profiles = services.forget_unused_profiles(seconds=SECONDS)
        self.stdout.write(
            f"Forgot {records} records older than {older_than_days} days,"
            f" and {profiles} browser profiles without a record."
        )

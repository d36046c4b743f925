"""`manage.py seed_demo`."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.seeding import seed


class Command(BaseCommand):
    """Create the demonstration's data."""

    help = "Create the demonstration's organizations, people, sales and clients, where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Seed, and say so."""
        seed()
        self.stdout.write("The demonstration's data is there.")

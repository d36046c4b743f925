"""`manage.py sync_mongo`: make MongoDB's collections, schemas and indexes what the apps declare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import autodiscover_modules
from pymongo.errors import ConnectionFailure

from core.mongo.collection import declared
from core.mongo.sync import changes


class Command(BaseCommand):
    """Safe to run again, and while the platform runs."""

    help = "Create or change MongoDB's collections, schemas and indexes as declared; drop indexes nobody declares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if anything differs")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        autodiscover_modules("documents")
        try:
            number = self._sync(only_check=options["check"])
        except ConnectionFailure as error:
            raise CommandError(f"MongoDB is not available: {error}") from error
        if number and options["check"]:
            raise CommandError(f"MongoDB differs from what is declared in {number} respects: run manage.py sync_mongo.")
        if not number:
            self.stdout.write("MongoDB is as declared.")

    def _sync(self, *, only_check: bool) -> int:
        number = 0
        for collection in declared():
            for change in changes(collection):
                number += 1
                self.stdout.write(change.description)
                if not only_check:
                    change.apply()
        return number

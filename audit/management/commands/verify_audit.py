"""`manage.py verify_audit`: whether the audit log of every organization is as it was written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accounts import selectors as accounts
from audit.keys import public_pem
from audit.services.verification import Verdict, verdicts
from core import tenancy
from core.errors import SwitchboardError


class Command(BaseCommand):
    """An operator's command: it reads the logs of every organization, each in its own scope."""

    help = (
        "Verify the hash chain and the signed checkpoints of the audit log. Exits with 1 if an entry is not as written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose log, and with which checkpoints."""
        parser.add_argument("--organization", metavar="SLUG", help="only this organization's log")
        parser.add_argument(
            "--checkpoints", metavar="FILE", type=Path, help="compare with this copy of AUDIT_CHECKPOINTS_FILE"
        )
        parser.add_argument(
            "--public-key", action="store_true", help="print the keys that verify checkpoints, as PEM, and nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Verify, a line each. Raises CommandError if something is wrong."""
        if options["public_key"]:
            self.stdout.write(public_pem(), ending="")
            return
        file = options["checkpoints"]
        if file and not file.is_file():
            raise CommandError(f"There is no file {file}.")
        chosen = accounts.organizations().order_by("slug")
        if slug := options["organization"]:
            chosen = chosen.filter(slug=slug)
            if not chosen:
                raise CommandError(f"There is no organization {slug!r}.")
        bad = 0
        for organization in chosen:
            with tenancy.scope(organization.pk):
                try:
                    verdict = self._verify(organization.slug, file)
                except SwitchboardError as error:
                    raise CommandError(error.message) from error
                except PyMongoError as error:
                    raise CommandError(f"MongoDB cannot be read: {error}") from error
            bad += not verdict.verified
            self.stdout.write(_told(organization.slug, verdict))
        if bad:
            raise CommandError(f"{bad} of {len(chosen)} logs are not as they were written.")

    def _verify(self, slug: str, file: Path | None) -> Verdict:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(slug, total=None)
            for verdict in verdicts(checkpoints_file=file):
                progress.update(task, total=verdict.size, completed=verdict.checked_to)
        return verdict


def _told(slug: str, verdict: Verdict) -> str:
    if verdict.verified:
        sealed = f", {verdict.sealed_size:,} of them sealed and deleted" if verdict.sealed_size else ""
        return f"{slug}: verified, {verdict.size:,} entries{sealed}."
    return f"{slug}: NOT AS WRITTEN from entry {verdict.first_bad_seq} to {verdict.last_bad_seq}: {verdict.reason}"

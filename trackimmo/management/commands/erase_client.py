"""`manage.py erase_client`."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trackimmo import services
from trackimmo.errors import ClientNotFound
from trackimmo.management.organizations import add_organization_argument, scope_of_organization
from trackimmo.selectors import client_detail


class Command(BaseCommand):
    """A client who only leaves is deactivated; this is for a person who asks to be forgotten."""

    help = "Delete a client for good: the person, what he was given, his jobs and the mails to him."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and for whom."""
        parser.add_argument("client_id", metavar="ID", type=UUID)
        parser.add_argument("--yes", action="store_true", help="do not ask")
        add_organization_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Ask, erase, and say what was deleted. Raises CommandError if there is no such client, or the answer is no."""
        client_id = options["client_id"]
        with scope_of_organization(options["organization"]):
            try:
                if not options["yes"]:
                    self._ask(client_id)
                erased = services.erase_client(client_id=client_id)
            except ClientNotFound as error:
                raise CommandError(error.message) from error
        self.stdout.write(
            f"Client {client_id} is erased: {erased.assignments:,} assignments, {erased.jobs:,} jobs, "
            f"{erased.dispatches:,} dispatches and {erased.mails:,} mails went with him."
        )
        self.stdout.write("Entries of the audit log from before stay, as do backups until they are replaced.")

    def _ask(self, client_id: UUID) -> None:
        detail = client_detail(client_id)
        count = detail.assigned_properties_count
        self.stdout.write(f"{detail.client.full_name} <{detail.client.email}>, {count:,} assignments.")
        try:
            answer = input("Delete all of it for good? Type yes: ")
        except EOFError:
            answer = ""
        if answer.strip() != "yes":
            raise CommandError("Nothing was deleted.")

"""`manage.py changepassword`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import selectors, services
from accounts.management.prompts import ask_password, reason_of
from core import tenancy
from core.errors import SwitchboardError


class Command(BaseCommand):
    """Unlike Django's, it finds users of any organization, and the change is in the audit log."""

    help = "Change a user's password. Whatever the user is logged in with stops working within seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose password."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Ask for the new password twice and set it. Raises CommandError with what is wrong."""
        user = selectors.user_by_email(options["email"])
        if user is None:
            raise CommandError("There is no user with this e-mail address.")
        password = ask_password()
        try:
            with tenancy.scope(user.tenant_id):
                services.set_password(user=user, password=password)
        except SwitchboardError as error:
            raise CommandError(reason_of(error)) from error
        self.stdout.write(f"Changed the password of {user.email}.")

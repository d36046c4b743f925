"""`manage.py createsuperuser`."""

import getpass
import os
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from accounts import services
from accounts.models import Role
from core import tenancy
from core.errors import SwitchboardError


class Command(BaseCommand):
    """Unlike Django's, it asks for an organization: no user is without one."""

    help = "Create an administrator who may enter the Django admin, and the organization if there is none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        """Also what DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD may hold."""
        parser.add_argument("--email", default=os.environ.get("DJANGO_SUPERUSER_EMAIL"))
        parser.add_argument("--organization", metavar="SLUG", help="Default: that of the environment's API keys.")
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive", help="Ask for nothing."
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Create the user. Raises CommandError with what is wrong."""
        interactive = options["interactive"]
        default_slug = settings.API_KEY_ORGANIZATION
        slug = options["organization"] or (interactive and input(f"Organization [{default_slug}]: ")) or default_slug
        email = options["email"] or (interactive and input("E-mail: ")) or ""
        password = (self._ask_password() if interactive else os.environ.get("DJANGO_SUPERUSER_PASSWORD")) or ""
        try:
            validate_slug(slug)
            validate_email(email)
            organization = services.ensure_organization(slug=slug)
            with tenancy.scope(organization.pk):
                services.create_user(email=email, password=password, role=Role.ADMIN, is_staff=True, is_superuser=True)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except SwitchboardError as error:
            reasons = [message for messages in error.fields.values() for message in messages]
            raise CommandError(" ".join(reasons) or error.message) from error
        self.stdout.write(f"Created {email.lower()}, administrator of {organization.name}.")

    def _ask_password(self) -> str:
        """Ask for the password twice. Raises CommandError if the answers differ."""
        password = getpass.getpass("Password: ")
        if getpass.getpass("Password (again): ") != password:
            raise CommandError("The passwords differ.")
        return password

"""`manage.py createsuperuser`."""

import os
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from accounts import services
from accounts.management.prompts import ask_password, reason_of
from accounts.models import Role, User
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

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Create the user. Raises CommandError with what is wrong."""
        interactive = options["interactive"]
        default_slug = settings.API_KEY_ORGANIZATION
        slug = options["organization"] or (interactive and input(f"Organization [{default_slug}]: ")) or default_slug
        email = options["email"] or (interactive and input("E-mail: ")) or ""
        password = ask_password() if interactive else os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        try:
            validate_slug(slug)
            validate_email(email)
            user = create_administrator(slug=slug, email=email, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except SwitchboardError as error:
            raise CommandError(reason_of(error)) from error
        self.stdout.write(f"Created {user.email}, administrator of {user.organization.name}.")


@transaction.atomic
def create_administrator(*, slug: str, email: str, password: str) -> User:
    """The organization if it is missing, and the user, or neither."""
    organization = services.ensure_organization(slug=slug)
    with tenancy.scope(organization.pk):
        return services.create_user(email=email, password=password, role=Role.ADMIN, is_staff=True, is_superuser=True)

"""`manage.py changepassword`."""

from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.core.management.base import CommandError
from django.db import transaction

from accounts import selectors, services
from core import tenancy


class Command(changepassword.Command):
    """Django's command, in the scope of the user's organization, whose e-mail address is given in any case."""

    help = "Change a user's password. Whatever the user is logged in with stops working within seconds."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> str | None:  # noqa: ANN401 -- Django's own signature
        """Ask for the new password twice and set it. Raises CommandError if there is no such user."""
        user = selectors.user_by_email(options["username"] or "")
        if user is None:
            raise CommandError("Name a user by e-mail address.")
        with tenancy.scope(user.tenant_id):
            said = super().handle(*args, **options)
            services.record_new_password(user=user)
        return said

"""What our commands ask at the terminal."""

import getpass

from django.core.management.base import CommandError

from core.errors import SwitchboardError


def ask_password() -> str:
    """Ask for a new password twice. Raises CommandError if the answers differ."""
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password (again): ") != password:
        raise CommandError("The passwords differ.")
    return password


def reason_of(error: SwitchboardError) -> str:
    """What is wrong, in a line."""
    reasons = [message for messages in error.fields.values() for message in messages]
    return " ".join(reasons) or error.message

"""The environment: what `config.settings` reads, and the refusal to start without what production needs."""

import os
from collections.abc import Collection
from email.utils import parseaddr
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from environs import Env, validate

BASE_DIR: Final = Path(__file__).resolve().parent.parent
RUNNING_STACK: Final = BASE_DIR / ".data" / "stack.env"

env = Env()
if "DATABASE_URL" not in os.environ and env.bool("DEBUG", True) and RUNNING_STACK.exists():
    # `make up` runs in another terminal: commands typed here talk to its servers, unless they are production's.
    env.read_env(str(RUNNING_STACK), recurse=False)

DEVELOPMENT: Final[bool] = env.bool("DEBUG", False)


def positive(name: str, default: int) -> int:
    """A whole number that makes no sense below one. Raises EnvValidationError."""
    number: int = env.int(name, default, validate=validate.Range(min=1))
    return number


def base_address(url: str, *, name: str, schemes: Collection[str]) -> str:
    """An address that paths are put behind. Raises ImproperlyConfigured, not showing what may hold credentials."""
    parts = urlsplit(url)
    is_one = parts.scheme in schemes and (parts.hostname or (parts.scheme == "file" and parts.path.startswith("/")))
    if not is_one or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"{name} must be an address that begins with {' or '.join(schemes)} and has no query"
        )
    return url


class Requirements:
    """Collects every missing setting before it complains, so that an operator fixes them in one go."""

    def __init__(self) -> None:
        self.missing: list[str] = []

    def setting(self, name: str, development: str) -> str:
        """A setting that has a default in development only."""
        value: str = env.str(name, "")
        if value:
            return value
        if DEVELOPMENT:
            return development
        if name not in self.missing:  # settings that could not be loaded are loaded again
            self.missing.append(name)
        return ""

    def mailbox(self, name: str, development: str) -> str:
        """An e-mail address, with or without a display name. Raises ImproperlyConfigured: no mail could be written."""
        value = self.setting(name, development)
        try:
            validate_email(parseaddr(value)[1]) if value else None
        except ValidationError as error:
            raise ImproperlyConfigured(f"{name} is not an e-mail address: {value!r}") from error
        return value

    def check(self) -> None:
        """Raise ImproperlyConfigured with the name of each setting that is missing."""
        if self.missing:
            names = ", ".join(self.missing)
            raise ImproperlyConfigured(f"Missing settings (required because DEBUG is false): {names}")


required = Requirements()

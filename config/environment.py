"""The environment: what `config.settings` reads, and the refusal to start without what production needs."""

import os
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR: Final = Path(__file__).resolve().parent.parent
RUNNING_STACK: Final = BASE_DIR / ".data" / "stack.env"

env = Env()
if "DATABASE_URL" not in os.environ and RUNNING_STACK.exists():
    # `make up` runs in another terminal: commands typed here talk to its servers.
    env.read_env(str(RUNNING_STACK), recurse=False)

DEVELOPMENT: Final[bool] = env.bool("DEBUG", False)


class Requirements:
    """Collects every missing setting before it complains, so that an operator fixes them in one go."""

    def __init__(self) -> None:
        self.missing: list[str] = []

    def secret(self, name: str, development: str) -> str:
        """A setting that has a default in development only."""
        value: str = env.str(name, "")
        if value:
            return value
        if DEVELOPMENT:
            return development
        self.missing.append(name)
        return ""

    def check(self) -> None:
        """Raise ImproperlyConfigured with the name of each setting that is missing."""
        if self.missing:
            names = ", ".join(self.missing)
            raise ImproperlyConfigured(f"Missing settings (required because DEBUG is false): {names}")


required = Requirements()

"""The secrets of API keys: how they are made and compared, and the keys that the environment brings."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare

from accounts.models import Scope

PREFIX: Final = "sbk_"
SHOWN_LENGTH: Final = 12


def new_secret() -> str:
    """A random secret of 256 bits, recognisable by its prefix."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret. A plain hash is enough: nobody can guess 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class EnvironmentKey:
    """A key that the operator put into the environment: the setting it comes from, and what it opens."""

    name: str
    scopes: frozenset[str]


def environment_key(secret: str) -> EnvironmentKey | None:
    """The environment's key with this secret. Settings with one value are one key that opens what each of them does.

    `ADMIN_API_KEY` is optional: without it, `API_KEY` opens the administration too, as TrackImmo documents.
    """
    opened = {
        "API_KEY": {Scope.TRACKIMMO, Scope.PROFILES},
        "ADMIN_API_KEY": {Scope.TRACKIMMO_ADMIN},
        "CHECKOUT_API_KEY": {Scope.CHECKIN},
    }
    if not settings.ADMIN_API_KEY:
        opened["API_KEY"].add(Scope.TRACKIMMO_ADMIN)
    # Digests are compared, all of them, so that neither the time nor the length of a value tells anything.
    asked = digest(secret)
    matching = [name for name in opened if constant_time_compare(digest(getattr(settings, name)), asked)]
    # An unset key is empty, and an empty secret matches nothing.
    if not secret or not matching:
        return None
    return EnvironmentKey(matching[0], frozenset(str(scope) for name in matching for scope in opened[name]))

"""Secrets that we must be able to read again: encrypted at rest with keys that can be rotated.

Fernet (AES-128-CBC and HMAC-SHA-256, https://github.com/fernet/spec) with ENCRYPTION_KEYS: the first encrypts, all
decrypt. `manage.py rotate_secrets` encrypts everything anew with the first; then the others can be taken away.
"""

import hashlib
import hmac
from functools import cache
from typing import Any, Final
from urllib.parse import unquote

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

SHOWN_CHARACTERS: Final = 4
# Of anything shorter, four characters would give too much away.
SHORTEST_SHOWN: Final = 16


class Undecipherable(Exception):
    """None of ENCRYPTION_KEYS opens a stored secret."""


@cache
def _box(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
    except ValueError:
        # What the library says of it shows the key.
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS must be keys of Fernet, 32 random bytes in URL-safe base64 each, with commas between them"
        ) from None


def box() -> MultiFernet:
    """The keys. Raises ImproperlyConfigured if they are none."""
    return _box(settings.ENCRYPTION_KEYS)


def is_of_first_key(stored: str) -> bool:
    """Whether the first key opens it, so that it needs none of the others."""
    first = next(key for key in settings.ENCRYPTION_KEYS.split(",") if key.strip())
    try:
        _box(first).decrypt(stored.encode())
    except InvalidToken:
        return False
    return True


def encrypt(secret: str) -> str:
    """Encrypt with the first key. Nothing stays nothing, so that it can be seen and queried."""
    return box().encrypt(secret.encode()).decode() if secret else ""


def decrypt(stored: str) -> str:
    """What `encrypt` was given. Raises Undecipherable."""
    try:
        return box().decrypt(stored.encode()).decode() if stored else ""
    except InvalidToken:
        raise Undecipherable("None of ENCRYPTION_KEYS opens a stored secret.") from None


def decrypt_if_possible(stored: str) -> str | None:
    """The same, and None where `decrypt` raises: for many at once, of which one must not stand for all."""
    try:
        return decrypt(stored)
    except Undecipherable:
        return None


def fingerprint(secret: str, *, purpose: str) -> str:
    """A keyed hash by which two secrets are told to be equal, and neither is learnt. It changes with SECRET_KEY."""
    key = f"{purpose}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def masked(secret: str) -> str:
    """`…` and the last four letters and digits, for people to tell secrets apart; of short ones nothing.

    Many secrets end alike, in padding that is percent-encoded: it is passed over, encoded or not.
    """
    end = unquote(secret)[-SHORTEST_SHOWN:] if len(secret) >= SHORTEST_SHOWN else ""
    return f"…{''.join(filter(str.isalnum, end))[-SHOWN_CHARACTERS:]}" if secret else ""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic in the stubs only
    """Text that is encrypted in the database and plain in Python. Nobody can search it; `dumpdata` leaves it out."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        super().__init__(*args, **{**options, "serialize": False})

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:  # noqa: ANN401
        """Decrypt. Raises Undecipherable."""
        return None if value is None else decrypt(value)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:  # noqa: ANN401 -- Django's own
        """Encrypt a value; expressions pass."""
        return super().get_db_prep_save(encrypt(value) if isinstance(value, str) else value, connection)

"""The keys that sign tokens, as the environment names them."""

from functools import lru_cache
from typing import Final

from django.core.exceptions import ImproperlyConfigured

MIN_SECRET_LENGTH: Final = 32


@lru_cache(maxsize=4)
def parse_signing_keys(setting: str) -> dict[str, str]:
    """`"kid:secret,kid2:secret2"` as a mapping in that order. Raises ImproperlyConfigured."""
    keys: dict[str, str] = {}
    for pair in filter(None, map(str.strip, setting.split(","))):
        kid, colon, secret = pair.partition(":")
        if not (kid and colon) or kid in keys:
            raise ImproperlyConfigured("JWT_SIGNING_KEYS must read kid:secret,kid2:secret2 with each kid once.")
        if len(secret) < MIN_SECRET_LENGTH:
            raise ImproperlyConfigured(
                f"JWT_SIGNING_KEYS: the secret of {kid} is under {MIN_SECRET_LENGTH} characters."
            )
        keys[kid] = secret
    if not keys:
        raise ImproperlyConfigured("JWT_SIGNING_KEYS holds no key.")
    return keys

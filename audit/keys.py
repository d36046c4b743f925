"""The keys that sign checkpoints: AUDIT_SIGNING_KEYS, the first signs, all verify."""

import base64
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.checkpoints import key_id

SEED_BYTES: Final = 32


def signing_key() -> Ed25519PrivateKey:
    """The key that signs. Raises ImproperlyConfigured if one of the setting is none, or all are missing."""
    return _keys(settings.AUDIT_SIGNING_KEYS)[0]


def public_keys() -> dict[str, Ed25519PublicKey]:
    """The keys that verify, by their ids. Raises ImproperlyConfigured."""
    keys = [key.public_key() for key in _keys(settings.AUDIT_SIGNING_KEYS)]
    return {key_id(key): key for key in keys}


def public_pem() -> str:
    """The keys that verify as an auditor takes them: PEM blocks, one after another. Raises ImproperlyConfigured."""
    blocks = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in public_keys().values()]
    return b"".join(blocks).decode()


@cache
def _keys(setting: str) -> tuple[Ed25519PrivateKey, ...]:
    seeds = [_seed(text.strip()) for text in setting.split(",") if text.strip()]
    if not seeds:
        raise ImproperlyConfigured("AUDIT_SIGNING_KEYS has no key: `openssl rand -base64 32` makes one.")
    return tuple(Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds)


def _seed(text: str) -> bytes:
    try:
        seed = base64.b64decode(text, validate=True)
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        # What was given is not shown: it may be a key with a slip in it.
        raise ImproperlyConfigured(
            "AUDIT_SIGNING_KEYS must be 32 random bytes in base64 each, with commas between them:"
            " `openssl rand -base64 32` makes one."
        )
    return seed

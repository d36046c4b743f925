"""Signed checkpoints: what a hash chain by itself does not show, that it was cut short or computed anew.

A checkpoint states how many entries an organization's log had at a time, and the hash of the last of them. The
statement's canonical JSON (see `audit.chain`) is signed with Ed25519. Needs no Django and no database.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.chain import canonical, time_text

Kind = Literal["head", "seal"]
KEY_ID_LENGTH: Final = 16
# As PostgreSQL and MongoDB count.
MOST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Statement:
    """The log had `size` entries, the last with the hash `root`. After one of kind "seal" they were deleted."""

    kind: str
    organization_id: UUID
    size: int
    root: str
    created_at: datetime
    key_id: str

    def plain(self) -> dict[str, Any]:
        """As JSON: what is signed is its canonical spelling."""
        return {
            **asdict(self),
            "organization_id": str(self.organization_id),
            "created_at": time_text(self.created_at),
        }


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A statement and its signature, in hex."""

    statement: Statement
    signature: str

    @property
    def size(self) -> int:
        """How many entries there were."""
        return self.statement.size

    @property
    def root(self) -> str:
        """The hash of the last of them."""
        return self.statement.root

    def exported(self) -> dict[str, Any]:
        """As it stands in the file and in exports."""
        return {**self.statement.plain(), "signature": self.signature}

    def is_of_one_of(self, keys: Mapping[str, Ed25519PublicKey]) -> bool:
        """Whether the key that it names is among them: without it nobody can say whether the signature is right."""
        return self.statement.key_id in keys

    def is_signed_by(self, keys: Mapping[str, Ed25519PublicKey]) -> bool:
        """Whether one of the keys, by their ids, made the signature."""
        key = keys.get(self.statement.key_id)
        if key is None:
            return False
        try:
            key.verify(bytes.fromhex(self.signature), canonical(self.statement.plain()))
        except (InvalidSignature, ValueError, OverflowError):
            return False
        return True


def signed(statement: Statement, key: Ed25519PrivateKey) -> Checkpoint:
    """The statement with its signature."""
    return Checkpoint(statement, key.sign(canonical(statement.plain())).hex())


def parsed(exported: Mapping[str, Any]) -> Checkpoint:
    """What `exported` gave. Raises KeyError, TypeError and ValueError if it is none."""
    size = exported["size"]
    if type(size) is not int:
        raise TypeError("The size is no whole number.")
    if not 1 <= size <= MOST:
        raise ValueError("No log has that many entries.")
    statement = Statement(
        kind=str(exported["kind"]),
        organization_id=UUID(exported["organization_id"]),
        size=size,
        root=str(exported["root"]),
        created_at=datetime.fromisoformat(exported["created_at"]),
        key_id=str(exported["key_id"]),
    )
    return Checkpoint(statement, str(exported["signature"]))


def key_id(key: Ed25519PublicKey) -> str:
    """The name of a key: the beginning of the SHA-256 of its 32 bytes, in hex."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:KEY_ID_LENGTH]

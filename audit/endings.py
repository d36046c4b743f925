"""The last line of a whole export: where it ended, signed, so that an export without its end is known for one.

It proves nothing of the entries: what was exported may be younger than the last checkpoint. Its fields are other than a
checkpoint's, so that its signature is not one of a checkpoint. Needs no Django and no database.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.chain import canonical, time_text
from audit.checkpoints import key_id


@dataclass(frozen=True, slots=True)
class Ending:
    """The export has so many `entries` and `checkpoints`; the last entry has the number `size` and the hash `head`."""

    organization_id: str
    entries: int
    checkpoints: int
    size: int
    head: str
    created_at: str
    key_id: str
    signature: str = ""

    @classmethod
    def signed(
        cls,
        key: Ed25519PrivateKey,
        *,
        organization_id: str,
        counts: tuple[int, int],
        last: tuple[int, str],
        at: datetime,
    ) -> Self:
        """The ending of an export that was made then, with the counts of both kinds of lines, and its last entry."""
        told = (organization_id, *counts, *last, time_text(at), key_id(key.public_key()))
        return cls(*told, key.sign(canonical(cls(*told).statement())).hex())

    @classmethod
    def parsed(cls, exported: Mapping[str, Any]) -> Self:
        """What `asdict` gave. Raises TypeError and KeyError if it is none."""
        if not isinstance(exported["key_id"], str):
            raise TypeError("The name of the key is no text.")
        return cls(**exported)

    def statement(self) -> dict[str, Any]:
        """What is signed: its canonical JSON."""
        return {"kind": "export", **{name: value for name, value in asdict(self).items() if name != "signature"}}

    def is_signed_by(self, keys: Mapping[str, Ed25519PublicKey]) -> bool:
        """Whether one of the keys, by their ids, made the signature."""
        key = keys.get(self.key_id)
        if key is None:
            return False
        try:
            key.verify(bytes.fromhex(self.signature), canonical(self.statement()))
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True

"""Identities cached in Redis: how they are named, and how they are forgotten.

What a request needs to know of its caller is cached by the gate under the credentials' own key, one per login session
and one per API key. A key that is absent is read from PostgreSQL, so losing Redis never lets anybody in.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from redis import RedisError

from core import gate, outbox, tenancy

logger = structlog.get_logger(__name__)

IDENTITY_CHANGED: Final = "accounts.identity_changed"


def session_identity_key(session_id: UUID) -> str:
    """Where the identity of a login session is cached."""
    return f"identity:session:{session_id}"


def api_key_identity_key(secret_sha256: str) -> str:
    """Where the identity of an API key is cached."""
    return f"identity:key:{secret_sha256}"


@dataclass(frozen=True, slots=True)
class Forget:
    """Forgets identities when called. A Redis that is down is logged: the event makes up for it."""

    identity_keys: Sequence[str]

    def __call__(self) -> None:
        try:
            gate.forget(*self.identity_keys)
        except RedisError as error:
            logger.warning("identity_not_forgotten", error=str(error))


def forget_after_commit(identities: Iterable[tuple[UUID, str]]) -> None:
    """Make the next request of each (organization, identity key) read its identity anew. In a transaction.

    Twice: right after the commit, which takes effect at once, and by an outbox event, so that nothing is lost if Redis
    is down or the process dies at that moment.
    """
    keys_of_organization: dict[UUID, list[str]] = defaultdict(list)
    for organization_id, identity_key in identities:
        keys_of_organization[organization_id].append(identity_key)
    for organization_id, keys in keys_of_organization.items():
        # Registered first, so that it does not wait for the broker, which the event's relay is woken through.
        transaction.on_commit(Forget(keys), robust=True)
        with tenancy.scope(organization_id):
            outbox.publish(IDENTITY_CHANGED, {"identity_keys": keys})

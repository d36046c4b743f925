"""Identities cached in Redis: how they are named, and how they are forgotten.

What a request needs to know of its caller is cached by the gate under the credentials' own key, one per login session
and one per API key. A key that is absent is read from PostgreSQL, so losing Redis never lets anybody in.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from core import gate, outbox, tenancy

IDENTITY_CHANGED: Final = "accounts.identity_changed"


def session_identity_key(session_id: UUID) -> str:
    """Where the identity of a login session is cached."""
    return f"identity:session:{session_id}"


def api_key_identity_key(secret_sha256: str) -> str:
    """Where the identity of an API key is cached."""
    return f"identity:key:{secret_sha256}"


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
        transaction.on_commit(partial(gate.forget, *keys), robust=True)
        with tenancy.scope(organization_id):
            outbox.publish(IDENTITY_CHANGED, {"identity_keys": keys})

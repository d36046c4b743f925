"""Appending to an organization's chain: the only way into the log.

Whoever appends holds the lock on the chain's row, in one transaction: MongoDB gets the entries first, and then the row
says that there are more. If the process dies between the two, the next relay finds entries beyond the row's `size`. It
adopts what is exactly what the outbox has for them; anything else somebody wrote who must not.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable
from pymongo.errors import BulkWriteError

from audit.chain import chained
from audit.documents import AUDIT_LOGS
from audit.models import Chain
from audit.services.entries import LINKS, Entry, entry_from
from audit.services.locking import lock_chain
from audit.services.writing import TOPIC
from core import mongo, outbox
from core.outbox.models import OutboxEvent

DUPLICATE_KEY: Final = 11000
# More than one batch is never beyond the row.
MOST_ADOPTED: Final = 10_000

logger = structlog.get_logger(__name__)


def append(*, events: Sequence[outbox.Event]) -> None:
    """Append an entry for each event of the scope's organization, unless it is there, and adopt what is not counted.

    Raises Retry while MongoDB is down, Retry of these events only while another relay has the lock or while there are
    entries that nobody recorded, and Reject if a stored entry is not what was recorded.
    """
    try:
        with mongo.retry_while_down(), transaction.atomic():
            _append(lock_chain(), [entry_from(event) for event in events])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise outbox.Retry("Another relay appends to this organization's log.", event_only=True) from error
    except BulkWriteError as error:
        if any(failure["code"] != DUPLICATE_KEY for failure in error.details["writeErrors"]):
            raise
        # The lock was lost with the connection, and whoever has it now was quicker.
        raise outbox.Retry("Another relay has appended to this organization's log.", event_only=True) from error


def _append(chain: Chain, entries: Sequence[Entry]) -> None:
    stored = _stored(entries)
    _adopt(chain)
    links = list(chained((entry for entry in entries if entry["_id"] not in stored), size=chain.size, head=chain.head))
    if links:
        AUDIT_LOGS.here().insert_many(links)
        chain.size, chain.head = links[-1]["seq"], links[-1]["hash"]
    chain.save(update_fields=["size", "head"])


def _stored(entries: Sequence[Entry]) -> set[Any]:
    """The ids of those that are stored. Raises Reject for one whose stored content is another."""
    here = AUDIT_LOGS.here()
    by_id = {entry["_id"]: entry for entry in entries}
    found = {one["_id"]: one for one in here.find({"_id": {"$in": list(by_id)}})}
    for entry_id, one in found.items():
        if _without_links(one) != by_id[entry_id]:
            raise outbox.Reject(str(mongo.DocumentDiffers(entry_id)))
    return set(found)


def _adopt(chain: Chain) -> None:
    """Count the entries beyond the row that a relay wrote before it died. Raises Retry if somebody else wrote them."""
    beyond = list(AUDIT_LOGS.here().find({"seq": {"$gt": chain.size}}).sort("seq", 1).limit(MOST_ADOPTED))
    if not beyond:
        return
    events = OutboxEvent.objects.filter(topic=TOPIC, pk__in=[one["_id"] for one in beyond])
    recorded = {event.pk: entry_from(event) for event in events}
    for one in beyond:
        entry = recorded.get(one["_id"])
        if entry is None or one != next(chained([entry], size=chain.size, head=chain.head)):
            logger.error("audit_alien_entry", organization_id=str(chain.organization_id), seq=one["seq"])
            raise outbox.Retry(
                f"The log has an entry {one['seq']} that was not recorded; {chain.size} were written.",
                event_only=True,
            )
        chain.size, chain.head = one["seq"], one["hash"]


def _without_links(entry: Mapping[str, Any]) -> Entry:
    return {name: value for name, value in entry.items() if name not in LINKS}

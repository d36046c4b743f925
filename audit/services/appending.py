"""Appending to an organization's chain: the only way into the log.

Whoever appends holds the lock on the chain's row, in one transaction: MongoDB gets the entries first, and then the row
says that there are more. If the process dies between the two, the next relay finds entries beyond the row's `size`. It
adopts what is exactly what the outbox has for them; anything else somebody wrote who must not.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from pymongo.errors import BulkWriteError

from audit.chain import chained
from audit.documents import AUDIT_LOGS
from audit.models import Chain
from audit.services.entries import LINKS, Entry, entry_from
from audit.services.locking import ChainIsLocked, locked_chain
from audit.services.signing import Place, sign_if_due
from audit.services.uncounted import Unrecorded, uncounted
from core import mongo, outbox

DUPLICATE_KEY: Final = 11000

logger = structlog.get_logger(__name__)


def append(*, events: Sequence[outbox.Event]) -> None:
    """Append an entry for each event of the scope's organization, unless it is there, and adopt what is not counted.

    Raises Retry while MongoDB is down or the file of checkpoints cannot be written, Retry of these events only while
    another relay has the lock or there are entries that nobody recorded, and Reject if a stored entry is not what was
    recorded.
    """
    try:
        with mongo.retry_while_down(), locked_chain() as chain:
            _append(chain, [entry_from(event) for event in events])
    except ChainIsLocked as error:
        raise outbox.Retry(str(error), event_only=True) from error
    except Unrecorded as error:
        logger.error("audit_unrecorded_entry", organization_id=str(chain.organization_id), seq=str(error.seq))
        raise outbox.Retry(str(error), event_only=True) from error
    except BulkWriteError as error:
        if any(failure["code"] != DUPLICATE_KEY for failure in error.details["writeErrors"]):
            raise
        # The lock was lost with the connection, and whoever has it now was quicker.
        raise outbox.Retry("Another relay has appended to this organization's log.", event_only=True) from error


def _append(chain: Chain, entries: Sequence[Entry]) -> None:
    before = Place(chain.size, chain.head)
    stored = _stored(entries)
    # Until there are no more: each relay that could not commit may have left a batch.
    while adopted := uncounted(chain):
        stored.update(entry["_id"] for entry in adopted)
        chain.size, chain.head = adopted[-1]["seq"], adopted[-1]["hash"]
    new = [entry for entry in entries if entry["_id"] not in stored]
    links = list(chained(new, size=chain.size, head=chain.head))
    if links:
        AUDIT_LOGS.here().insert_many(links)
        chain.size, chain.head = links[-1]["seq"], links[-1]["hash"]
    chain.save(update_fields=["size", "head"])
    sign_if_due(chain, before=before)


def _stored(entries: Sequence[Entry]) -> set[Any]:
    """The ids of those that are stored. Raises Reject for one whose stored content is another."""
    by_id = {entry["_id"]: entry for entry in entries}
    found = list(AUDIT_LOGS.here().reading_anything().find({"_id": {"$in": list(by_id)}}))
    for one in found:
        if _without_links(one) != by_id[one["_id"]]:
            raise outbox.Reject(str(mongo.DocumentDiffers(one["_id"])))
    return {one["_id"] for one in found}


def _without_links(entry: Mapping[str, Any]) -> Entry:
    return {name: value for name, value in entry.items() if name not in LINKS}

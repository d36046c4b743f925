"""Counting events into the sums of their quarters of an hour, exactly once.

A batch is one MongoDB transaction: which of its events are stored already, the others, and their sums. Whoever is
handed an event again, after a crash or beside another relay, finds it stored, and counts nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import structlog
from pymongo.errors import BulkWriteError, PyMongoError

from analytics import rollups
from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS, MetricEvent
from analytics.numbers import stored
from core import mongo, outbox
from core.scope import current_organization_id

DUPLICATE_KEY: Final = 11000
# An event that was stored since the transaction began is found by the next one.
MOST_TRIES: Final = 3

logger = structlog.get_logger(__name__)


def count(*, events: Sequence[outbox.Event]) -> None:
    """Store the events of the scope's organization that are not stored yet, and count those.

    Raises Retry while MongoDB is down or others are in the way for too long, and Reject if something else is stored
    under the id of an event of the platform's own. Of a client's events with one id the first one counts.
    """
    documents = {event.id: _document(event) for event in events}
    by_client = {event.id for event in events if event.payload.get("by_client")}
    for attempt in range(MOST_TRIES):
        try:
            with mongo.retry_while_down():
                mongo.in_transaction(lambda session: _count(documents, by_client, session))
        except BulkWriteError as error:
            if attempt == MOST_TRIES - 1 or not _is_duplicate(error):
                raise
        else:
            return


def _count(documents: Mapping[UUID, MetricEvent], by_client: set[UUID], session: mongo.Session) -> None:
    new = {**documents}
    for found in METRIC_EVENTS.here().find({"_id": {"$in": list(documents)}}, session=session):
        event = new.pop(found["_id"])
        if event != found and event["_id"] not in by_client:
            raise outbox.Reject(str(mongo.DocumentDiffers(event["_id"])))
        if event != found:
            logger.warning("metric_event_given_again", event_id=str(event["_id"]), metric=event["metric"])
    if not new:
        return
    METRIC_EVENTS.here().insert_many(list(new.values()), session=session)
    METRIC_ROLLUPS.here().update_each(
        [
            ({"_id": rollups.rollup_id(current_organization_id(), bucket)}, rollups.added(bucket, sums))
            for bucket, sums in rollups.summed(new.values()).items()
        ],
        upsert=True,
        session=session,
    )


def _document(event: outbox.Event) -> MetricEvent:
    payload: Mapping[str, Any] = event.payload
    value = payload["value"]
    return {
        "_id": event.id,
        "organization_id": event.organization_id,
        "metric": payload["metric"],
        "value": stored(value if isinstance(value, int) else Decimal(value)),
        "at": datetime.fromisoformat(payload["at"]),
        "dimensions": payload["dimensions"],
    }


def _is_duplicate(error: PyMongoError) -> bool:
    return isinstance(error, BulkWriteError) and any(
        failure["code"] == DUPLICATE_KEY for failure in error.details["writeErrors"]
    )

"""What check-in's events cause."""

from collections.abc import Callable, Sequence
from uuid import UUID

from checkin import services
from checkin.errors import UpstreamRefused, UpstreamUnavailable
from core.outbox import Event, Reject, Retry, consumer

BATCH_SIZE = 50


@consumer(services.TELL_UPSTREAM, batch_size=BATCH_SIZE)
def tell_upstream(events: Sequence[Event]) -> None:
    """Tell the upstream which tokens its users have by now."""
    _do(services.tell_upstream, events)


@consumer(services.REPORT, batch_size=BATCH_SIZE)
def report(events: Sequence[Event]) -> None:
    """Report to the upstream how its users' sessions are."""
    _do(services.report_to_upstream, events)


def _do(work: Callable[[Sequence[UUID]], None], events: Sequence[Event]) -> None:
    """An upstream that refuses everything waits for its operator; one that refuses an event parks that event."""
    try:
        work([UUID(event.payload["session_id"]) for event in events])
    except UpstreamUnavailable as error:
        raise Retry(error.message) from error
    except UpstreamRefused as error:
        if not services.check_connection():
            raise Retry(error.message) from error
        raise Reject(error.message) from error

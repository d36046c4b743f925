"""One claimed batch on its way through its consumer."""

import time
from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import contextmanager
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from structlog.contextvars import bound_contextvars

from core import scope
from core.actor import Origin, origin_of
from core.outbox import store
from core.outbox.consuming import Consumer
from core.outbox.event import Event, Reject, Retry

logger = structlog.get_logger(__name__)

LONGEST_ERROR: Final = 2000
NEVER_CAME_BACK: Final = f"Gave up after {store.MAX_ATTEMPTS} attempts: the process died while it was handled."


class Delivery:
    """Hands a batch over, part by part, and marks each event by what became of it.

    What a killed process held comes back when the lease runs out. Such events are handed over alone, so that the one
    which kills cannot use up the attempts of its neighbours.
    """

    def __init__(self, consumer: Consumer, token: UUID, events: Sequence[Event]) -> None:
        self.delivered = 0
        self.destination_is_down = False
        self._consumer = consumer
        self._token = token
        self._events = events
        self._held = {event.id for event in events}
        # Handed over and not yet marked: that is done together with the beginning of the next part.
        self._done: list[UUID] = []
        self._renew_after = time.monotonic() + settings.OUTBOX_LEASE_SECONDS / 3

    def run(self, *, deadline: float) -> None:
        """Hand over until all is done, the destination is down, or `time.monotonic()` passes `deadline`."""
        self._park_the_hopeless()
        try:
            for part in self._parts():
                if self.destination_is_down or time.monotonic() > deadline:
                    break
                self._begin(part)
        finally:
            if self._done:
                self._account_for(store.complete(self._token, self._done))
        if self._held:
            store.release(self._token, self._held)
        if self.delivered and not self.destination_is_down:
            store.forget_failures(self._consumer.topic)

    def _park_the_hopeless(self) -> None:
        hopeless = [event.id for event in self._events if event.attempts >= store.MAX_ATTEMPTS]
        if hopeless:
            store.park(self._token, hopeless, error=NEVER_CAME_BACK)
            self._held.difference_update(hopeless)
            logger.error("outbox_parked", topic=self._consumer.topic, events=[str(one) for one in hopeless])

    def _parts(self) -> Iterator[Sequence[Event]]:
        """What is handed over together: one organization's events if the consumer takes many, else single ones."""
        events = [event for event in self._events if event.id in self._held]
        together = [event for event in events if self._goes_together(event)]
        together.sort(key=lambda event: event.organization_id)
        for _, part in groupby(together, key=lambda event: event.organization_id):
            yield list(part)
        yield from ([event] for event in events if not self._goes_together(event))

    def _goes_together(self, event: Event) -> bool:
        return self._consumer.takes_many and event.attempts == 0

    def _begin(self, part: Sequence[Event]) -> None:
        ids = {event.id for event in part}
        renewed = ids
        if time.monotonic() > self._renew_after:
            renewed = set(self._held)
            self._renew_after = time.monotonic() + settings.OUTBOX_LEASE_SECONDS / 3
        still_ours = store.begin(self._token, ids, held=renewed, done=self._done)
        self._account_for(still_ours)
        if lost := renewed - still_ours:
            self._lost(lost)
        if mine := [event for event in part if event.id in self._held]:
            self._hand_over(mine)

    def _hand_over(self, part: Sequence[Event]) -> None:
        """Run the consumer and mark the outcome; a batch that fails is halved until the bad event stands alone."""
        ids = [event.id for event in part]
        try:
            with self._context(part):
                self._consumer.handle(part)
        except Retry as retry:
            store.postpone(self._token, ids, reason=_storable(retry.reason), longest=retry.longest_wait_seconds)
            if not retry.event_only:
                self._pause(retry)
        except Exception as error:
            if len(part) > 1:
                self._halve(part)
                return
            self._give_back(part[0], error)
        else:
            self._done.extend(ids)
        self._held.difference_update(ids)

    def _halve(self, part: Sequence[Event]) -> None:
        middle = len(part) // 2
        for half in (part[:middle], part[middle:]):
            if self.destination_is_down:
                # They were begun with the others: the attempt is taken back.
                store.postpone(self._token, [event.id for event in half], reason="", longest=1)
                self._held.difference_update(event.id for event in half)
            else:
                self._hand_over(half)

    def _account_for(self, marked: Set[UUID]) -> None:
        """What was done is delivered, as far as it was still ours to mark."""
        self.delivered += len(marked & set(self._done))
        if lost := set(self._done) - marked:
            self._lost(lost)
        self._done.clear()

    def _lost(self, ids: Collection[UUID]) -> None:
        """Another relay took them over, because we held them for longer than the lease."""
        logger.warning("outbox_lease_lost", topic=self._consumer.topic, events=[str(event_id) for event_id in ids])
        self._held.difference_update(ids)

    def _give_back(self, event: Event, error: Exception) -> None:
        message = _storable(error.reason if isinstance(error, Reject) else f"{type(error).__name__}: {error}")
        if isinstance(error, Reject):
            store.park(self._token, [event.id], error=message)
        else:
            store.fail(self._token, [event.id], error=message)
        logger.error(
            "outbox_attempt_failed",
            topic=event.topic,
            event_id=str(event.id),
            attempt=event.attempts + 1,
            error=message,
            exc_info=None if isinstance(error, Reject) else error,
        )

    def _pause(self, retry: Retry) -> None:
        self.destination_is_down = True
        if self.delivered or self._done:
            # It answered a moment ago: this is a first failure, whatever was before.
            store.forget_failures(self._consumer.topic)
        store.pause(self._consumer.topic, reason=_storable(retry.reason), longest=retry.longest_wait_seconds)
        logger.warning("outbox_topic_paused", topic=self._consumer.topic, reason=retry.reason)

    @contextmanager
    def _context(self, part: Sequence[Event]) -> Iterator[None]:
        """The scope, and the publisher's request id if all of the part have the same."""
        request_ids = {event.request_id for event in part}
        request_id = request_ids.pop() if len(request_ids) == 1 else ""
        with (
            scope.scope(part[0].organization_id),
            origin_of(Origin(request_id=request_id)),
            bound_contextvars(request_id=request_id, topic=self._consumer.topic),
        ):
            yield


def _storable(message: str) -> str:
    """An error's words as PostgreSQL can store them."""
    return message.replace("\x00", "")[:LONGEST_ERROR]

"""The consumers: one per topic, declared in the apps' `consumers.py`."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, overload

from core.outbox.event import Event

ONE_BY_ONE_CLAIM: Final = 20
TakesOne = Callable[[Event], None]
TakesMany = Callable[[Sequence[Event]], None]
Around = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who takes a topic's events: `claim_size` at a time are claimed, and handed over all together or one by one.

    `around` opens what the events of one relay's run share.
    """

    topic: str
    handle: TakesMany
    claim_size: int
    takes_many: bool
    around: Around = nullcontext


class UnknownTopic(LookupError):
    """No app consumes this topic."""


_consumers: Final[dict[str, Consumer]] = {}


@overload
def consumer(topic: str, *, around: Around = nullcontext) -> Callable[[TakesOne], TakesOne]: ...
@overload
def consumer(topic: str, *, batch_size: int) -> Callable[[TakesMany], TakesMany]: ...
def consumer(topic: str, *, batch_size: int | None = None, around: Around = nullcontext) -> Callable[[Any], Any]:
    """Declare the decorated function the consumer of `topic`.

    Without `batch_size` it takes one Event; with it, a sequence of at most that many, all of one organization. It runs
    in the organization's scope, with the publisher's request id, outside any transaction. It raises Retry or Reject, or
    any other error, which counts as a failed attempt. A batch that fails is halved until the bad event stands alone.
    What the events may share (a connection) is opened by `around`, a context manager that spans a run of the relay.
    """

    def register(handle: Any) -> Any:  # noqa: ANN401 -- either kind of handler, returned as it came
        if topic in _consumers:
            raise ValueError(f"The topic {topic} has a consumer already: {_consumers[topic].handle!r}.")
        if batch_size is None:
            _consumers[topic] = Consumer(
                topic, lambda events: handle(events[0]), ONE_BY_ONE_CLAIM, takes_many=False, around=around
            )
        else:
            _consumers[topic] = Consumer(topic, handle, batch_size, takes_many=True)
        return handle

    return register


def forget_consumer(topic: str) -> None:
    """Undo `consumer`; for tests that declare one."""
    del _consumers[topic]


def consumer_of(topic: str) -> Consumer:
    """The consumer of `topic`. Raises UnknownTopic."""
    try:
        return _consumers[topic]
    except KeyError:
        raise UnknownTopic(f"No app consumes the topic {topic!r}.") from None


def topics() -> Collection[str]:
    """Every topic that has a consumer."""
    return _consumers.keys()

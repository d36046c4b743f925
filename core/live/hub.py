"""All open streams of a process, and what each of them hears."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from prometheus_client import Counter, Gauge

from core.live.frames import frame_of, gap
from core.live.messages import decode
from core.live.watcher import Ending, Watcher

streams = Gauge("switchboard_live_streams", "Open streams of live events.", multiprocess_mode="livesum")
endings = Counter("switchboard_live_streams_ended_total", "Streams of live events that ended.", ["reason"])


class Hub:
    """Lives in the event loop."""

    def __init__(self) -> None:
        self._watchers: defaultdict[UUID, set[Watcher]] = defaultdict(set)

    def __iter__(self) -> Iterator[Watcher]:
        return (watcher for watchers in self._watchers.values() for watcher in watchers)

    def add(self, watcher: Watcher) -> None:
        """From now on it hears what happens."""
        self._watchers[watcher.stream.actor.organization_id].add(watcher)
        streams.inc()

    def remove(self, watcher: Watcher) -> None:
        """It hears nothing any more, for the reason that it ended with."""
        organization_id = watcher.stream.actor.organization_id
        self._watchers[organization_id].remove(watcher)
        if not self._watchers[organization_id]:
            del self._watchers[organization_id]
        streams.dec()
        endings.labels(watcher.ended.result().value).inc()

    def deliver(self, organization_id: UUID, message: bytes) -> None:
        """Pass a message of Redis on to the organization's streams. Raises ValueError if it is none of ours."""
        if organization_id not in self._watchers:
            return
        for event in decode(message):
            frame = frame_of(event)
            for watcher in self._watchers[organization_id]:
                watcher.hear(event, frame)

    def tell_of_gap(self, *, since: datetime) -> None:
        """Tell every stream that events may have been missed."""
        frame = gap(since=since)
        for watcher in self:
            watcher.put(frame)

    def keep_alive(self) -> None:
        """Let no stream be silent for too long."""
        for watcher in self:
            watcher.keep_alive()

    def end_all(self, reason: Ending) -> None:
        """End every stream."""
        for watcher in self:
            watcher.end(reason)

"""Server-sent events as they stand in a stream. Source: the HTML standard, section 9.2, "Server-sent events"."""

from datetime import datetime
from typing import Final
from uuid import uuid4

from core.live.messages import LiveEvent
from core.rendering import to_json

RETRY_MILLISECONDS: Final = 3000
OPENING: Final = f"retry: {RETRY_MILLISECONDS}\n\n".encode()
HEARTBEAT: Final = b": still here\n\n"
GAP: Final = "live.gap"


def frame_of(event: LiveEvent) -> bytes:
    """An event. Its data is one line: JSON has no bare line breaks."""
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (event.id.encode(), event.name.encode(), event.data)


def gap(*, since: datetime) -> bytes:
    """That events from `since` until now may have been missed: whoever must know them reads the API again."""
    return frame_of(LiveEvent(str(uuid4()), GAP, to_json({"since": since})))

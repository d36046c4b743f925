"""What accounts does with its own events."""

from typing import Final

from redis import RedisError

from accounts.identity import IDENTITY_CHANGED
from core import gate, outbox

# Until then, who was locked out while Redis was down may still be let in by what Redis remembers.
LONGEST_WAIT_SECONDS: Final = 2


@outbox.consumer(IDENTITY_CHANGED)
def forget_identity(event: outbox.Event) -> None:
    """Forget cached identities again: the first time, right after the commit, may have met a Redis that was down."""
    try:
        gate.forget(*event.payload["identity_keys"])
    except RedisError as error:
        raise outbox.Retry(f"Redis is down: {error}", longest_wait_seconds=LONGEST_WAIT_SECONDS) from error

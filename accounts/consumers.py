"""What accounts does with its own events."""

from redis import RedisError

from accounts.identity import IDENTITY_CHANGED
from core import gate, outbox


@outbox.consumer(IDENTITY_CHANGED)
def forget_identity(event: outbox.Event) -> None:
    """Forget cached identities again: the first time, right after the commit, may have met a Redis that was down."""
    try:
        gate.forget(*event.payload["identity_keys"])
    except RedisError as error:
        raise outbox.Retry(f"Redis is down: {error}") from error

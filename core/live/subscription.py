"""The one subscription of a process: everything that is announced, as it comes out of Redis."""

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import TimeoutError as NoAnswer

from core.live.hub import Hub
from core.live.messages import CHANNELS, organization_of

logger = structlog.get_logger(__name__)

QUIET_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 0.5


class Subscription:
    """Follows the channels of all organizations, for as long as the process lives, whatever happens to Redis."""

    def __init__(self, hub: Hub) -> None:
        self.is_on = asyncio.Event()
        self._hub = hub
        self._heard_at = datetime.now(UTC)
        self._lost_at: datetime | None = None

    async def follow(self) -> None:
        """Never returns. While Redis is away, the streams stay open; when it is back they are told of the gap."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if self._lost_at is None:
                    self._lost_at = self._heard_at
                    logger.warning("live_events_interrupted", error=str(error))
            self.is_on.clear()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        # Without retries of its own: a connection that came back by itself would hide the gap.
        redis = Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=1,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),
        )
        async with redis, redis.pubsub() as pubsub:
            await pubsub.psubscribe(CHANNELS)
            while True:
                self._take(await self._next(pubsub))
                await asyncio.sleep(0)  # a burst must not keep the streams from sending

    @staticmethod
    async def _next(pubsub: PubSub) -> dict[str, Any]:
        """The next message. Raises RedisError when Redis says nothing, not even when asked whether it is there."""
        message: dict[str, Any] | None = await pubsub.get_message(timeout=QUIET_SECONDS)
        if message is None:
            await pubsub.ping()
            message = await pubsub.get_message(timeout=QUIET_SECONDS)
        if message is None:
            raise NoAnswer("Redis is silent.")
        return message

    def _take(self, message: dict[str, Any]) -> None:
        self._heard_at = datetime.now(UTC)
        if message["type"] == "psubscribe":
            self._begin()
        elif message["type"] == "pmessage" and (organization_id := organization_of(message["channel"])):
            try:
                self._hub.deliver(organization_id, message["data"])
            except ValueError as error:
                logger.warning("live_message_not_understood", channel=message["channel"].decode(), error=str(error))

    def _begin(self) -> None:
        self.is_on.set()
        if self._lost_at is not None:
            logger.info("live_events_resumed", since=self._lost_at.isoformat())
            self._hub.tell_of_gap(since=self._lost_at)
            self._lost_at = None

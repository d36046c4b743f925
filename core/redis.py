"""The Redis protocol: one lazy client per process for limits, identities and heartbeats. The broker is Celery's own."""

from functools import cache

import redis
from django.conf import settings


@cache
def client() -> "redis.Redis":
    """The process's client. Short time-outs: a request would rather go on without Redis than wait for it."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=0.5,
        socket_timeout=1.0,
        socket_keepalive=True,
        health_check_interval=30,
    )

"""Forgetting what was delivered long ago."""

import time
from typing import Final

from django.conf import settings

from core.outbox import store

BATCH: Final = 5000
SECONDS: Final = 30


def delete_delivered() -> int:
    """Delete events delivered more than OUTBOX_RETENTION_DAYS ago, in batches, for at most 30 s; returns how many.

    Each batch is its own statement, so that no lock is held for long. What is left is deleted by the next run.
    """
    deadline = time.monotonic() + SECONDS
    total = 0
    while time.monotonic() < deadline:
        deleted = store.delete_delivered(days=settings.OUTBOX_RETENTION_DAYS, limit=BATCH)
        total += deleted
        if deleted < BATCH:
            break
    return total

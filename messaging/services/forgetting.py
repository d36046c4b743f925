"""Forgetting what WhatsApp told of numbers and accounts that nobody has registered since."""

import time
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from messaging.models import UnroutedWebhook

logger = structlog.get_logger(__name__)

BATCH: Final = 5000
# A worker has a minute for its task.
TASK_SECONDS: Final = 30


def forget_unrouted() -> int:
    """Delete changes that were kept for WHATSAPP_UNROUTED_DAYS (0: none), for 30 s at most. Returns how many.

    They belong to no organization, so that the log is told and no audit log. What a registration is taking in right now
    is left to it. Beat asks for it once a day.
    """
    if not settings.WHATSAPP_UNROUTED_DAYS:
        return 0
    old = UnroutedWebhook.objects.filter(
        received_at__lt=timezone.now() - timedelta(days=settings.WHATSAPP_UNROUTED_DAYS)
    )
    ends_at = time.monotonic() + TASK_SECONDS
    total, deleted = 0, BATCH
    while deleted == BATCH and time.monotonic() < ends_at:
        with transaction.atomic():
            held = old.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:BATCH]
            deleted, _ = UnroutedWebhook.objects.filter(pk__in=list(held)).delete()
        total += deleted
    if total:
        logger.warning("unrouted_webhooks_forgotten", changes=total, older_than_days=settings.WHATSAPP_UNROUTED_DAYS)
    return total

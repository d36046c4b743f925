"""What an operator has an eye on; across organizations, since it is for one machine to see."""

from django.db.models import Count

from messaging.models import CampaignRecipient, UnroutedWebhook, WhatsAppNumber
from messaging.models.campaigns import UNSETTLED


def unsettled_recipients() -> dict[str, int]:
    """How many recipients are queued, are being sent to, or may have got their message."""
    rows = CampaignRecipient.unscoped.filter(status__in=UNSETTLED).order_by().values_list("status")
    return {**dict.fromkeys(map(str, UNSETTLED), 0), **dict(rows.annotate(number=Count("*")))}


def unrouted_webhooks() -> int:
    """How many changes nobody has registered for."""
    return UnroutedWebhook.objects.count()


def paused_numbers() -> int:
    """How many numbers send nothing until somebody resumes them."""
    return WhatsAppNumber.unscoped.filter(paused_at__isnull=False).count()

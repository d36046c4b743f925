"""What is known of WhatsApp's messages, locked: who changes it holds it until his transaction ends."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

from core.scope import current_organization_id
from messaging.documents import STATUSES
from messaging.models import Delivery
from messaging.whatsapp.payloads import Report

BEGIN: Final = """
INSERT INTO messaging_delivery (organization_id, wamid, status, error, created_at)
SELECT %(organization)s, wamid, '', '', statement_timestamp()
FROM unnest(%(wamids)s::text[]) WITH ORDINALITY AS told (wamid, place) ORDER BY place
ON CONFLICT (organization_id, wamid) DO NOTHING
"""


def deliveries_of(wamids: Iterable[str]) -> dict[str, Delivery]:
    """What is known of these messages, locked in one order for all; what nothing was known of begins here.

    Lock these first in a transaction, then recipients, contacts and conversations.
    """
    ordered = sorted(set(wamids))
    if not ordered:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"organization": current_organization_id(), "wamids": ordered})
    locked = Delivery.objects.select_for_update(no_key=True).filter(wamid__in=ordered).order_by("wamid")
    return {delivery.wamid: delivery for delivery in locked}


def advance(delivery: Delivery, report: Report) -> bool:
    """Take a status over, if it is further than what is known. Returns whether it is."""
    if not is_further(report.status, than=delivery.status):
        return False
    delivery.status, delivery.status_at = report.status, report.at
    delivery.error_code, delivery.error = report.error_code, report.error
    return True


def is_further(status: str, *, than: str) -> bool:
    """Whether a message gets on from one status to another; "" is before all."""
    return not than or STATUSES.index(status) > STATUSES.index(than)


def keep(deliveries: Iterable[Delivery]) -> None:
    """Write down what has become of locked deliveries."""
    Delivery.objects.bulk_update(
        list(deliveries), ["message_id", "status", "status_at", "error_code", "error"], batch_size=500
    )

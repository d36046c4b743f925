"""Writing to clients. Whoever has unsubscribed is written to no more: then nothing is queued."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from trackimmo.models import Client, Property
from trackimmo.selectors.sales import with_properties_in_sale
from trackimmo.services.notification.client_mails import notification_mail, reminder_mail, welcome_mail


def queue_welcome(*, client: Client) -> UUID | None:
    """Welcome a new client. Call it in the transaction that creates him, after his cities are set.

    Returns the mail's event id, or None if the client has unsubscribed.
    """
    if client.unsubscribed_at:
        return None
    return welcome_mail(client, cities=client.chosen_cities.all()).queue()


def queue_client_notification(*, client: Client, assignment_ids: Sequence[UUID]) -> UUID | None:
    """Tell the client which sales were just assigned to him. Call it in the transaction that assigns them.

    Returns the mail's event id, or None if the client has unsubscribed.
    """
    if client.unsubscribed_at:
        return None
    sold = Property.objects.filter(assignments__in=assignment_ids).select_related("city")
    return notification_mail(client, sold=with_properties_in_sale(sold)).queue()


def queue_reminder(*, client: Client, due_on: date) -> UUID | None:
    """Tell the client that his report comes on `due_on`. Call it in the transaction that notes that he was told.

    It runs no query but the insert if the caller has prefetched `chosen_cities`. Returns the mail's event id, or None
    if the client has unsubscribed.
    """
    if client.unsubscribed_at:
        return None
    return reminder_mail(client, cities=client.chosen_cities.all(), due_on=due_on).queue()

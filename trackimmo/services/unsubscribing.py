"""Ending the e-mails to a client, at the client's own wish."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from trackimmo.errors import LinkInvalid
from trackimmo.models import Client
from trackimmo.services.notification.links import client_of_token


def read_unsubscribe_token(token: str) -> tuple[UUID, UUID]:
    """The ids of the organization and the client that the token was made for. Raises LinkInvalid."""
    ids = client_of_token(token)
    if ids is None:
        raise LinkInvalid
    return ids


@transaction.atomic
def unsubscribe(*, client_id: UUID) -> Client:
    """Write to the client no more. Doing it again changes nothing. Raises LinkInvalid if the client is gone."""
    client = Client.objects.select_for_update(no_key=True).filter(pk=client_id).first()
    if client is None:
        raise LinkInvalid
    if client.unsubscribed_at is None:
        client.unsubscribed_at = timezone.now()
        client.save(update_fields=["unsubscribed_at", "updated_at"])
        audit.record(
            action="update",
            resource_type="client",
            resource_id=client.pk,
            changes={"unsubscribed_at": (None, client.unsubscribed_at.isoformat())},
        )
    return client

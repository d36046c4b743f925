"""Reads of who gets our e-mails."""

from uuid import UUID

from trackimmo.errors import LinkInvalid
from trackimmo.models import Client


def client_behind_link(client_id: UUID) -> Client:
    """The client of this organization that a link in an e-mail was made for. Raises LinkInvalid if he is gone."""
    client = Client.objects.filter(pk=client_id).first()
    if client is None:
        raise LinkInvalid
    return client

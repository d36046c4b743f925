"""What a job does before it assigns. Nothing here runs inside a transaction."""

from trackimmo.errors import ClientIncomplete
from trackimmo.models import Client
from trackimmo.services import jobs
from trackimmo.services.jobs import Lease


def prepare(lease: Lease, client: Client) -> None:
    """See to it that the client can be served. Raises ClientIncomplete where nothing can be found for him."""
    jobs.report(lease, step="checking_client", percent=10)
    if not client.chosen_cities.exists():
        raise ClientIncomplete(client.pk, missing="chosen cities")
    if not client.property_type_preferences:
        raise ClientIncomplete(client.pk, missing="property type preferences")

"""What administrators try out on a client, and how they undo it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from audit import services as audit
from trackimmo.errors import ClientNotFound, ClientUnavailable
from trackimmo.models import Assignment, Client, ClientStatus, Property
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.assignment import draw_properties
from trackimmo.services.cleanup import hold_jobs
from trackimmo.services.notification import queue_client_notification


@dataclass(frozen=True, slots=True)
class Trial:
    """What a client was given at once, in the order of his e-mail, and whether that e-mail is on its way."""

    client: Client
    properties: tuple[Property, ...]
    email_sent: bool


@transaction.atomic
def process_at_once(*, client_id: UUID, count: int | None = None) -> Trial:
    """Assign properties to an active or test client and queue his notification, without a job and without fetching.

    `count` is the client's own unless told. A client who has unsubscribed, or for whom nothing is eligible, gets no
    e-mail. Raises ClientUnavailable.
    """
    tried = Client.objects.filter(pk=client_id, status__in=[ClientStatus.ACTIVE, ClientStatus.TEST])
    client = tried.select_for_update(no_key=True).first()
    if client is None:
        raise ClientUnavailable(client_id)
    result = draw_properties(
        client=client, count=client.addresses_per_report if count is None else count, today=today_in_paris()
    )
    mail_id = None
    if result.assignment_ids:
        mail_id = queue_client_notification(client=client, assignment_ids=result.assignment_ids)
    audit.record(
        action="execute",
        resource_type="client",
        resource_id=client.pk,
        changes={"properties_assigned": (0, result.assigned_count)},
    )
    given = Property.objects.filter(pk__in=result.property_ids).select_related("city")
    return Trial(client, tuple(given.order_by("city__name", "sale_date", "id")), email_sent=mail_id is not None)


@transaction.atomic
def reset_assignments(*, client_id: UUID) -> int:
    """Take back everything that a client was given, so that it can be given again. Returns how much that was.

    A draw in progress is waited for, and taken back too. Raises ClientNotFound.
    """
    client = Client.objects.select_for_update(no_key=True).only("pk").filter(pk=client_id).first()
    if client is None:
        raise ClientNotFound(client_id)
    hold_jobs(client)
    deleted, _ = Assignment.objects.filter(client=client).delete()
    audit.record(action="update", resource_type="client", resource_id=client_id, changes={"assignments": (deleted, 0)})
    return deleted

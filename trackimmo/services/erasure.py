"""Erasing a person (GDPR, article 17)."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import CharField, Q
from django.db.models.functions import Cast

from audit import services as audit
from core.mail.forgetting import forget_mails
from trackimmo.errors import ClientNotFound
from trackimmo.models import Assignment, Client, Dispatch, ProcessingJob
from trackimmo.services.cleanup import hold_jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedClient:
    """How much of what a client left was deleted with him."""

    assignments: int
    jobs: int
    dispatches: int
    mails: int


@transaction.atomic
def erase_client(*, client_id: UUID) -> ErasedClient:
    """Delete a client of the organization in scope, what he was given, his jobs and the mails about him, for good.

    What the Django admin's history says of him, which is by name, goes too. That it was done is recorded with the id
    and these counts. What the audit log holds of him from before stays: it is append-only, and is kept to prove who did
    what. A job in progress loses its row, and so changes nothing any more.
    Raises ClientNotFound.
    """
    # A draw holds its client: one in progress is waited for.
    client = Client.objects.select_for_update().filter(pk=client_id).first()
    if client is None:
        raise ClientNotFound(client_id)
    hold_jobs(client)
    # His id is in the link that ends his mails, so that those to an earlier address go too, and in alerts.
    mails = forget_mails(to=client.email, about=str(client.pk))
    _forget_in_the_admins_history(client)
    _, rows = client.delete()
    erased = ErasedClient(
        assignments=rows.get(Assignment._meta.label, 0),
        jobs=rows.get(ProcessingJob._meta.label, 0),
        dispatches=rows.get(Dispatch._meta.label, 0),
        mails=mails,
    )
    changes = {name: (count, 0) for name, count in asdict(erased).items()}
    audit.record(action="delete", resource_type="client", resource_id=client_id, changes=changes)
    return erased


def _forget_in_the_admins_history(client: Client) -> None:
    given = Assignment.objects.filter(client=client).order_by().values(text=Cast("pk", CharField()))
    LogEntry.objects.filter(Q(object_id=str(client.pk)) | Q(object_id__in=given)).delete()

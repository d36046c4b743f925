"""Setting clients up, editing them, and ending it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from psycopg.errors import ForeignKeyViolation, UniqueViolation

from audit import services as audit
from core.jsontypes import JSON
from trackimmo.errors import CityJustDeleted, ClientEmailTaken, ClientNotFound, ClientNotReady, UnknownCities
from trackimmo.models import City, Client, ClientStatus, JobStatus, ProcessingJob
from trackimmo.services import notification

DEACTIVATED: Final = "Client deactivated"


class ClientFields(TypedDict, total=False):
    """What is said of a client. `chosen_cities` are ids; what is left out stays as it is, or gets its default."""

    first_name: str
    last_name: str
    email: str
    status: str
    subscription_type: str
    chosen_cities: Sequence[UUID]
    property_type_preferences: Sequence[str]
    addresses_per_report: int
    send_day: int
    language: str
    unsubscribed_at: datetime | None


COLUMNS: Final = tuple(name for name in ClientFields.__annotations__ if name != "chosen_cities")


@transaction.atomic
def create_client(**fields: Unpack[ClientFields]) -> Client:
    """Create a client of the organization in scope; an active one is welcomed by e-mail.

    Raises UnknownCities, ClientNotReady, ClientEmailTaken.
    """
    client = Client()
    chosen = _cities(fields.get("chosen_cities", ()))
    _take_over(client, fields, chosen_ids=[city.pk for city in chosen])
    is_welcome = _becomes_welcome(client)
    with _refusals_in_words():
        client.save(force_insert=True)
        client.chosen_cities.add(*chosen)
        connection.check_constraints()
    _record("create", client, {name: (None, value) for name, value in _facts(client, chosen).items()})
    if is_welcome:
        notification.queue_welcome(client=client)
    return client


@transaction.atomic
def update_client(*, client_id: UUID, **fields: Unpack[ClientFields]) -> Client:
    """Change what is given. Whoever becomes active for the first time is welcomed by e-mail; other edits are silent.

    A client who is active no longer loses the job that waits for a worker: it fails, and alerts nobody. One that is in
    progress finds out by itself. Raises ClientNotFound, UnknownCities, ClientNotReady, ClientEmailTaken.
    """
    client = Client.objects.select_for_update(no_key=True).filter(pk=client_id).first()
    if client is None:
        raise ClientNotFound(client_id)
    chosen = previous = list(client.chosen_cities.all())
    if "chosen_cities" in fields:
        chosen = _cities(fields["chosen_cities"])
    before = _facts(client, previous)
    _take_over(client, fields, chosen_ids=[city.pk for city in chosen])
    after = _facts(client, chosen)
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    is_welcome = before["status"] != ClientStatus.ACTIVE and _becomes_welcome(client)
    if changes:
        columns = [name for name in changes if name in COLUMNS]
        with _refusals_in_words():
            client.save(update_fields=[*columns, "welcomed_at", "updated_at"])
            if "chosen_cities" in changes:
                client.chosen_cities.set(chosen)
                connection.check_constraints()
        _record("update", client, changes)
    if is_welcome:
        notification.queue_welcome(client=client)
    if "status" in fields and client.status != ClientStatus.ACTIVE:
        _end_waiting_job(client)
    return client


def deactivate_client(*, client_id: UUID) -> Client:
    """Make a client inactive, as `update_client` does; once more changes nothing. Raises ClientNotFound."""
    return update_client(client_id=client_id, status=ClientStatus.INACTIVE)


def missing_for_active(*, cities: Collection[object], types: Collection[str]) -> dict[str, list[str]]:
    """What an active client lacks, in words, by field."""
    missing = {}
    if not cities:
        missing["chosen_cities"] = ["An active client needs at least one city."]
    if not types:
        missing["property_type_preferences"] = ["An active client needs at least one property type."]
    return missing


def _take_over(client: Client, fields: ClientFields, *, chosen_ids: Collection[UUID]) -> None:
    """Set what is given, and see that the client can be served as he then is."""
    for name, value in fields.items():
        if name in COLUMNS:
            setattr(client, name, value)
    client.property_type_preferences = list(dict.fromkeys(client.property_type_preferences))
    if client.status == ClientStatus.ACTIVE:
        missing = missing_for_active(cities=chosen_ids, types=client.property_type_preferences)
        if missing:
            raise ClientNotReady(fields=missing)


def _becomes_welcome(client: Client) -> bool:
    """Whether this is the client's beginning, which is noted: there is one."""
    is_beginning = client.status == ClientStatus.ACTIVE and client.welcomed_at is None
    if is_beginning:
        client.welcomed_at = timezone.now()
    return is_beginning


def _cities(city_ids: Sequence[UUID]) -> list[City]:
    found = list(City.objects.filter(pk__in=city_ids))
    known = {city.pk for city in found}
    if unknown := [city_id for city_id in dict.fromkeys(city_ids) if city_id not in known]:
        raise UnknownCities(unknown)
    return found


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """What only the database can tell, since others write at the same time."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise ClientEmailTaken from error
        if isinstance(error.__cause__, ForeignKeyViolation):
            raise CityJustDeleted from error
        raise


def _end_waiting_job(client: Client) -> None:
    """A worker may take the job at this moment: then it is in progress, and none of ours."""
    waiting = ProcessingJob.objects.select_for_update().filter(client=client, status=JobStatus.PENDING).first()
    if waiting is None:
        return
    ProcessingJob.objects.filter(pk=waiting.pk).update(
        status=JobStatus.FAILED, error_message=DEACTIVATED, finished_at=Now(), updated_at=Now()
    )
    audit.record(
        action="execute",
        resource_type="processing_job",
        resource_id=waiting.pk,
        changes={"status": (waiting.status, JobStatus.FAILED), "error_message": (waiting.error_message, DEACTIVATED)},
    )


def _facts(client: Client, chosen: Collection[City]) -> dict[str, JSON]:
    """The client as the audit log keeps him."""
    facts: dict[str, JSON] = {name: getattr(client, name) for name in COLUMNS}
    unsubscribed_at = client.unsubscribed_at
    return facts | {
        "unsubscribed_at": unsubscribed_at.isoformat() if unsubscribed_at else None,
        "chosen_cities": sorted(str(city.pk) for city in chosen),
    }


def _record(action: str, client: Client, changes: Mapping[str, tuple[JSON, JSON]]) -> None:
    audit.record(action=action, resource_type="client", resource_id=client.pk, changes=changes)

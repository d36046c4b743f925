"""Reads of clients and of what they were given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q, Value
from django.db.models.functions import Concat

from core.pages import Page, page_of
from trackimmo.errors import ClientNotFound, ClientUnavailable
from trackimmo.models import Assignment, City, Client, ClientStatus, ProcessingJob

RECENT_JOBS: Final = 10


@dataclass(frozen=True, slots=True)
class AssignedPage:
    """A page of what a client was given, and how much there is in all."""

    success: bool
    client_id: UUID
    total_count: int
    returned_count: int
    properties: Sequence[Assignment]


@dataclass(frozen=True, slots=True)
class ClientDetail:
    """A client, how much he was given, his last jobs and his cities."""

    client: Client
    assigned_properties_count: int
    recent_jobs: Sequence[ProcessingJob]
    cities: Sequence[City]


def active_client(client_id: UUID) -> Client:
    """An active client of this organization. Raises ClientUnavailable."""
    client = Client.objects.filter(pk=client_id, status=ClientStatus.ACTIVE).first()
    if client is None:
        raise ClientUnavailable(client_id)
    return client


def active_client_for_update(client_id: UUID) -> Client:
    """The same as it is now, locked against changes and other draws until the transaction ends."""
    clients = Client.objects.select_for_update(no_key=True)
    client = clients.filter(pk=client_id, status=ClientStatus.ACTIVE).first()
    if client is None:
        raise ClientUnavailable(client_id)
    return client


def client_page(*, limit: int, offset: int, status: str | None = None, search: str = "") -> Page[Client]:
    """This organization's clients with their cities' ids, the newest first; `search` is part of a name or e-mail."""
    clients = Client.objects.prefetch_related(Prefetch("chosen_cities", City.objects.only("pk")))
    if status:
        clients = clients.filter(status=status)
    if search:
        name = Concat("first_name", Value(" "), "last_name")
        clients = clients.alias(name=name).filter(Q(name__icontains=search) | Q(email__icontains=search))
    return page_of(clients, limit=limit, offset=offset)


def assigned_page(client_id: UUID, *, limit: int, offset: int, status: str | None = None) -> AssignedPage:
    """What a client of this organization was given, the newest first, with properties and cities.

    Of one status, if told. Raises ClientNotFound.
    """
    if not Client.objects.filter(pk=client_id).exists():
        raise ClientNotFound(client_id)
    given = Assignment.objects.filter(client_id=client_id)
    if status:
        given = given.filter(status=status)
    page = list(given.select_related("property__city")[offset : offset + limit])
    return AssignedPage(
        success=True, client_id=client_id, total_count=given.count(), returned_count=len(page), properties=page
    )


def client_detail(client_id: UUID) -> ClientDetail:
    """A client of this organization with everything around him. Raises ClientNotFound."""
    client = Client.objects.prefetch_related("chosen_cities").filter(pk=client_id).first()
    if client is None:
        raise ClientNotFound(client_id)
    return ClientDetail(
        client=client,
        assigned_properties_count=Assignment.objects.filter(client=client).count(),
        recent_jobs=list(ProcessingJob.objects.filter(client=client)[:RECENT_JOBS]),
        cities=list(client.chosen_cities.all()),
    )

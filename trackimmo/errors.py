"""What can go wrong in TrackImmo. Nothing here knows HTTP."""

from collections.abc import Iterable
from uuid import UUID

from core.errors import Conflict, Invalid, NotFound, Unavailable


class ClientNotFound(NotFound):
    """No such client in this organization."""

    code = "client_not_found"

    def __init__(self, client_id: UUID) -> None:
        super().__init__(f"Client {client_id} not found")


class ClientUnavailable(NotFound):
    """No such client in this organization, or one that is not processed. The caller is not told which."""

    code = "client_unavailable"

    def __init__(self, client_id: UUID) -> None:
        super().__init__(f"Client {client_id} not found or inactive")


class JobNotFound(NotFound):
    """No such job in this organization."""

    code = "job_not_found"

    def __init__(self, job_id: UUID) -> None:
        super().__init__(f"Job {job_id} not found")


class ClientIncomplete(Invalid):
    """The client cannot be served as he is set up; trying again changes nothing."""

    code = "client_incomplete"

    def __init__(self, client_id: UUID, *, missing: str) -> None:
        super().__init__(f"Client {client_id} has no {missing}")


class WorkerDied(Exception):
    """The last attempt began, and nobody reported its end."""

    def __init__(self, attempt_count: int) -> None:
        super().__init__(f"The worker died during the last of {attempt_count} attempts")


class LeaseLost(Exception):
    """Another worker has taken the job over: what this one did must not count."""


class ClientEmailTaken(Conflict):
    """Another client of the organization has this e-mail address, in whatever case."""

    code = "email_taken"
    default_message = "There is a client with this e-mail address already."

    def __init__(self) -> None:
        super().__init__(fields={"email": [self.default_message]})


class ClientNotReady(Invalid):
    """The client would be active without what he is served by; `fields` says what is missing."""

    code = "client_not_ready"


class UnknownCities(Invalid):
    """Some of the cities are none of this organization."""

    code = "unknown_cities"

    def __init__(self, city_ids: Iterable[UUID]) -> None:
        super().__init__(fields={"chosen_cities": [f"City {city_id} not found." for city_id in city_ids]})


class CityJustDeleted(Conflict):
    """Somebody else deleted one of the cities meanwhile."""

    code = "city_just_deleted"

    def __init__(self) -> None:
        super().__init__(fields={"chosen_cities": ["One of the cities has just been deleted."]})


class CityNotFound(NotFound):
    """No such city in this organization."""

    code = "city_not_found"

    def __init__(self, city_id: UUID) -> None:
        super().__init__(f"City {city_id} not found")


class CityCodeTaken(Conflict):
    """Another city of the organization has this INSEE code."""

    code = "insee_code_taken"
    default_message = "There is a city with this INSEE code already."

    def __init__(self) -> None:
        super().__init__(fields={"insee_code": [self.default_message]})


class AssignmentNotFound(NotFound):
    """The client was not given this property, or there is no such client in this organization."""

    code = "assignment_not_found"

    def __init__(self, *, client_id: UUID, address_id: UUID) -> None:
        super().__init__(f"Address {address_id} of client {client_id} not found")


class SourceUnavailable(Unavailable):
    """A publisher of open data does not give us what it should; a later attempt may get it."""

    code = "source_unavailable"

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(f"{source}: {problem}")


class PreparationTooLong(Unavailable):
    """There was more to fetch than fits into one attempt. What was fetched is kept, and the next goes on from there."""

    code = "preparation_too_long"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Fetching cities and sales took longer than {seconds:.0f} seconds; the next attempt goes on from there"
        )


class ImportsBusy(Unavailable):
    """Other imports of this organization write, and did not end while we waited."""

    code = "imports_busy"
    default_message = "Another import of sales is running; the next attempt goes on from here"


class LinkInvalid(NotFound):
    """A link that we did not make, or whose client is gone."""

    code = "link_invalid"
    default_message = "This link is not valid."

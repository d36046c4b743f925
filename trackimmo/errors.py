"""What can go wrong in TrackImmo. Nothing here knows HTTP."""

from uuid import UUID

from core.errors import Invalid, NotFound


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

"""Who is acting: the caller of a request, or the system itself. Set at the door, read by the audit log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller, known without a query. Stands in for a user as DRF's `request.user`.

    `user_id` is set for people, `key_id` for programs; `scopes` are what a key opens, `role` is what a person may do.
    `fingerprint` changes whenever the credentials lose their validity (password, deactivation, revocation).
    """

    kind: Literal["user", "key", "system"]
    organization_id: UUID
    user_id: UUID | None = None
    key_id: str | None = None
    role: str = ""
    email: str = ""
    is_staff: bool = False
    scopes: frozenset[str] = field(default_factory=frozenset)
    session_id: UUID | None = None
    fingerprint: str = ""

    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> str:
        """The caller's name in limits and idempotency keys."""
        return str(self.user_id or self.key_id or "system")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an action came from."""

    actor: Actor | None = None
    ip_address: str | None = None
    user_agent: str = ""
    request_id: str = ""


NOWHERE: Final = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """The origin of what runs now; empty for the system's own work."""
    return _origin.get()


def set_origin(origin: Origin) -> None:
    """Replace the origin until the surrounding `origin_of` block ends; for the API's door."""
    _origin.set(origin)


@contextmanager
def origin_of(origin: Origin) -> Iterator[None]:
    """Run the block as coming from `origin`."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)

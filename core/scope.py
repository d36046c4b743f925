"""The organization in scope, free of Django's models so that it imports before they are ready. See `core.tenancy`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from uuid import UUID

_organization: ContextVar[UUID | None] = ContextVar("organization", default=None)


class TenantScopeMissing(RuntimeError):
    """A tenant query was made outside a scope. It is a bug, never an answer to a caller."""


def organization_in_scope() -> UUID | None:
    """The organization of the open scope, or None outside one."""
    return _organization.get()


def current_organization_id() -> UUID:
    """The organization of the open scope. Raises TenantScopeMissing outside one."""
    organization_id = _organization.get()
    if organization_id is None:
        raise TenantScopeMissing("No organization in scope: open one with tenancy.scope(organization_id).")
    return organization_id


@contextmanager
def scope(organization_id: UUID) -> Iterator[None]:
    """Run the block on behalf of one organization."""
    token = _organization.set(organization_id)
    try:
        yield
    finally:
        _organization.reset(token)


@contextmanager
def no_scope() -> Iterator[None]:
    """Run the block with no scope, whatever is opened inside; the request's outermost door."""
    token = _organization.set(None)
    try:
        yield
    finally:
        _organization.reset(token)


def enter_scope(organization_id: UUID) -> Token[UUID | None]:
    """Open a scope that lasts until the surrounding `no_scope` block ends, for views rendered after they return."""
    return _organization.set(organization_id)

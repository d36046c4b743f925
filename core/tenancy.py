"""The organization on whose behalf this code runs. Outside a scope, every tenant query raises.

A scope is opened at the door (view base class, task base class, command, consumer) and nowhere else. Crossing
organizations is spelled `unscoped`, so that every crossing can be found with one search.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models

ModelT = TypeVar("ModelT", bound=models.Model, covariant=True)

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


class TenantManager(models.Manager[ModelT]):
    """Queries of one organization: the scope's filter is in every one of them."""

    def get_queryset(self) -> models.QuerySet[ModelT]:
        return super().get_queryset().filter(organization_id=current_organization_id())


class TenantModel(models.Model):
    """A table whose every row belongs to one organization. A new row is born into the scope's."""

    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        default=current_organization_id,
        related_name="+",
        editable=False,
    )

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unscoped: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"

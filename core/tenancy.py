"""The organization on whose behalf this code runs. Outside a scope, every tenant query raises.

A scope is opened at the door (view base class, task base class, command, consumer) and nowhere else. Crossing
organizations is spelled `unscoped`, so that every crossing can be found with one search.
"""

from typing import ClassVar, Self, TypeVar

from django.db import models

from core.scope import (
    TenantScopeMissing,
    current_organization_id,
    enter_scope,
    no_scope,
    organization_in_scope,
    scope,
)

__all__ = [
    "TenantManager",
    "TenantModel",
    "TenantScopeMissing",
    "current_organization_id",
    "enter_scope",
    "no_scope",
    "organization_in_scope",
    "scope",
]

ModelT = TypeVar("ModelT", bound=models.Model, covariant=True)


class TenantManager(models.Manager[ModelT]):
    """Queries of one organization: the scope's filter is in every one of them."""

    def get_queryset(self) -> models.QuerySet[ModelT]:
        return super().get_queryset().filter(organization_id=current_organization_id())


class TenantModel(models.Model):
    """A table whose every row belongs to one organization. A new row is born into the scope's.

    The column has no index of its own: a table that is read by it declares one that begins with it and serves the read.
    """

    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        default=current_organization_id,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects: ClassVar[TenantManager[Self]] = TenantManager()
    unscoped: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
        default_manager_name = "objects"
        base_manager_name = "unscoped"

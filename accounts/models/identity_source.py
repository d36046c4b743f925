"""Tables that a cached identity is read from, and the one hook through which every write to them passes."""

from collections.abc import Iterable, Sequence, Set
from typing import Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

from django.db import models, transaction

from core.tenancy import TenantManager, TenantModel

SourceT = TypeVar("SourceT", bound="IdentitySource", covariant=True)


class IdentitySourceQuerySet(models.QuerySet[SourceT]):
    """Bulk writes that pass through the hook too: the admin deletes this way, and so does `bulk_update`."""

    def update(self, **changes: Any) -> int:  # noqa: ANN401 -- Django's own signature
        """As Django's; the cached identities of the changed rows are forgotten."""
        fields = self.model.identity_fields_among(changes)
        if not fields:
            return super().update(**changes)
        with transaction.atomic():
            changed = list(self.select_for_update(of=("self",)))
            count = super().update(**changes)
            self.model.forget_identities(changed, fields)
        return count

    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's; the cached identities of the deleted rows are forgotten."""
        self.model.forget_identities(list(self), self.model.identity_fields)
        return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # Django's word for: not a method of managers


class IdentitySource(TenantModel):
    """A row from which the identity of a caller is read.

    Whoever changes what an identity consists of locks out or demotes somebody, and that must hold within seconds: not
    only when our services do it, but also when the Django admin, `manage.py changepassword`, a shell or a bulk update
    does. `save`, `delete` and the query set's `update` and `delete` are what all of those have in common, so this is
    where the cache is told. (A statement typed into `psql` is seen when the cached identity ends, after 30 minutes.)
    """

    identity_fields: ClassVar[frozenset[str]]

    objects: ClassVar[TenantManager[Self]] = TenantManager.from_queryset(IdentitySourceQuerySet)()
    unscoped: ClassVar[models.Manager[Self]] = models.Manager.from_queryset(IdentitySourceQuerySet)()

    class Meta(TenantModel.Meta):
        abstract = True

    @property
    def tenant_id(self) -> UUID:
        """The organization's id. The column's type admits None, which a stored row never holds."""
        return cast(UUID, self.organization_id)

    @classmethod
    def forget_identities(cls, rows: Sequence[Self], fields: Set[str]) -> None:
        """Forget the cached identities that came from `rows`, whose `fields` change. Called in the transaction."""
        raise NotImplementedError

    @classmethod
    def identity_fields_among(cls, names: Iterable[str]) -> frozenset[str]:
        """The columns among `names` that an identity is made of."""
        return cls.identity_fields & {cls._meta.get_field(name).attname for name in names if name != "pk"}  # type: ignore[union-attr]

    def save(self, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """As Django's; the cached identity is forgotten if something that it consists of changes."""
        names = kwargs.get("update_fields")
        fields = self.identity_fields if names is None else self.identity_fields_among(names)
        if self._state.adding or not fields:
            super().save(**kwargs)
            return
        with transaction.atomic():
            # What is stored counts, not what this instance was loaded with, which may be long ago.
            stored = type(self).unscoped.select_for_update().filter(pk=self.pk).values(*fields).first() or {}
            super().save(**kwargs)
            changed = {name for name, value in stored.items() if value != getattr(self, name)}
            if changed:
                self.forget_identities([self], changed)

    @transaction.atomic
    def delete(self, **kwargs: Any) -> tuple[int, dict[str, int]]:  # type: ignore[override]  # noqa: ANN401
        """As Django's; the cached identity is forgotten."""
        self.forget_identities([self], self.identity_fields)
        return super().delete(**kwargs)

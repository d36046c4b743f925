"""The Django admin in django-unfold's clothes: the base of every app's admin, with each change in the audit log."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from audit import services as audit
from core.jsontypes import JSON


def resource_type_of(model: models.Model | type[models.Model]) -> str:
    """What the audit log calls objects of this model."""
    return str(model._meta.verbose_name).lower().replace(" ", "_")


def plain(value: object) -> JSON:
    """A form's value as the audit log keeps it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


class AuditedModelAdmin(ModelAdmin):
    """Rows are read and born in the scope of the staff's organization; whatever is done to them is recorded."""

    list_fullwidth = True
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:  # noqa: ANN401, FBT001
        """Save, and record the fields that changed. Django's form view has opened a transaction."""
        super().save_model(request, obj, form, change)
        audit.record(
            action="update" if change else "create",
            resource_type=resource_type_of(obj),
            resource_id=str(obj.pk),
            changes=self.changes_in(form),
        )

    def changes_in(self, form: "ModelForm[Any]") -> dict[str, tuple[JSON, JSON]]:
        """The old and the new value of each field that the form changed."""
        return {name: (plain(form.initial.get(name)), plain(form.cleaned_data.get(name))) for name in form.changed_data}

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Delete, and record it."""
        audit.record(action="delete", resource_type=resource_type_of(obj), resource_id=str(obj.pk))
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:  # noqa: ANN401 -- Django's own signature
        """Delete several, and record each."""
        for obj in queryset:
            audit.record(action="delete", resource_type=resource_type_of(obj), resource_id=str(obj.pk))
        super().delete_queryset(request, queryset)

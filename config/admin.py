"""The Django admin in django-unfold's clothes: the base of every app's admin, with each change in the audit log."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import structlog
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, models, transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.module_loading import import_string
from unfold.sites import UnfoldAdminSite

from audit import services as audit
from config.admin_history import AuditHistory, resource_type_of
from core.jsontypes import JSON

logger = structlog.get_logger(__name__)


def plain(value: object) -> JSON:
    """A form's value as the audit log keeps it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


class SwitchboardAdminSite(UnfoldAdminSite):
    """django-unfold's site, whose page for one's own password is limited and recorded as the API's is."""

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        """As Django's; a parameter that the database cannot read is the caller's fault, as it is in the API."""

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 -- the view's own
            try:
                response = view(request, *args, **kwargs)
                # Now and not after the view has returned: a form shows what was sent, and looks it up for that.
                return response.render() if isinstance(response, SimpleTemplateResponse) else response
            except (DataError, ValidationError, ValueError, OverflowError) as error:
                if not (request.GET or request.POST):
                    raise
                # An error in the log, for a form that is not made up and ends here shows a mistake of ours.
                logger.error("admin_bad_value", path=request.path, exc_info=error)
                raise BadRequest("A parameter has a value that cannot be used.") from error

        return super().admin_view(answer, cacheable)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """As django-unfold's, which names its own form."""
        request.current_app = self.name
        page = PasswordChangeView.as_view(
            form_class=import_string("accounts.forms.OwnPasswordForm"),
            success_url=reverse(f"{self.name}:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return page(request)


class AuditedModelAdmin(AuditHistory):
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

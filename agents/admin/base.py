"""What the pages of AI agents and what belongs to them have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from agents.admin.objects import ObjectField, patch_between
from config.admin_tables import CappedAdmin
from core.actor import Actor
from core.errors import SwitchboardError
from core.scope import current_organization_id

# What the services call a person or an agent, and what the forms do.
ID: Final = "_id"
# As in the API.
LONGEST_TEXT: Final = 20_000


def staff_actor(request: HttpRequest) -> Actor:
    """Who acts in the admin: a person from whom nothing of the organization is hidden, whatever his role in the API."""
    return Actor(kind="system", organization_id=current_organization_id(), user_id=request.user.pk)


def said_in(form: "forms.ModelForm[Any]") -> dict[str, Any]:
    """What was changed on a form, as services take it: ids of rows, and of objects what is other than it was."""
    said: dict[str, Any] = {}
    for name in form.changed_data:
        field, value = form.fields[name], form.cleaned_data[name]
        if isinstance(field, forms.ModelChoiceField):
            said[f"{name}{ID}"] = value.pk if value else None
        elif isinstance(field, ObjectField):
            said[name] = patch_between(field.to_python(form.data.get(form[name].html_initial_name)), value)
        else:
            said[name] = value
    return said


def reasons_of(error: SwitchboardError) -> str:
    """Why something was refused, in words."""
    return " ".join(word for words in error.fields.values() for word in words) or error.message


class ServedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A form whose values a service takes, and which tells what the service refused."""

    refusal: ClassVar[SwitchboardError | None] = None

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            if not self.instance._state.adding:
                # What it showed first tells what was changed, whatever others have changed since.
                field.show_hidden_initial = True
            if isinstance(field, forms.CharField) and field.max_length is None:
                field.validators.append(MaxLengthValidator(LONGEST_TEXT))

    def clean(self) -> dict[str, Any]:
        """With what was refused, at the field where there is one."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.refusal:
            for name, words in (self.refusal.fields or {"": [self.refusal.message]}).items():
                field = next((known for known in (name, name.removesuffix(ID)) if known in self.fields), None)
                self.add_error(field, list(words))
        return said


@dataclass(frozen=True, slots=True)
class Services:
    """What writes rows of a kind; `row_id` is what they call the id of one."""

    row_id: str
    create: Callable[..., Model]
    update: Callable[..., Model]
    delete: Callable[..., object]


class ServedAdmin(CappedAdmin):
    """For rows that forms check and services write: what a service refuses stands on the form, and what was typed."""

    form = ServedForm
    services: ClassVar[Services]
    # What is deleted along with a row, and its column that names the row.
    goes_along: ClassVar[tuple[type[Model], ...]] = ()
    column: ClassVar[str] = ""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: ANN401, FBT001, FBT002
        """The form, which knows what was refused a moment ago."""
        form = super().get_form(request, obj, change=change, **options)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def changeform_view(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:  # noqa: ANN401
        """The form. Django's view is one transaction: what was refused left nothing, and is shown again."""
        try:
            response: HttpResponse = super().changeform_view(request, *arguments, **options)
        except SwitchboardError as error:
            request.refusal = error  # type: ignore[attr-defined]
            response = super().changeform_view(request, *arguments, **options)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: "forms.ModelForm[Any]", change: bool) -> None:  # noqa: ANN401, FBT001
        """Create it, or change what was changed."""
        by, said = staff_actor(request), said_in(form)
        whose = {self.services.row_id: obj.pk} if change else {}
        saved = (self.services.update if change else self.services.create)(by=by, **whose, **said)
        obj.__dict__.update(saved.__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:  # noqa: ANN401 -- Django's own
        """Delete it, with what goes along."""
        self.services.delete(by=staff_actor(request), **{self.services.row_id: obj.pk})

    def delete_view(self, request: HttpRequest, object_id: str, *arguments: Any, **options: Any) -> HttpResponse:  # noqa: ANN401
        """The page that asks, and what comes of it; what cannot be deleted now says why."""
        try:
            response: HttpResponse = super().delete_view(request, object_id, *arguments, **options)
            return response
        except SwitchboardError as error:
            self.message_user(request, reasons_of(error), messages.ERROR)
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], list[str]]:  # noqa: ANN401
        """What goes along, by number. Django's would fetch all of it, and ask for the right to delete each kind."""
        [row] = objs
        counts = {
            str(kind._meta.verbose_name_plural): kind._default_manager.filter(**{self.column: row}).count()
            for kind in self.goes_along
        }
        one = {str(self.opts.verbose_name_plural): 1}
        return [str(row)], one | {name: count for name, count in counts.items() if count}, set(), []

    def get_actions(self, request: HttpRequest) -> Any:  # noqa: ANN401
        """Without Django's deleting of many, which knows no refusals."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def changelist(model: type[Model], **query: object) -> str:
    """The address of a model's list with these filters."""
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{path}?{urlencode(query)}" if query else path

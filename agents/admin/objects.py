"""JSON objects on forms, read as the API reads bodies."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from rest_framework.exceptions import APIException
from unfold.widgets import UnfoldAdminTextareaWidget

from agents.models.validators import small_object
from core.jsontypes import JSON
from core.parsing import parse_json


class ObjectField(forms.Field):
    """A JSON object of at most 20,000 bytes; nothing typed is one with nothing in it.

    The form carries along what it showed first, which tells what was changed, whatever others have changed since.
    """

    widget = UnfoldAdminTextareaWidget

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- Django's own options
        super().__init__(required=False, initial=dict, show_hidden_initial=True, **options)

    def to_python(self, value: Any) -> dict[str, JSON]:  # noqa: ANN401 -- text, or the object itself
        """The object."""
        if isinstance(value, str) and value.strip():
            try:
                value = parse_json(value.encode())
            except (APIException, UnicodeEncodeError) as error:
                raise ValidationError("Enter a valid JSON object.") from error
        value = {} if value is None or value == "" else value
        small_object(value)
        return dict(value)

    def prepare_value(self, value: Any) -> str:  # noqa: ANN401 -- text that was typed, or the object itself
        """As it is typed."""
        return value if isinstance(value, str) else json.dumps(value or {}, ensure_ascii=False, indent=2)

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401 -- each text, or the object itself
        """Whether another one was typed. `true` is not 1, and names stand in no order."""
        try:
            before, after = (json.dumps(self.to_python(value), sort_keys=True) for value in (initial, data))
        except ValidationError:
            return True
        return before != after


def patch_between(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> dict[str, JSON]:
    """What makes one object the other when it is merged into it (RFC 7396): a form shows, and sends, the whole."""
    patch: dict[str, JSON] = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            if inner := patch_between(old, value):
                patch[name] = inner
        elif json.dumps(value, sort_keys=True) != json.dumps(old, sort_keys=True):
            patch[name] = value
    return patch

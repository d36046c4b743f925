"""Fields of what callers send."""

from typing import Any

from rest_framework import serializers

from core.fields import TextField, WholeNumberField
from profiles.models.browser_profile import LONGEST_NAME


class NameField(TextField):
    """An agent's or a profile's name: trimmed, 1 to 255 characters."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(max_length=LONGEST_NAME, **options)


class IdsField(serializers.ListField):
    """Ids, quickly: ten thousand are no trouble."""

    child = WholeNumberField()

    def run_child_validation(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        for index, item in enumerate(data):
            if isinstance(item, bool) or not isinstance(item, int):
                wrong: dict[Any, Any] = {index: [self.child.error_messages["invalid"]]}
                raise serializers.ValidationError(wrong)
        return data

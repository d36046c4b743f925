"""Fields of what callers send."""

from typing import Any

from rest_framework import serializers

from trackimmo.models.validators import one_line


class TextField(serializers.CharField):
    """A text written as one; DRF alone would take a number too."""

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class LineField(TextField):
    """A name or the like: trimmed, and without line breaks."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(**{"validators": [one_line], **options})

"""Fields of what callers send."""

from typing import Any

from core.fields import TextField
from trackimmo.models.validators import one_line


class LineField(TextField):
    """A name or the like: trimmed, and without line breaks."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(**{"validators": [one_line], **options})

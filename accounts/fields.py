"""Model fields of our own."""

from typing import Any

from django.db import models


class LowercaseEmailField(models.EmailField):  # type: ignore[type-arg]  # generic in the stubs only
    """An e-mail address that is stored, compared and looked up in lower case, so that `A@x.fr` and `a@x.fr` are one.

    Mail servers may tell them apart; none that people use does, and a person types his own address either way.
    """

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 -- Django's own signature
        """Also what lookups are prepared with."""
        cleaned = super().to_python(value)
        return cleaned.strip().lower() if isinstance(cleaned, str) else cleaned

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ANN401, FBT001 -- Django's own signature
        """Let the instance hold what is stored."""
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

"""Model fields of our own."""

from typing import Any

from django.db import models


class LowercaseEmailField(models.EmailField):  # type: ignore[type-arg]  # generic in the stubs only
    """An e-mail address that is stored, compared and looked up in lower case, so that `A@x.fr` and `a@x.fr` are one.

    Mail servers may tell them apart; none that people use does, and a person types his own address either way.
    """

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401 -- Django's own signature
        prepared = super().get_prep_value(value)
        return prepared.strip().lower() if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ANN401, FBT001 -- Django's own signature
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

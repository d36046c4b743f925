"""Cities."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.tenancy import TenantModel
from trackimmo.models import validators


class City(TenantModel):
    """A French commune (or an arrondissement of Paris, Lyon or Marseille, which DVF treats as one).

    `former_codes` are INSEE codes that stand for this commune in older files, since communes merge.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insee_code = models.CharField(max_length=5, validators=[validators.insee_code])
    former_codes = ArrayField(models.CharField(max_length=5), default=list, blank=True, editable=False)
    name = models.CharField(max_length=120, validators=[validators.one_line])
    postal_code = models.CharField(max_length=5, blank=True, validators=[validators.postal_code])
    postal_codes = ArrayField(
        models.CharField(max_length=5, validators=[validators.postal_code]), default=list, blank=True
    )
    department_code = models.CharField(max_length=3, blank=True, validators=[validators.department_code])
    region_name = models.CharField(max_length=80, blank=True, validators=[validators.one_line])
    population = models.PositiveIntegerField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True, help_text="When the commune's data was last confirmed.")

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "cities"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                "insee_code",
                name="city_unique_insee_code",
                violation_error_message="There is a city with this INSEE code already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.insee_code})"

"""What was fetched from the publishers of open data."""

import uuid

from django.db import models

from core.tenancy import TenantModel


class SalesFile(TenantModel):
    """A commune's sales of one year as they are published: when we last looked, and what we have imported."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insee_code = models.CharField(max_length=5)
    year = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=300, blank=True, help_text="Where we looked, without credentials.")
    is_published = models.BooleanField(default=False, help_text="Whether there was such a file when we last looked.")
    etag = models.CharField(max_length=200, blank=True, help_text="Of the edition that was imported.")
    checked_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        ordering = ["insee_code", "year"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "insee_code", "year"], name="sales_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year}, {self.insee_code}"

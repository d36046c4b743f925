"""Sold properties."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.tenancy import TenantModel, current_organization_id
from trackimmo.models.cities import City


class PropertyType(models.TextChoices):
    """What was sold; the DVF's *type local*, or land where nothing is built."""

    HOUSE = "house"
    APARTMENT = "apartment"
    LAND = "land"
    COMMERCIAL = "commercial"
    OTHER = "other"


class Property(TenantModel):
    """One dwelling (or plot) in one sale. A sale of several dwellings has a row for each, with one `mutation_key`.

    `price` is the price of the whole sale in euros, as the DVF publishes it: sum it once per `mutation_key`. So is
    `land_surface` the land of the whole sale.
    Keys are MD5 digests as UUIDs. `id` is that of what identifies the dwelling within the sale, and of the
    organization, so that a second import of the same sale, from either format or any edition, finds the row;
    `address_key` is that of the normalised address within the commune.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Triggers made in the migration hold a property to a city of its own organization, a statement at a time.
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        default=current_organization_id,
        related_name="+",
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    city = models.ForeignKey(
        City, on_delete=models.PROTECT, related_name="properties", db_index=False, db_constraint=False
    )
    mutation_key = models.UUIDField(editable=False)
    address_key = models.UUIDField(editable=False)
    address_raw = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=5, blank=True)
    property_type = models.CharField(max_length=10, choices=PropertyType)
    sale_date = models.DateField()
    price = models.BigIntegerField(help_text="Euros, for the whole sale.")
    surface = models.PositiveIntegerField(null=True, blank=True, help_text="Built surface, m².")
    land_surface = models.PositiveIntegerField(null=True, blank=True, help_text="Land of the whole sale, m².")
    rooms = models.PositiveSmallIntegerField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    imported_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantModel.Meta):
        abstract = False
        verbose_name_plural = "properties"
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="property_price_positive"),
            models.CheckConstraint(condition=~Q(address_raw=""), name="property_has_address"),
        ]
        indexes: ClassVar = [
            # What the assignment reads, and nothing else: an index-only scan per city and type.
            models.Index(
                fields=["city", "property_type", "sale_date"],
                include=["address_key", "price", "id"],
                name="property_eligible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address_raw}, {self.sale_date:%Y-%m-%d}"

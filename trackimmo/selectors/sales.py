"""Reads of sales."""

from django.db.models import Count, OuterRef, QuerySet, Subquery

from trackimmo.models import Property, PropertyType


def with_properties_in_sale(sold: QuerySet[Property]) -> QuerySet[Property]:
    """Each with `properties_in_sale`: how many changed hands together, for the one price that each of them has."""
    together = Property.unscoped.filter(
        # What `property_eligible` begins with: there is no index on the sale itself.
        city=OuterRef("city"),
        property_type__in=PropertyType.values,
        sale_date=OuterRef("sale_date"),
        mutation_key=OuterRef("mutation_key"),
    )
    counted = together.order_by().values("mutation_key").annotate(number=Count("pk"))
    return sold.annotate(properties_in_sale=Subquery(counted.values("number")))

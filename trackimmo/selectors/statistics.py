"""How much of everything there is."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from trackimmo.models import Assignment, City, Client, ClientStatus, JobStatus, ProcessingJob, Property


@dataclass(frozen=True, slots=True)
class Statistics:
    """The organization in eight numbers."""

    total_clients: int
    active_clients: int
    total_properties: int
    total_assignments: int
    jobs_pending: int
    jobs_processing: int
    jobs_completed: int
    jobs_failed: int


def statistics() -> Statistics:
    """Count everything of the organization."""
    clients = Client.objects.aggregate(total=Count("pk"), active=Count("pk", filter=Q(status=ClientStatus.ACTIVE)))
    jobs = ProcessingJob.objects.aggregate(
        **{f"jobs_{status}": Count("pk", filter=Q(status=status)) for status in JobStatus.values}
    )
    return Statistics(
        total_clients=clients["total"],
        active_clients=clients["active"],
        total_properties=_property_count(),
        total_assignments=Assignment.objects.count(),
        **jobs,
    )


def client_count() -> int:
    """How many clients the organization has."""
    return Client.objects.count()


def _property_count() -> int:
    """How many properties there are in the organization's cities, where all of its properties are.

    City by city, from the beginning of `property_eligible`: what it costs depends on the organization's own properties,
    not on those of others, who share the table.
    """
    of_city = Property.unscoped.filter(city=OuterRef("pk")).order_by().values("city").annotate(number=Count("*"))
    # PostgreSQL sums large integers to a decimal.
    return int(City.objects.aggregate(total=Sum(Subquery(of_city.values("number")), default=0))["total"])

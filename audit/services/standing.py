"""How the logs of all organizations stand (unscoped: figures only)."""

from dataclasses import dataclass

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from audit.models import Chain, Checkpoint


@dataclass(frozen=True, slots=True)
class Standing:
    """Entries in all, seconds since the last checkpoint of the log that needs one most, and logs that were changed."""

    entries: int
    unsigned_seconds: float
    changed_logs: int


def standing() -> Standing:
    """The figures, from PostgreSQL alone."""
    last = Checkpoint.unscoped.filter(organization=OuterRef("organization")).order_by("-size")
    chains = Chain.unscoped.annotate(
        signed_size=Subquery(last.values("size")[:1]), at=Subquery(last.values("created_at")[:1])
    )
    found = chains.aggregate(
        entries=Sum("size", default=0),
        oldest=Min("at", filter=Q(size__gt=F("signed_size"))),
        changed=Count("pk", filter=Q(first_bad_seq__isnull=False)),
    )
    waited = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return Standing(found["entries"], max(0.0, waited), found["changed"])

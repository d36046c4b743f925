"""Writing down how the organization stands with the upstream."""

from typing import Any

from django.db import transaction

from checkin.models import UpstreamStanding


@transaction.atomic
def note(**changes: Any) -> None:  # noqa: ANN401 -- the columns' own types
    """Change the organization's row, which is made if there is none."""
    if not UpstreamStanding.objects.update(**changes):
        UpstreamStanding.objects.bulk_create([UpstreamStanding()], ignore_conflicts=True)
        UpstreamStanding.objects.update(**changes)

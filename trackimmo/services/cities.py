"""Keeping true what we say of cities."""

from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from trackimmo.dvf.communes import Commune
from trackimmo.models import City
from trackimmo.services.communes import columns_of
from trackimmo.sources import Deadline, GeoClient

logger = structlog.get_logger(__name__)


def refresh_city(*, city_id: UUID, insee_code: str, geo: GeoClient, deadline: Deadline) -> None:
    """Write what the State says of a city today. Raises SourceUnavailable, and has changed nothing.

    A city that it does not know, and what it does not say of one that it does, stay as they are; either way the city
    has been looked at. Not to be called within a transaction: the answer may take long.
    """
    _confirm(city_id, geo.commune(insee_code, deadline=deadline))


@transaction.atomic
def _confirm(city_id: UUID, commune: Commune | None) -> None:
    city = City.objects.select_for_update(no_key=True).filter(pk=city_id).first()
    if city is None:
        return
    if commune is None:
        logger.warning("city_unknown_to_the_state", city_id=str(city_id), insee_code=city.insee_code)
    said = (
        {column: value for column, value in columns_of(commune).items() if value not in ("", [], None)}
        if commune
        else {}
    )
    changes = {
        column: (getattr(city, column), value) for column, value in said.items() if getattr(city, column) != value
    }
    for column, (_, value) in changes.items():
        setattr(city, column, value)
    city.refreshed_at = timezone.now()
    city.save(update_fields=[*changes, "refreshed_at"])
    if changes:
        audit.record(action="update", resource_type="city", resource_id=city.pk, changes=changes)

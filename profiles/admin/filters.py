"""What staff ask the log for: the same as callers of the API do."""

from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import TextFilter

from profiles.models import BrowserProfile, LoggedOutProfile
from profiles.selectors import Filters


class AgentFilter(TextFilter):
    """By the agent's whole name, in this case: names number thousands, and no page lists them."""

    title = "agent"
    parameter_name = "agent_name"

    def queryset(self, request: HttpRequest, queryset: QuerySet[LoggedOutProfile]) -> QuerySet[LoggedOutProfile]:
        """Those of the agent's profiles."""
        name = (self.value() or "").strip()
        return queryset.filter(profile__in=_ids_of(agent_name=name)) if name else queryset


def with_part_of_name(queryset: QuerySet[LoggedOutProfile], part: str) -> QuerySet[LoggedOutProfile]:
    """Those with it in either name. Profiles are looked up first: there are far fewer."""
    agents, profiles = _ids_of(agent_name__icontains=part), _ids_of(profile_name__icontains=part)
    return queryset.filter(profile__in={*agents, *profiles})


def filters_of(request: HttpRequest) -> Filters:
    """What a list with these parameters shows. Raises BadRequest for times that are none."""
    asked = request.GET
    return Filters(
        agent_name=asked.get("agent_name", "").strip() or None,
        search=asked.get("q", "").strip() or None,
        since=_moment(asked.get("timestamp__gte")),
        until=_moment(asked.get("timestamp__lt")),
    )


def _ids_of(**names: Any) -> list[int]:  # noqa: ANN401 -- Django's lookups
    return list(BrowserProfile.objects.filter(**names).order_by().values_list("pk", flat=True))


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadRequest("A time of the filter is none.") from error

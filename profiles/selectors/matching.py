"""Filters as SQL."""

from typing import Any

from core.tenancy import current_organization_id
from profiles.selectors.filters import Filters


def condition(filters: Filters) -> tuple[str, dict[str, Any]]:
    """What `record` and its `profile` must be, and its parameters."""
    asked = ["record.organization_id = %(organization_id)s"]
    parameters: dict[str, Any] = {"organization_id": current_organization_id()}
    for value, name, sql in (
        (filters.agent_name, "agent_name", "profile.agent_name = %(agent_name)s"),
        (filters.profile_name, "profile_name", "profile.profile_name = %(profile_name)s"),
        (filters.since, "since", "record.timestamp >= %(since)s"),
        (filters.until, "until", "record.timestamp < %(until)s"),
    ):
        if value is not None:
            asked.append(sql)
            parameters[name] = value
    if filters.search:
        asked.append("(profile.agent_name ILIKE %(search)s OR profile.profile_name ILIKE %(search)s)")
        literal = filters.search.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        parameters["search"] = f"%{literal}%"
    return " AND ".join(asked), parameters

"""Parameters of what reads the log."""

from dataclasses import replace
from typing import Any, Final

from rest_framework import serializers

from core.fields import AskedTextField
from core.serializers import QuerySerializer, StrictSerializer
from core.windows import WindowQuery
from profiles.errors import RecordNotFound
from profiles.selectors import Filters
from profiles.serializers.fields import NameField

FILTERS: Final = ("since", "until", "agent_name", "profile_name", "search")
LARGEST_SKIP: Final = 2**31 - 1
# Ten to the power of it fits into the database's whole numbers.
LONGEST_ID: Final = 18


class FilterQuery(WindowQuery):
    """Which records, as `filters`."""

    agent_name = AskedTextField(help_text="The agent's whole name.")
    profile_name = AskedTextField(help_text="The profile's whole name.")
    search = AskedTextField(help_text="Part of the agent's or the profile's name, in whatever case.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is asked for, and the rest."""
        said = super().validate(attrs)
        return {"filters": Filters(**{name: said.pop(name) for name in FILTERS}), **said}


class SlicedQuery(QuerySerializer):
    """Which part of a list."""

    skip = serializers.IntegerField(min_value=0, max_value=LARGEST_SKIP, default=0, help_text="How many to leave out.")
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100, help_text="How many to answer.")


class RecordsQuery(SlicedQuery, FilterQuery):
    """Which records, and which part of them."""


class StatisticsQuery(FilterQuery):
    """What to count. Numbers have no parts: who asks for one, as of a list, gets them whole."""

    skip = serializers.IntegerField(min_value=0, max_value=LARGEST_SKIP, required=False, help_text="Ignored.")
    limit = serializers.IntegerField(min_value=1, max_value=1000, required=False, help_text="Ignored.")


class AgentQuery(RecordsQuery):
    """Which of an agent's records, and which part of them."""

    agent_name = AskedTextField(help_text="The name in the path; another is an error.")


class AgentPath(StrictSerializer):
    """Whose records, as the path says."""

    agent_name = NameField()


def agent_in_path(text: str) -> str:
    """The name that a path ends in; a slash behind it is the path's. Raises ValidationError, naming it."""
    said = AgentPath(data={"agent_name": text.removesuffix("/")})
    said.is_valid(raise_exception=True)
    return str(said.validated_data["agent_name"])


def filters_of_agent(text: str, asked: Filters) -> Filters:
    """What is asked of the agent whom a path ends in. Raises ValidationError if it is asked of another."""
    name = agent_in_path(text)
    if asked.agent_name not in {None, name}:
        raise serializers.ValidationError({"agent_name": ["Is not the name in the path."]})
    return replace(asked, agent_name=name)


def record_id_in_path(text: str) -> int:
    """The id that a path ends in. Raises RecordNotFound for what is none, and ValidationError for `agent` alone."""
    if text == "agent":
        agent_in_path("")
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID):
        raise RecordNotFound
    return int(text)

"""Calendars, as they are asked for and answered."""

from typing import Any

from rest_framework import serializers

from core.serializers import QuerySerializer


class CalendarQuery(QuerySerializer):
    """What stands in a calendar's address."""

    token = serializers.CharField(max_length=500)


class CalendarOut(serializers.Serializer[Any]):
    """Where an AI agent's calendar is."""

    agent_id = serializers.UUIDField()
    url = serializers.URLField(
        help_text="The caller's own. Whoever knows it sees the agent's callbacks, as long as the caller does."
    )

    class Meta:
        ref_name = "AICalendar"


class CalendarDoneOut(serializers.Serializer[Any]):
    """A calendar, under both names."""

    message = serializers.CharField()
    data = CalendarOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    calendar = CalendarOut()
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "AICalendarDone"

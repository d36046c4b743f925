"""What the log adds up to."""

from typing import Any

from rest_framework import serializers

from profiles.selectors import Statistics
from profiles.serializers.records import Out
from profiles.services.facts import moment


class AgentCountOut(Out):
    """An agent, and how many logouts his profiles had."""

    agent_name = serializers.CharField()
    logout_count = serializers.IntegerField()


class ProfileCountOut(Out):
    """A profile's name, and how many logouts profiles of that name had."""

    profile_name = serializers.CharField()
    logout_count = serializers.IntegerField()


class OffenderOut(Out):
    """A profile of an agent that was logged out more than once."""

    agent_name = serializers.CharField()
    profile_name = serializers.CharField()
    logout_count = serializers.IntegerField()
    first_logout = serializers.DateTimeField()
    last_logout = serializers.DateTimeField()


class DayOut(Out):
    """A day, UTC."""

    date = serializers.DateField()
    logout_count = serializers.IntegerField()


class LogoutStatisticsOut(Out):
    """Counts of the records asked for, the greatest first, ten each."""

    total_logouts = serializers.IntegerField()
    top_agents = AgentCountOut(many=True)
    top_profiles = ProfileCountOut(many=True)
    repeat_offenders = OffenderOut(many=True)
    daily = DayOut(many=True, help_text="Each day asked for, oldest first; the last thirty unless asked.")


def as_answered(found: Statistics) -> dict[str, Any]:
    """The documented counts, and what there is beyond them."""
    return {
        "total_logouts": found.total_logouts,
        "top_agents": [{"agent_name": name, "logout_count": count} for name, count in found.top_agents],
        "top_profiles": [{"profile_name": name, "logout_count": count} for name, count in found.top_profiles],
        "repeat_offenders": [
            {
                "agent_name": one.agent_name,
                "profile_name": one.profile_name,
                "logout_count": one.logout_count,
                "first_logout": moment(one.first_logout),
                "last_logout": moment(one.last_logout),
            }
            for one in found.repeat_offenders
        ],
        "daily": [{"date": day.date, "logout_count": day.logout_count} for day in found.daily],
    }

"""What is today, for every zone that an agent can have, as one condition."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from agents.models import Callback
from agents.models.validators import time_zone
from agents.selectors.today import is_today
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory


def test_everywhere_midnight_is_on_a_quarter_of_an_hour():
    """What is computed for one moment holds for its quarter of an hour."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 365, 7)]
    for name in zoneinfo.available_timezones():
        zone = ZoneInfo(name)
        for day in days:
            midnight = datetime.combine(day, time(), zone).astimezone(UTC)
            assert midnight.timestamp() % 900 == 0, name


def test_no_agent_is_where_the_machine_stands():
    time_zone("Europe/Paris")
    for name in ("localtime", "europe/paris", "UTC+1", ""):
        with pytest.raises(ValidationError):
            time_zone(name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 0, 14, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 22, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
        datetime(2026, 11, 1, 4, 30, tzinfo=UTC),
    ],
    ids=str,
)
def test_the_condition_holds_on_the_date_that_each_zones_calendar_shows(in_scope, moment):
    zones = [
        "Pacific/Kiritimati",
        "Pacific/Niue",
        "Europe/Paris",
        "America/Havana",
        "Australia/Lord_Howe",
        "CET",
        "UTC",
    ]
    for zone in (*zones, "Antarctica/Troll"):
        customer = CustomerFactory(agent=AIAgentFactory(timezone=zone))
        rows = [
            CallbackFactory.build(
                customer=customer, agent=customer.agent, scheduled_datetime=moment + timedelta(minutes=30 * number)
            )
            for number in range(-60, 60)
        ]
        Callback.objects.bulk_create(rows)
    found = set(Callback.objects.filter(is_today(moment)).values_list("pk", flat=True))
    expected = set()
    for row in Callback.objects.select_related("agent"):
        zone = row.agent.zone
        if row.scheduled_datetime.astimezone(zone).date() == moment.astimezone(zone).date():
            expected.add(row.pk)
    assert found == expected
    assert len(expected) > 8 * 40

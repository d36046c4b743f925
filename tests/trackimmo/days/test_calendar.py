"""Whose day is when, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from trackimmo.models import DispatchKind
from trackimmo.selectors import calendar
from trackimmo.selectors.calendar import Duty


@pytest.mark.parametrize(
    ("day", "send_days"),
    [
        ("2027-01-28", [28]),
        ("2027-01-31", [31]),
        ("2027-02-27", [27]),
        ("2027-02-28", [28, 29, 30, 31]),
        ("2028-02-28", [28]),
        ("2028-02-29", [29, 30, 31]),
        ("2027-04-30", [30, 31]),
        ("2027-12-31", [31]),
        ("2100-02-28", [28, 29, 30, 31]),
    ],
)
def test_the_last_day_of_a_short_month_takes_the_send_days_that_it_lacks(day, send_days):
    assert list(calendar.send_days_due(date.fromisoformat(day))) == send_days


def test_each_send_day_comes_once_in_every_month():
    day, seen = date(2027, 1, 1), []
    while day < date(2029, 1, 1):
        seen += [(day.year, day.month, send_day) for send_day in calendar.send_days_due(day)]
        day += timedelta(days=1)
    wanted = [(year, month, send_day) for year in (2027, 2028) for month in range(1, 13) for send_day in range(1, 32)]
    assert sorted(seen) == wanted


@pytest.mark.parametrize(
    ("day", "due_on", "send_days", "month"),
    [
        ("2027-02-28", "2027-03-01", [1], "2027-03-01"),
        ("2028-02-28", "2028-02-29", [29, 30, 31], "2028-02-01"),
        ("2028-02-29", "2028-03-01", [1], "2028-03-01"),
        ("2027-02-27", "2027-02-28", [28, 29, 30, 31], "2027-02-01"),
        ("2027-12-31", "2028-01-01", [1], "2028-01-01"),
    ],
)
def test_reminders_are_those_of_tomorrow_s_reports_and_count_for_their_month(day, due_on, send_days, month):
    today, tomorrow = date.fromisoformat(day), date.fromisoformat(due_on)
    reminders = [duty for duty in calendar.duties(today, today=today) if duty.kind == DispatchKind.REMINDER]
    assert reminders == [Duty(DispatchKind.REMINDER, tomorrow, send_day) for send_day in send_days]
    assert {duty.month for duty in reminders} == {date.fromisoformat(month)}


def test_of_a_day_that_is_over_only_the_reports_are_left():
    day = date(2027, 5, 10)
    assert calendar.duties(day, today=day + timedelta(days=1)) == [Duty(DispatchKind.REPORT, day, 10)]


def test_a_reminder_is_settled_by_the_report_too_and_a_report_by_itself_only():
    reminder, report = calendar.duties(date(2027, 5, 10), today=date(2027, 5, 10))
    assert set(reminder.settled_by) == {DispatchKind.REMINDER, DispatchKind.REPORT}
    assert list(report.settled_by) == [DispatchKind.REPORT]


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2027-03-27", "08:00"),
        ("2027-03-28", "07:00"),  # summer begins
        ("2027-10-30", "07:00"),
        ("2027-10-31", "08:00"),  # summer ends
    ],
)
def test_a_day_begins_at_nine_in_paris(day, utc):
    beginning = datetime.fromisoformat(f"{day}T{utc}:00+00:00")
    today = date.fromisoformat(day)
    assert calendar.beginning_of(today) == beginning
    assert calendar.latest_begun(beginning) == today
    assert calendar.latest_begun(beginning - timedelta(minutes=1)) == today - timedelta(days=1)


def test_a_day_ends_at_midnight_in_paris_and_has_23_or_25_hours_when_the_clocks_change():
    # Differences between times of one zone are those of their clocks: UTC counts what passes.
    ends = {day: calendar.end_of(day).astimezone(UTC) for day in (date(2027, 3, 27), date(2027, 3, 28))}
    assert ends[date(2027, 3, 28)] - ends[date(2027, 3, 27)] == timedelta(hours=23)
    assert calendar.end_of(date(2027, 5, 10)) == datetime(2027, 5, 10, 22, tzinfo=UTC)


def days(*numbers: int) -> list[date]:
    return [date(2027, 6, number) for number in numbers]


BEFORE_NINE, AT_NINE = datetime(2027, 6, 20, 6, 59, tzinfo=UTC), datetime(2027, 6, 20, 7, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "known_since", "seen_to", "to_open"),
    [
        pytest.param(AT_NINE, None, [], days(20), id="the very first day makes nothing up"),
        pytest.param(BEFORE_NINE, None, [], [], id="a new organization waits until nine"),
        pytest.param(AT_NINE, LONG_AGO, days(*range(13, 20)), days(20), id="an ordinary day"),
        pytest.param(AT_NINE, LONG_AGO, days(*range(13, 21)), [], id="a day that is begun"),
        pytest.param(BEFORE_NINE, LONG_AGO, days(*range(12, 20)), [], id="an ordinary day before nine"),
        pytest.param(AT_NINE, LONG_AGO, days(13, 14, 15, 16, 19), days(17, 18, 20), id="missed days in between"),
        pytest.param(BEFORE_NINE, LONG_AGO, days(12, 13, 14, 15, 16), days(17, 18, 19), id="missed days before nine"),
        pytest.param(AT_NINE, LONG_AGO, [], days(*range(13, 21)), id="seven days at most"),
        pytest.param(
            AT_NINE, datetime(2027, 6, 18, 9, tzinfo=UTC), [], days(19, 20), id="none that began before the first run"
        ),
    ],
)
def test_today_is_opened_at_nine_and_what_was_missed_with_it(now, known_since, seen_to, to_open):
    assert calendar.days_to_open(now=now, known_since=known_since, seen_to=seen_to) == to_open

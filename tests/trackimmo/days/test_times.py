"""When a day is begun, and which days are made up."""

from datetime import date

import pytest

from core import tenancy
from tests.trackimmo.days.daily import ELEVENTH_OF_MAY, TENTH, TENTH_OF_MAY, complete_jobs, dispatches, in_paris
from tests.trackimmo.factories import ClientFactory
from trackimmo import services
from trackimmo.models import DailyRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_before_nine_nothing_is_begun(worker, due_today, clock):
    clock.move_to(in_paris(TENTH_OF_MAY, 8, 59))
    worker.beat()
    assert not DailyRun.unscoped.exists()
    clock.move_to(TENTH)
    worker.beat()
    assert len(dispatches("report")) == 1


@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
def test_on_the_days_when_the_clocks_change_it_begins_at_nine_too(worker, in_scope, clock, day):
    client = ClientFactory(send_day=date.fromisoformat(day).day, created_at=in_paris("2027-01-01"))
    clock.move_to(in_paris(day, 8, 59))
    worker.beat()
    assert not DailyRun.unscoped.exists()
    clock.move_to(in_paris(day, 9))
    worker.beat()
    assert dispatches() == [(client.email, "report", day, day)]


def test_a_platform_that_was_down_at_nine_begins_when_it_is_back(worker, due_today, due_tomorrow, clock):
    clock.move_to(in_paris(TENTH_OF_MAY, 23, 50))
    worker.beat()
    assert [kind for _, kind, *_ in dispatches()] == ["report", "reminder"]


def test_missed_days_are_made_up_with_reports_and_without_reminders_that_come_too_late(worker, city, clock):
    for send_day in range(8, 16):
        ClientFactory(email=f"day{send_day:02}@agence.test", send_day=send_day, created_at=in_paris("2027-01-01"))
    clock.move_to(in_paris("2027-05-08"))
    worker.beat()
    complete_jobs()
    clock.move_to(in_paris("2027-05-13", 10))
    worker.beat()
    assert dispatches() == [
        ("day08@agence.test", "report", "2027-05-08", "2027-05-08"),
        ("day09@agence.test", "reminder", "2027-05-08", "2027-05-09"),
        ("day09@agence.test", "report", "2027-05-09", "2027-05-09"),
        ("day10@agence.test", "report", "2027-05-10", "2027-05-10"),
        ("day11@agence.test", "report", "2027-05-11", "2027-05-11"),
        ("day12@agence.test", "report", "2027-05-12", "2027-05-12"),
        ("day13@agence.test", "report", "2027-05-13", "2027-05-13"),
        ("day14@agence.test", "reminder", "2027-05-13", "2027-05-14"),
    ]
    assert not DailyRun.objects.filter(finished_at=None).exists()


def test_seven_days_are_made_up_at_most(worker, in_scope, clock):
    worker.beat()
    clock.move_to(in_paris("2027-05-30"))
    worker.beat()
    days = [str(day) for day in DailyRun.objects.order_by("day").values_list("day", flat=True)]
    assert days == [TENTH_OF_MAY, *(f"2027-05-{day}" for day in range(23, 31))]


def test_no_day_is_made_up_for_a_client_who_came_after_it(worker, in_scope, clock):
    worker.beat()
    ClientFactory(email="old@agence.test", send_day=11)
    clock.move_to(in_paris("2027-05-12", 8))
    ClientFactory(email="new@agence.test", send_day=11)
    worker.beat()
    assert dispatches() == [("old@agence.test", "report", ELEVENTH_OF_MAY, ELEVENTH_OF_MAY)]


def test_an_organization_makes_up_no_day_before_its_first_run(worker, in_scope):
    with tenancy.no_scope():
        services.days.look_for_days()
    assert [run.day for run in DailyRun.unscoped.all()] == [TENTH.date()]


def test_a_day_that_an_operator_ordered_too_early_is_looked_at_again_at_nine(worker, due_today, clock):
    clock.move_to(in_paris(TENTH_OF_MAY, 7))
    services.days.run_day(date(2027, 5, 10))
    complete_jobs()
    ClientFactory(email="early@agence.test", send_day=10)
    assert [email for email, *_ in dispatches()] == ["today@agence.test"]
    clock.move_to(TENTH)
    worker.beat()
    assert [email for email, *_ in dispatches()] == ["early@agence.test", "today@agence.test"]

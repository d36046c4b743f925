"""The day in the foreground: `manage.py run_daily_updates`, and the script that cron calls."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from core.outbox.models import OutboxEvent
from tests.processes import environment_of_this_test
from tests.trackimmo.days.daily import dispatches, in_paris
from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo.models import Client, DailyRun, Dispatch, ProcessingJob
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import processing

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def clock():
    """It is ten o'clock in Paris on 10 May 2027."""
    with time_machine.travel(in_paris("2027-05-10", 10), tick=False) as clock:
        yield clock


def run(*arguments: str) -> str:
    """The command's output."""
    output = StringIO()
    call_command("run_daily_updates", "--organization", "demo", *arguments, stdout=output)
    return output.getvalue()


def table(output: str) -> dict[str, int]:
    """The numbers, by what they are of, without those that are zero."""
    rows = [line.rsplit(maxsplit=1) for line in output.splitlines() if line and line.rsplit(maxsplit=1)[1].isdigit()]
    return {name.strip(): int(number) for name, number in rows if int(number)}


@pytest.mark.django_db(transaction=True)
def test_the_day_is_done_to_the_last_mail_and_a_table_tells_so(due_today, due_tomorrow, sales):
    output = run()
    assert output.splitlines()[0].strip() == "demo, 2027-05-10"
    done = {"Reminders queued": 1, "Reports started": 1, "Jobs completed": 1, "Mails sent": 2}
    assert table(output) == done
    assert [kind for _, kind, *_ in dispatches()] == ["report", "reminder"]
    assert ProcessingJob.objects.get().status == "completed"
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()
    assert DailyRun.objects.get().finished_at is not None
    # Nothing is left for the second run.
    assert table(run()) == {}
    assert len(dispatches()) == 2


@pytest.mark.django_db
def test_a_job_that_is_due_again_is_done_and_its_client_s_report_then_too(due_today, sales):
    retry = JobFactory(client=due_today, attempt_count=1, requested_count=2, available_at=Now())
    assert table(run())["Jobs completed"] == 2
    retry.refresh_from_db()
    assert (retry.status, retry.attempt_count, retry.properties_assigned) == ("completed", 2, 2)
    assert Dispatch.objects.get().job.properties_assigned == 10
    assert DailyRun.objects.get().finished_at is not None


@pytest.mark.django_db
def test_a_job_that_fails_for_good_makes_the_command_fail_after_its_table(due_today, due_tomorrow):
    due_today.chosen_cities.clear()
    output = StringIO()
    with pytest.raises(CommandError, match="1 failed"):
        call_command("run_daily_updates", stdout=output)
    assert {"Reports started": 1, "Jobs failed": 1, "Reminders queued": 1}.items() <= table(output.getvalue()).items()
    assert ProcessingJob.objects.get().error_message.endswith("has no chosen cities")


@pytest.mark.django_db
def test_a_job_that_gets_another_attempt_is_counted_and_no_failure(due_today, monkeypatch):
    def stumble(*arguments):
        raise ConnectionError

    monkeypatch.setattr(processing, "prepare", stumble)
    assert table(run()) == {"Reports started": 1, "Jobs waiting for another attempt": 1}
    assert ProcessingJob.objects.get().attempt_count == 1


@pytest.mark.django_db
def test_a_dry_run_lists_who_would_get_what_and_writes_nothing(due_today, due_tomorrow, city):
    busy = ClientFactory(email="busy@agence.test", cities=[city], send_day=10)
    JobFactory(client=busy, available_at=Now())
    ClientFactory(send_day=12)
    before = OutboxEvent.unscoped.count()
    lines = run("--dry-run").splitlines()
    reports = sorted([f"today@agence.test> {due_today.pk}", f"busy@agence.test> {busy.pk}"])
    assert lines[0] == f"demo: reminder of 2027-05-11 for Marie Durand <tomorrow@agence.test> {due_tomorrow.pk}"
    assert sorted(lines[1:3], key=lambda line: line.split("<")[1]) == [
        f"demo: report of 2027-05-10 for Marie Durand <{reports[0]}, when the job that he has now has ended",
        f"demo: report of 2027-05-10 for Marie Durand <{reports[1]}",
    ]
    assert lines[3:] == ["demo, 2027-05-10: 3 would be seen to; nothing was done."]
    assert (DailyRun.unscoped.count(), Dispatch.unscoped.count(), ProcessingJob.objects.count()) == (0, 0, 1)
    assert OutboxEvent.unscoped.count() == before


@pytest.mark.django_db
def test_a_dry_run_tells_of_missed_days_too(due_today, clock):
    ClientFactory(email="missed@agence.test", send_day=9, created_at=in_paris("2027-01-01"))
    DailyRun.objects.create(day=in_paris("2027-05-08").date(), clients_until=in_paris("2027-05-09", 0))
    DailyRun.objects.update(created_at=in_paris("2027-05-08"), finished_at=in_paris("2027-05-08"))
    lines = run("--dry-run").splitlines()
    assert [line.split()[1:4:2] for line in lines[:-1]] == [["report", "2027-05-09"], ["report", "2027-05-10"]]


@pytest.mark.django_db
def test_any_day_can_be_ordered_and_of_a_past_one_no_reminder_is_sent(due_today, due_tomorrow, city, clock):
    clock.move_to(in_paris("2027-05-20"))
    ClientFactory(email="new@agence.test", send_day=10, cities=[city])
    assert table(run("--date", "2027-05-10"))["Reports started"] == 2
    assert {email for email, *_ in dispatches()} == {"today@agence.test", "new@agence.test"}
    assert {(kind, due_on) for _, kind, _, due_on in dispatches()} == {("report", "2027-05-10")}
    assert table(run("--date", "2027-05-10")) == {}


@pytest.mark.django_db
def test_a_day_that_was_ordered_ahead_is_not_done_again_when_it_comes(due_today, clock):
    run("--date", "2027-06-10")
    assert dispatches() == [("today@agence.test", "report", "2027-06-10", "2027-06-10")]
    clock.move_to(in_paris("2027-06-10"))
    run()
    assert len(dispatches("report")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2027-02-30", "tomorrow", "10/05/2027", "9999-12-31", ""])
def test_a_date_that_is_none_is_named_and_nothing_is_done(due_today, day):
    with pytest.raises(CommandError, match=f"argument --date: '{day}' is (not a day|too far away)"):
        run("--date", day)
    assert not DailyRun.unscoped.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["nobody", ""])
def test_an_unknown_organization_is_named(in_scope, slug):
    with pytest.raises(CommandError, match=f"There is no organization '{slug}'"):
        call_command("run_daily_updates", "--organization", slug)
    assert not DailyRun.unscoped.exists()


@pytest.mark.django_db
def test_all_organizations_are_done_or_one(due_today, their_client):
    Client.unscoped.filter(pk=their_client.pk).update(send_day=10, created_at=in_paris("2027-01-01"))
    run()
    assert not Dispatch.unscoped.filter(client=their_client).exists()
    output = StringIO()
    call_command("run_daily_updates", stdout=output)
    assert Dispatch.unscoped.filter(client=their_client).count() == 1
    assert [line.strip() for line in output.getvalue().splitlines() if "2027" in line] == [
        "demo, 2027-05-10",
        "other, 2027-05-10",
    ]


def script(settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What cron does, from the repository's root."""
    return subprocess.run(
        [sys.executable, "trackimmo/scripts/run_daily_updates.py", *arguments],
        cwd=ROOT,
        env={**environment_of_this_test(settings)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.django_db(transaction=True)
def test_the_script_does_the_day_and_writes_plain_text(city, sales, settings):
    client = ClientFactory(cities=[city], send_day=today_in_paris().day)
    ended = script(settings)
    assert (ended.returncode, table(ended.stdout)["Reports started"]) == (0, 1), ended.stderr
    assert "\x1b" not in ended.stdout + ended.stderr
    assert client.assignments.count() == 10


@pytest.mark.django_db(transaction=True)
def test_the_script_fails_where_the_command_does(ours, settings):
    ended = script(settings, "--date", "never")
    assert ended.returncode == 2
    assert "argument --date: 'never' is not a day; write it as YYYY-MM-DD" in ended.stderr

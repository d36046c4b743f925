"""The tasks: the scope and the request they run under, and what the sweep asks for."""

import uuid
from datetime import timedelta

import pytest
from celery import current_app
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from config.celery import app
from core import tenancy
from core.actor import Origin, current_origin, origin_of
from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo import services, tasks
from trackimmo.models import ProcessingJob
from trackimmo.services import jobs, processing, waking

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """The ids of the jobs that workers were asked to run, with the options of the messages."""
    messages = {}

    def send(name, args, **options) -> None:
        assert name == "trackimmo.tasks.run_job"
        job_id, organization_id = args
        assert ProcessingJob.unscoped.get(pk=job_id).organization_id == uuid.UUID(organization_id)
        messages[job_id] = options

    monkeypatch.setattr(waking.current_app, "send_task", send)
    return messages


def test_a_job_runs_in_its_organization_and_under_its_request(job, monkeypatch):
    ProcessingJob.objects.filter(pk=job.pk).update(request_id="abc-123")
    seen = []

    def look(lease, client) -> None:
        seen.append((lease.job.pk, tenancy.current_organization_id(), current_origin().request_id))

    monkeypatch.setattr(processing, "prepare", look)
    with tenancy.no_scope():
        tasks.run_job(str(job.pk), str(job.organization_id))
        assert tenancy.organization_in_scope() is None
    assert seen == [(job.pk, job.organization_id, "abc-123")]
    assert current_origin().request_id == ""


def test_within_a_request_a_job_runs_under_that_request(job, monkeypatch):
    ProcessingJob.objects.filter(pk=job.pk).update(request_id="abc-123")
    seen = []
    monkeypatch.setattr(processing, "prepare", lambda *_: seen.append(current_origin().request_id))
    with origin_of(Origin(request_id="the-operator-s")):
        services.run_job(job_id=job.pk)
    assert seen == ["the-operator-s"]


def test_a_message_about_a_job_that_is_gone_does_nothing(in_scope):
    tasks.run_job(str(uuid.uuid4()), str(in_scope.pk))


def test_the_task_does_the_job(job, sales):
    with tenancy.no_scope():
        tasks.run_job(str(job.pk), str(job.organization_id))
    job.refresh_from_db()
    assert (job.status, job.properties_assigned) == ("completed", 10)


def test_the_sweep_asks_for_what_is_due_and_what_was_left_behind(job, customer, their_client, theirs, sent):
    left_behind, held, later, ended = (JobFactory(client=ClientFactory(), status="completed") for _ in range(4))
    for waiting in (left_behind, held, later):
        ProcessingJob.objects.filter(pk=waiting.pk).update(status="pending")
    with tenancy.scope(theirs.organization.pk):
        next_door = JobFactory(client=their_client)
    jobs.claim(job_id=left_behind.pk)
    ProcessingJob.objects.filter(pk=left_behind.pk).update(lease_expires_at=Now())
    jobs.claim(job_id=held.pk)
    ProcessingJob.objects.filter(pk=later.pk).update(available_at=Now() + timedelta(hours=1))
    with tenancy.no_scope():
        tasks.sweep_jobs()
    assert set(sent) == {str(job.pk), str(left_behind.pk), str(next_door.pk)}
    ended.refresh_from_db()
    assert (ended.status, ended.attempt_count) == ("completed", 0)


def test_what_a_sweep_asks_for_is_forgotten_when_nobody_gets_to_it(job, sent):
    tasks.sweep_jobs()
    assert sent[str(job.pk)] == {"retry": False, "expires": 60}


def test_a_sweep_takes_a_bounded_number_the_longest_waiting_first(customer, sent, monkeypatch):
    monkeypatch.setattr(waking, "SWEEP_BATCH", 2)
    waiting = [JobFactory(client=ClientFactory()) for _ in range(3)]
    for hours, one in enumerate(waiting):
        ProcessingJob.objects.filter(pk=one.pk).update(available_at=Now() - timedelta(hours=hours))
    assert services.sweep_jobs() == 2
    assert list(sent) == [str(waiting[2].pk), str(waiting[1].pk)]


def test_while_messages_wait_a_sweep_asks_for_nothing(job, sent):
    waiting = waking.MOST_MESSAGES_WAITING
    with current_app.connection_for_write() as broker:
        queue = broker.default_channel.client
        queue.rpush(current_app.conf.task_default_queue, *["a message"] * (waiting + 1))
        assert services.sweep_jobs() == 0
        assert not sent
        queue.delete(current_app.conf.task_default_queue)
        assert services.sweep_jobs() == 1


def test_a_sweep_without_a_broker_says_so(job, monkeypatch):
    def refuse(*arguments, **options):
        raise OperationalError("no broker")

    monkeypatch.setattr(waking.current_app, "send_task", refuse)
    with pytest.raises(OperationalError):
        services.sweep_jobs()


def test_beat_asks_for_a_sweep():
    assert "trackimmo.tasks.sweep_jobs" in {entry["task"] for entry in app.conf.beat_schedule.values()}

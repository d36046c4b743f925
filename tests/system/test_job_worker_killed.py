"""Workers die by SIGKILL; the jobs they held end once all the same."""

from email import message_from_bytes
from email.policy import default

import pytest
from django.db import transaction

from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from tests.stored import somebody_waits_for_a_lock
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory
from trackimmo import services
from trackimmo.models import Assignment, Client, JobStatus, ProcessingJob

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.fixture
def mailbox(private_mail, settings, monkeypatch):
    """A mail server of this test's own; the processes started hereafter notice within seconds that a worker died."""
    settings.EMAIL_PORT = private_mail.port
    monkeypatch.setenv("JOB_LEASE_SECONDS", "2")
    monkeypatch.setenv("OUTBOX_LEASE_SECONDS", "2")
    monkeypatch.setenv("MAX_JOB_RETRIES", "50")
    return private_mail


def arrived(mailbox) -> list[tuple[str, str]]:
    """(Message-ID, recipient) of each mail that the server took."""
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in mailbox.messages()]
    return [(mail["Message-ID"], mail["To"]) for mail in mails]


def no_mail_waits() -> bool:
    """Whether every mail that was queued has been delivered."""
    return not OutboxEvent.objects.filter(topic="mail.send", delivered_at__isnull=True).exists()


def completed() -> int:
    """How many jobs have ended well."""
    return ProcessingJob.objects.filter(status=JobStatus.COMPLETED).count()


def test_a_job_whose_worker_is_killed_in_the_middle_ends_once(in_scope, mailbox, start_worker, start_beat):
    city = CityFactory()
    PropertyFactory.create_batch(30, city=city)
    client = ClientFactory(cities=[city])
    job, _ = services.start_processing(client_id=client.pk)
    with transaction.atomic():
        # The worker gets as far as its last transaction, and there waits for our lock on the client.
        Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        start_beat()
        worker = start_worker()
        eventually(somebody_waits_for_a_lock, seconds=30)
        worker.kill()
    job.refresh_from_db()
    assert (job.status, job.progress["step"]) == ("processing", "assigning")
    assert not Assignment.objects.exists()
    attempts = job.attempt_count
    start_worker()
    eventually(completed, seconds=30)
    eventually(lambda: mailbox.messages() and no_mail_waits(), seconds=30)
    job.refresh_from_db()
    assert (job.attempt_count, job.properties_assigned, job.error_message) == (attempts + 1, 10, None)
    assert Assignment.objects.filter(client=client, job=job).count() == Assignment.objects.count() == 10
    assert [recipient for _, recipient in arrived(mailbox)] == [client.email]


def test_of_many_jobs_none_is_lost_or_done_twice_while_workers_are_killed(in_scope, mailbox, start_worker, start_beat):
    city = CityFactory()
    PropertyFactory.create_batch(40, city=city)
    clients = [ClientFactory(cities=[city], addresses_per_report=5) for _ in range(24)]
    for client in clients:
        services.start_processing(client_id=client.pk)
    start_beat()
    for enough in (6, 14):
        worker = start_worker()
        eventually(lambda enough=enough: completed() >= enough, seconds=30)
        worker.kill()
    start_worker()
    eventually(lambda: completed() == len(clients), seconds=60)
    eventually(no_mail_waits, seconds=60)
    assert ProcessingJob.objects.count() == len(clients)
    assert all(Assignment.objects.filter(client=client).count() == 5 for client in clients)
    # A mail that a dying worker had just handed over may arrive again: then it is the same mail, by its Message-ID.
    mails = set(arrived(mailbox))
    assert sorted(recipient for _, recipient in mails) == sorted(client.email for client in clients)

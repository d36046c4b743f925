"""With real workers: nothing waits for a store that is down, and nothing is lost when it comes back."""

import email
import email.policy

import pytest
from celery import current_app
from django.db import transaction

from audit import services as audit
from audit.documents import AUDIT_LOGS
from core import mail, redis, tenancy
from core.health import heartbeat
from core.outbox.models import OutboxEvent, OutboxPause
from core.testing.mongo import start_empty
from core.testing.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def stores(settings, private_mongo, private_mail):
    """MongoDB and a mail server that this test may stop."""
    settings.MONGODB_URI = private_mongo.url
    settings.EMAIL_PORT = private_mail.port
    start_empty(AUDIT_LOGS)
    return private_mongo, private_mail


def do_something_worth_recording(company, number):
    """One transaction that causes an audit entry and a mail."""
    with tenancy.scope(company.organization.pk), transaction.atomic():
        audit.record(action="update", resource_type="city", resource_id=str(number))
        mail.queue(to="client@demo.test", subject=f"Report {number}", html="<p>x</p>", text="x", kind="report")


def undelivered(topic):
    return OutboxEvent.unscoped.filter(topic=topic, delivered_at=None)


def test_mail_goes_on_while_mongo_is_down_and_the_log_catches_up(ours, stores, start_worker, start_beat):
    mongo, mailbox = stores
    start_worker()
    start_beat()
    do_something_worth_recording(ours, 0)
    eventually(lambda: OutboxEvent.unscoped.filter(delivered_at__isnull=False).count() == 2)

    mongo.kill()
    for number in range(1, 6):
        do_something_worth_recording(ours, number)
    eventually(lambda: len(mailbox.messages()) == 6)
    eventually(lambda: OutboxPause.objects.filter(topic="audit.entry").exists())
    assert undelivered("audit.entry").count() == 5
    assert not undelivered("mail.send").exists()

    mongo.start()
    eventually(lambda: not undelivered("audit.entry").exists(), seconds=60)
    assert {entry["resource_id"] for entry in AUDIT_LOGS.unscoped().find()} == set("012345")
    assert AUDIT_LOGS.unscoped().count_documents({}) == 6
    assert not OutboxPause.objects.exists()
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in mailbox.messages()]
    assert sorted(mail["Subject"] for mail in mails) == [f"Report {number}" for number in range(6)]
    assert len({mail["Message-ID"] for mail in mails}) == 6


def test_a_message_that_the_broker_lost_is_made_up_for_by_the_sweep(ours, stores, start_worker, start_beat):
    _, mailbox = stores
    do_something_worth_recording(ours, 1)
    with current_app.connection_for_write() as broker:
        assert broker.default_channel.client.delete("celery") == 1
    worker = start_worker()
    assert undelivered("mail.send").exists()
    beat = start_beat()
    redis.client().delete(heartbeat.WORKER, heartbeat.BEAT)
    eventually(lambda: len(mailbox.messages()) == 1)
    eventually(lambda: not undelivered("audit.entry").exists())

    eventually(lambda: redis.client().exists(heartbeat.WORKER, heartbeat.BEAT) == 2)  # both pulse on
    beat.ask_to_stop()
    worker.ask_to_stop()
    beat.wait_stopped(seconds=15)
    worker.wait_stopped(seconds=15)
    assert beat.exit_code == 0, beat.program.log.read_text()
    assert worker.exit_code == 0, worker.program.log.read_text()

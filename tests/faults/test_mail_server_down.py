"""The mail server is down for a while."""

import pytest

from core.outbox.models import OPEN, OutboxEvent, OutboxPause
from core.testing.waiting import eventually
from tests.faults.promises import all_is_done, assert_kept, completed_jobs, mails_in

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def test_jobs_go_on_and_their_mails_wait_and_all_arrive(
    processed_clients, settings, private_mail, start_worker, start_beat
):
    settings.EMAIL_PORT = private_mail.port
    private_mail.stop()
    clients = processed_clients(20)
    start_beat()
    start_worker()
    eventually(lambda: completed_jobs() == len(clients), seconds=30)
    eventually(lambda: OutboxPause.objects.filter(topic="mail.send").exists())
    waiting = OutboxEvent.objects.filter(OPEN, topic="mail.send")
    assert waiting.count() == len(clients)
    assert private_mail.messages() == []

    private_mail.start()
    eventually(all_is_done, seconds=30)
    assert_kept(clients, mails_in(private_mail))
    assert not OutboxPause.objects.exists()

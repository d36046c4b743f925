"""The broker loses everything it has while many jobs are queued."""

import pytest
from celery import current_app

from core.testing.waiting import eventually
from tests.faults.promises import all_is_done, assert_kept, completed_jobs, mails_in

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


def empty_broker() -> int:
    """Flush the broker's database. Returns how many messages were queued in it."""
    with current_app.connection_for_write() as broker:
        client = broker.default_channel.client
        queued: int = client.llen("celery")
        client.flushdb()
    return queued


def test_two_hundred_queued_jobs_all_end(processed_clients, settings, private_mail, start_worker, start_beat):
    settings.EMAIL_PORT = private_mail.port
    clients = processed_clients(200)
    # As many messages as jobs, and one or two that wake relays.
    assert empty_broker() >= len(clients)
    start_beat()
    start_worker()
    lost = 0
    for enough in (20, 80):
        eventually(lambda enough=enough: completed_jobs() >= enough, seconds=30)
        lost += empty_broker()
    assert lost
    eventually(all_is_done, seconds=60)
    assert_kept(clients, mails_in(private_mail))

"""Workers die by SIGKILL while a campaign goes out: nobody gets it twice, and nobody is forgotten."""

import random
from threading import Event

import pytest

from core.testing.mongo import start_empty
from core.testing.waiting import eventually
from messaging.documents import MESSAGES
from messaging.models import CampaignRecipient
from tests.messaging.campaigns import PHONE, a_number, executed, some_contacts, statuses
from tests.messaging.cloud_api import CloudApi, running

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

RECIPIENTS, KILLS, WORKER_PROCESSES = 120, 3, 2


def slowly(api: CloudApi, body: dict):
    """The answer comes a while after the message was taken, so that a kill meets what was sent and not told."""
    answer = api.take(body)
    Event().wait(random.Random(body["to"]).random() / 10)
    return answer


def test_no_recipient_gets_it_twice_and_none_is_lost(in_scope, monkeypatch, start_worker, start_beat):
    start_empty(MESSAGES)
    with running(PHONE) as api:
        api.always = slowly
        for name, value in {
            "WHATSAPP_PROVIDER": "cloud",
            "WHATSAPP_API_URL": api.url,
            "OUTBOX_LEASE_SECONDS": "2",
        }.items():
            monkeypatch.setenv(name, value)
        a_number()
        campaign = executed(some_contacts(RECIPIENTS))
        start_beat()
        for kill in range(1, KILLS + 1):
            worker = start_worker()
            reached = kill * RECIPIENTS // (KILLS + 2)
            eventually(lambda reached=reached: len(api.taken) >= reached, seconds=40)
            worker.kill()
        start_worker()
        eventually(lambda: {"queued", "sending"}.isdisjoint(statuses(campaign)), seconds=60)
        sent_to = [body["to"] for body in api.taken]
        assert len(sent_to) == len(set(sent_to)) == len(api.requests)
        found = statuses(campaign)
        assert sum(found.values()) == RECIPIENTS
        assert set(found) <= {"sent", "unconfirmed"}
        assert found.get("unconfirmed", 0) <= KILLS * WORKER_PROCESSES
        sent = CampaignRecipient.objects.filter(status="sent").values_list("wamid", flat=True)
        eventually(lambda: MESSAGES.here().count() == len(sent), seconds=30)
        assert {message["wamid"] for message in MESSAGES.here().find()} == set(sent)

"""The demonstration's conversations."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import outbox, tenancy
from core.testing.mongo import start_empty
from demo.messages import CONTACTS, DAYS, seed_messages
from messaging.documents import MESSAGES
from messaging.models import Contact, Conversation, WhatsAppNumber
from tests.messaging.conftest import HISTORY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_messages(db) -> None:
    start_empty(MESSAGES)


def state() -> tuple[int, ...]:
    models = (WhatsAppNumber, Contact, Conversation)
    return (*(model.objects.count() for model in models), MESSAGES.here().count())


def test_the_documents_own_conversation_has_what_its_examples_ask_for(in_scope, ours, logged_in):
    seed_messages(slug="demo", seed=1)
    outbox.relay_all()
    asked = {"conversation_id": "880e8400-e29b-41d4-a716-446655440003", "limit": "50"}
    said = [item["content"].lower() for item in logged_in(ours.client).get(HISTORY, asked).json()["data"]]
    assert len(said) == 12
    for word in ("help", "support", "order"):
        assert any(word in line for line in said)


def test_it_is_of_the_last_weeks_and_some_conversations_are_closed(in_scope):
    seed_messages(slug="demo", seed=1)
    outbox.relay_all()
    times = [message["created_at"] for message in MESSAGES.here().find()]
    assert timezone.now() - timedelta(days=DAYS, hours=1) < min(times) < max(times) < timezone.now()
    assert Contact.objects.count() == Conversation.objects.count() == CONTACTS
    assert Conversation.objects.filter(status="closed").count() == 4
    assert not Conversation.objects.filter(last_message_at=None).exists()


def test_seeding_again_changes_nothing_and_another_organization_has_its_own(in_scope, theirs):
    seed_messages(slug="demo", seed=1)
    outbox.relay_all()
    first = state()
    Contact.objects.filter(name__contains="a").update(name="Renamed")
    seed_messages(slug="demo", seed=1)
    outbox.relay_all()
    assert state() == first
    assert Contact.objects.filter(name="Renamed").exists()
    with tenancy.scope(theirs.organization.pk):
        seed_messages(slug="other", seed=1)
        outbox.relay_all()
        assert state() == first

"""Taking messages in and storing them: each once, whatever is repeated, in whatever order."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core import outbox, tenancy
from core.outbox.models import OutboxEvent
from messaging.documents import MESSAGES, STATUSES
from messaging.models import Conversation, Delivery
from messaging.services.conversations import open_conversation
from messaging.services.intake import TOPIC, message_id_of, store_messages
from messaging.services.storing import move_statuses
from tests.messaging.factories import THEN, ConversationFactory, new_message, store
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("messages")]


def stored() -> list[dict]:
    return list(MESSAGES.here().find().sort("created_at"))


def metrics() -> list[str]:
    events = OutboxEvent.objects.filter(topic="analytics.event", payload__metric="messages_sent")
    return sorted(event.payload["at"] for event in events)


def test_a_message_is_stored_as_it_was_given(in_scope):
    conversation = ConversationFactory()
    message = new_message(
        conversation.conversation_id,
        content="  Élan, l'été! ",
        type="image",
        status="pending",
        media_url="https://cdn.test/a.png",
        wamid="wamid.1",
        created_at=datetime(2026, 1, 27, 10, 30, 0, 123999, tzinfo=UTC),
    )
    store(message)
    [document] = stored()
    assert document.pop("terms")
    assert document.pop("folded")
    assert document == {
        "_id": message.id,
        "organization_id": in_scope.pk,
        "conversation_id": conversation.conversation_id,
        "sender_id": "ada",
        "receiver_id": "bob",
        "content": "  Élan, l'été! ",
        "type": "image",
        "status": "pending",
        "media_url": "https://cdn.test/a.png",
        "wamid": "wamid.1",
        "created_at": datetime(2026, 1, 27, 10, 30, 0, 123000, tzinfo=UTC),
    }


def test_a_name_is_one_id_in_each_organization(in_scope, theirs):
    ours = message_id_of("wamid.1")
    assert ours == message_id_of("wamid.1") != message_id_of("wamid.2")
    with tenancy.scope(theirs.organization.pk):
        assert message_id_of("wamid.1") != ours


def test_nothing_is_nothing(in_scope, django_assert_num_queries):
    with django_assert_num_queries(0):
        store_messages([])


def test_outside_a_transaction_nothing_is_taken_in(in_scope, transactional_db):
    conversation = ConversationFactory()
    with pytest.raises(transaction.TransactionManagementError):
        store_messages([new_message(conversation.conversation_id)])
    assert not OutboxEvent.objects.exists()


def test_a_transaction_that_rolls_back_leaves_nothing(in_scope):
    conversation = ConversationFactory()
    with transaction.atomic():
        store_messages([new_message(conversation.conversation_id)])
        transaction.set_rollback(True)
    outbox.relay_all()
    conversation.refresh_from_db()
    assert conversation.last_message_at is None
    assert stored() == []


def test_a_batch_costs_three_statements_whatever_its_size(in_scope, django_assert_num_queries):
    conversations = [ConversationFactory() for _ in range(3)]
    batch = [new_message(one.conversation_id) for one in conversations for _ in range(20)]
    with django_assert_num_queries(3):
        store_messages(batch)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=some.lists(
        some.lists(some.integers(min_value=0, max_value=9), min_size=1, max_size=6), min_size=1, max_size=5
    ),
    relays=some.lists(some.booleans(), min_size=5, max_size=5),
    redelivers=some.booleans(),
)
def test_whatever_is_repeated_in_whatever_order_each_is_stored_once(in_scope, batches, relays, redelivers):
    conversations = [ConversationFactory(conversation_id=uuid4()) for _ in range(2)]
    known = [
        new_message(conversations[number % 2].conversation_id, created_at=THEN + timedelta(seconds=7 * number % 10))
        for number in range(10)
    ]
    for batch, relay in zip(batches, relays, strict=False):
        with transaction.atomic():
            store_messages([known[number] for number in dict.fromkeys(batch)])
        if relay:
            outbox.relay(TOPIC)
    if redelivers:
        OutboxEvent.objects.filter(topic=TOPIC).update(delivered_at=None, attempts=0)
    outbox.relay(TOPIC)
    late = OutboxEvent.objects.filter(topic="messaging.message", delivered_at__isnull=True)
    assert [event.last_error for event in late] == []
    told = {number for batch in batches for number in batch}
    for place, conversation in enumerate(conversations):
        own = [known[number] for number in told if number % 2 == place]
        conversation.refresh_from_db()
        assert conversation.last_message_at == max((message.created_at for message in own), default=None)
        found = list(MESSAGES.here().find({"conversation_id": conversation.conversation_id}))
        assert {document["_id"] for document in found} == {message.id for message in own}
        assert len(found) == len(own)


def test_each_message_is_counted_once_at_its_time(in_scope):
    conversation = ConversationFactory()
    first = new_message(conversation.conversation_id)
    second = new_message(conversation.conversation_id, created_at=THEN + timedelta(hours=1))
    store(first)
    store(first, second)
    assert [at[:16] for at in metrics()] == ["2026-01-27T10:30", "2026-01-27T11:30"]


def test_another_organizations_conversation_of_the_same_id_is_not_moved(in_scope, theirs):
    conversation = ConversationFactory()
    with tenancy.scope(theirs.organization.pk):
        their_own = ConversationFactory(conversation_id=conversation.conversation_id)
    store(new_message(conversation.conversation_id))
    assert Conversation.unscoped.get(pk=their_own.pk).last_message_at is None


@pytest.mark.parametrize("told", ["", "sent", "failed", "delivered", "read"])
def test_a_status_that_came_before_its_message_is_applied_and_never_takes_it_back(in_scope, told):
    conversation = ConversationFactory()
    Delivery.objects.create(wamid="wamid.1", status=told)
    store(new_message(conversation.conversation_id, wamid="wamid.1", status="failed"))
    [document] = stored()
    assert document["status"] == max("failed", told or "failed", key=STATUSES.index)


@given(statuses=some.permutations([status for status in STATUSES if status != "pending"]))
@settings(max_examples=24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_statuses_in_any_order_end_at_the_last_one(in_scope, statuses):
    message = new_message(ConversationFactory(conversation_id=uuid4()).conversation_id, status="pending")
    store(message)
    reached = "pending"
    for status in statuses:
        move_statuses({message.id: status})
        reached = max(reached, status, key=STATUSES.index)
        assert MESSAGES.here().find_one({"_id": message.id})["status"] == reached
    assert reached == "read"


def test_a_redelivery_after_its_status_moved_on_changes_nothing(in_scope):
    message = new_message(ConversationFactory().conversation_id)
    store(message)
    move_statuses({message.id: "read"})
    OutboxEvent.objects.filter(topic="messaging.message").update(delivered_at=None)
    outbox.relay_all()
    [document] = stored()
    assert document["status"] == "read"
    assert OutboxEvent.objects.get(topic="messaging.message").delivered_at


def test_another_message_with_the_id_of_one_is_parked_and_changes_nothing(in_scope):
    conversation = ConversationFactory()
    message = new_message(conversation.conversation_id)
    store(message)
    OutboxEvent.objects.all().delete()
    store(
        new_message(conversation.conversation_id, id=message.id, content="Goodbye"),
        new_message(conversation.conversation_id, content="Something else"),
    )
    assert sorted(document["content"] for document in stored()) == ["Hello", "Something else"]
    parked = OutboxEvent.objects.get(parked_at__isnull=False)
    assert parked.pk == message.id
    assert "different document" in parked.last_error


@pytest.mark.django_db(transaction=True)
def test_eight_who_open_one_conversation_at_once_open_one(ours):
    conversation_id, found = UUID(int=880), []
    at_once([lambda: found.append(open_conversation(conversation_id).pk)] * 8, organization_id=ours.organization.pk)
    assert len(found) == 8
    assert set(found) == {Conversation.unscoped.get().pk}


@pytest.mark.django_db(transaction=True)
def test_eight_batches_over_the_same_conversations_never_wait_in_a_circle(ours):
    with tenancy.scope(ours.organization.pk):
        conversations = [ConversationFactory() for _ in range(6)]

    def take_in(turn: int) -> None:
        order = conversations if turn % 2 else conversations[::-1]
        for second in range(5):
            with transaction.atomic():
                at = THEN + timedelta(seconds=10 * second + turn)
                store_messages([new_message(one.conversation_id, created_at=at) for one in order])

    at_once([lambda turn=turn: take_in(turn) for turn in range(8)], organization_id=ours.organization.pk)
    last = {one.last_message_at for one in Conversation.unscoped.all()}
    assert last == {THEN + timedelta(seconds=47)}
    with tenancy.scope(ours.organization.pk):
        outbox.relay_all()
        assert MESSAGES.here().count() == 8 * 5 * 6

"""A campaign's messages: each recipient once, whatever Meta answers and whoever dies."""

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.utils.timezone import now

from core import outbox, tenancy
from core.outbox import store
from core.outbox.models import OutboxEvent
from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from messaging.models import CampaignRecipient, Contact, Conversation, Delivery, WhatsAppNumber
from messaging.services.numbers import resume_number
from messaging.services.sending import TOPIC
from tests.messaging.campaigns import PHONE, a_number, executed, some_contacts, statuses
from tests.messaging.cloud_api import TOKEN, cut_off, plainly, problem, running, taken_and_silent
from tests.messaging.webhooks import status, tell
from tests.stored import audited

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(in_scope) -> WhatsAppNumber:
    start_empty(MESSAGES)
    return a_number()


@pytest.fixture
def api(settings):
    with running(PHONE) as api:
        settings.WHATSAPP_PROVIDER, settings.WHATSAPP_API_URL = "cloud", api.url
        settings.WHATSAPP_TIMEOUT_SECONDS = 1
        yield api


def relay() -> None:
    """Whatever waits, or pauses, is due."""
    OutboxEvent.objects.filter(delivered_at=None, parked_at=None).update(available_at=F("created_at"))
    store.resume(TOPIC)
    outbox.relay_all()


def the_recipient() -> CampaignRecipient:
    return CampaignRecipient.objects.get()


def report(wamid: str, name: str, **more) -> None:
    assert tell({"statuses": [status(wamid, name, **more)]}, phone=PHONE, account="102290129340398").status_code == 200


def test_each_recipient_gets_it_once_and_it_is_a_message_of_his_conversation(number, api):
    contacts = some_contacts(3)
    campaign = executed(contacts)
    for _ in range(3):
        relay()
    assert sorted(body["to"] for body in api.taken) == [contact.wa_id for contact in contacts]
    assert statuses(campaign) == {"sent": 3}
    for recipient in CampaignRecipient.objects.all():
        message = MESSAGES.here().find_one({"wamid": recipient.wamid})
        conversation = Conversation.objects.get(contact=recipient.contact)
        assert message["content"] == "Spring is here"
        assert (message["type"], message["status"]) == ("text", "pending")
        assert message["sender_id"] == str(number.pk)
        assert message["receiver_id"] == str(recipient.contact_id)
        assert message["conversation_id"] == conversation.conversation_id
        assert Delivery.objects.get(wamid=recipient.wamid).message_id == message["_id"]
    assert MESSAGES.here().count() == 3


def test_statuses_move_message_and_recipient_forward_and_never_back(number, api):
    campaign = executed(some_contacts(1))
    relay()
    wamid = the_recipient().wamid
    for told, known in [("delivered", "delivered"), ("sent", "delivered"), ("read", "read"), ("failed", "read")]:
        report(wamid, told)
        relay()
        assert statuses(campaign) == {known: 1}
        assert MESSAGES.here().find_one({"wamid": wamid})["status"] == known
        assert Delivery.objects.get(wamid=wamid).status == known


def test_a_message_that_failed_later_tells_why(number, api):
    campaign = executed(some_contacts(1))
    relay()
    errors = [{"code": 131026, "title": "Message undeliverable", "error_data": {"details": "No WhatsApp."}}]
    report(the_recipient().wamid, "failed", errors=errors)
    relay()
    assert statuses(campaign) == {"failed": 1}
    assert the_recipient().error_code == 131026
    assert the_recipient().error == "Message undeliverable: No WhatsApp."
    assert MESSAGES.here().find_one({})["status"] == "failed"


def test_who_opted_out_after_it_was_queued_gets_nothing(number, api):
    first, second = some_contacts(2)
    campaign = executed([first, second])
    Contact.objects.filter(pk=first.pk).update(opted_out_at=now())
    relay()
    assert [body["to"] for body in api.requests] == [second.wa_id]
    assert statuses(campaign) == {"failed": 1, "sent": 1}
    assert CampaignRecipient.objects.get(contact=first).error == "The contact has opted out."


def test_a_refused_recipient_is_recorded_and_the_others_go_on(number, api):
    api.behaviours = [problem(400, 131026, "(#131026) Message undeliverable")]
    campaign = executed(some_contacts(3))
    relay()
    relay()
    assert statuses(campaign) == {"failed": 1, "sent": 2}
    failed = CampaignRecipient.objects.get(status="failed")
    assert failed.error_code == 131026
    assert failed.error.startswith("(#131026) Message undeliverable")
    assert len(api.requests) == 3
    assert MESSAGES.here().count() == 2


@pytest.mark.parametrize(
    "behaviour",
    [
        problem(500, 131016),
        problem(500, 131000),
        problem(400, 131056),
        plainly(503),
        problem(429, 130429, Retry_After="0"),
        problem(400, 4, Retry_After="0"),
    ],
    ids=range(6),
)
def test_what_was_not_sent_is_tried_again_until_it_is(behaviour, number, api):
    api.behaviours = [behaviour] * 3
    campaign = executed(some_contacts(2))
    for _ in range(8):
        relay()
    assert statuses(campaign) == {"sent": 2}
    assert len(api.requests) == 5
    assert len({body["to"] for body in api.taken}) == len(api.taken) == 2


def test_something_unknown_is_tried_five_times_and_then_failed(number, api):
    api.always = problem(500, 131000, "(#131000) Something went wrong")
    campaign = executed(some_contacts(1))
    for _ in range(9):
        relay()
    assert statuses(campaign) == {"failed": 1}
    assert len(api.requests) == 5
    assert the_recipient().attempts == 5


def test_a_number_waits_as_long_as_meta_wants(number, api):
    api.behaviours = [problem(429, 130429, Retry_After="300")]
    campaign = executed(some_contacts(5))
    relay()
    relay()
    assert len(api.requests) == 1
    assert statuses(campaign) == {"queued": 5}
    number.refresh_from_db()
    assert 290 < (number.waits_until - now()).total_seconds() <= 300
    with time_machine.travel(number.waits_until, tick=True):
        relay()
    assert statuses(campaign) == {"sent": 5}
    assert len(api.taken) == 5


def test_a_token_that_meta_refuses_pauses_the_number_and_burns_nobody(number, api):
    WhatsAppNumber.objects.update(access_token="expired")
    campaign = executed(some_contacts(5))
    for _ in range(12):
        relay()
    number.refresh_from_db()
    assert number.paused_at is not None
    assert number.pause_reason.startswith("Invalid OAuth access token")
    assert statuses(campaign) == {"queued": 5}
    assert len(api.refused) == 1
    assert not OutboxEvent.objects.filter(parked_at__isnull=False).exists()
    assert [entry["action"] for entry in audited() if entry["resource_type"] == "whatsapp_number"] == ["pause"]
    number.access_token = TOKEN
    number.save(update_fields=["access_token"])
    assert resume_number(number_id=number.pk) == 5
    outbox.relay_all()
    assert statuses(campaign) == {"sent": 5}
    assert len(api.taken) == 5


@pytest.mark.parametrize("behaviour", [taken_and_silent(1.5), plainly(502), cut_off], ids=["silent", "gateway", "cut"])
def test_what_may_have_been_sent_is_never_sent_again(behaviour, number, api):
    api.behaviours = [behaviour]
    campaign = executed(some_contacts(1))
    for _ in range(4):
        relay()
    assert statuses(campaign) == {"unconfirmed": 1}
    assert len(api.requests) == 1
    assert the_recipient().error
    assert MESSAGES.here().count() == 0


def test_a_status_settles_what_was_unconfirmed(number, api):
    api.behaviours = [taken_and_silent(1.5)]
    campaign = executed(some_contacts(1))
    relay()
    report("wamid.cloud.1", "delivered", biz_opaque_callback_data=str(the_recipient().pk))
    relay()
    assert statuses(campaign) == {"delivered": 1}
    assert the_recipient().wamid == "wamid.cloud.1"
    assert the_recipient().error == ""
    [message] = MESSAGES.here().find()
    assert (message["wamid"], message["status"], message["content"]) == ("wamid.cloud.1", "delivered", "Spring is here")
    assert len(api.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_a_status_that_comes_before_meta_has_answered_is_kept(number, api):
    def told_first(api, body):
        answer = api.take(body)
        with tenancy.no_scope():
            report("wamid.cloud.1", "read", biz_opaque_callback_data=body["biz_opaque_callback_data"])
        connection.close()
        return answer

    api.behaviours = [told_first]
    campaign = executed(some_contacts(1))
    relay()
    assert statuses(campaign) == {"read": 1}
    assert len(api.requests) == 1
    assert MESSAGES.here().count() == 1
    assert MESSAGES.here().find_one({"wamid": "wamid.cloud.1"})["status"] == "read"


def test_another_organization_s_status_settles_nothing(number, api, theirs):
    api.behaviours = [taken_and_silent(1.5)]
    campaign = executed(some_contacts(1))
    relay()
    with tenancy.scope(theirs.organization.pk):
        a_number(phone_number_id="99", business_account_id="98")
    value = {"statuses": [status("wamid.x", "read", biz_opaque_callback_data=str(the_recipient().pk))]}
    assert tell(value, phone="99", account="98").status_code == 200
    assert statuses(campaign) == {"unconfirmed": 1}


def test_the_local_provider_delivers_by_itself(number, settings):
    settings.WHATSAPP_PROVIDER = "local"
    campaign = executed(some_contacts(3))
    relay()
    relay()
    assert statuses(campaign) == {"delivered": 3}
    assert {message["status"] for message in MESSAGES.here().find()} == {"delivered"}
    assert MESSAGES.here().count() == 3

"""The 25 real payloads: what each becomes, and that it becomes it once, whatever happens on the way."""

import json
import random

import pytest
from django.utils.timezone import now

from core import outbox, tenancy
from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from messaging.models import AccountEvent, Contact, Conversation, Delivery, UnroutedWebhook, WhatsAppNumber
from messaging.services.numbers import register_number
from tests.messaging.webhooks import MALFORMED, NOTHING, REAL, WELL_FORMED, needs_payloads, post, register, stored_rows
from tests.stored import queued_mails
from tests.threads import at_once

pytestmark = [needs_payloads, pytest.mark.django_db]

# In these payloads six messages and three statuses were given one and the same id when names were taken out of them.
SHARED = "wamid.nBgN6TUyN2k5NzAzM5kzNhUCABI8FDNFQjAxQkE5REI4NEUzQ5Y5QTNgAA=="
OF_A_MESSAGE = {
    "audioMessage": ("audio", "", "https://graph.facebook.com/827776106019109"),
    "buttonMessage": ("button", "SIM", None),
    "contactMessage": ("contacts", "Person Ok +55 11 11111-1111", None),
    "documentMessage": ("document", "4_641947.pdf", "https://graph.facebook.com/848704520347750"),
    "imageMessage": ("image", "", "https://graph.facebook.com/8472976218001204"),
    "locationMessage": (
        "location",
        "-10.93941311633, -10.606395436721\nhttps://foursquare.com/v/5c42c5667d8497002c6e09f9",
        None,
    ),
    "messageDeleted": ("unsupported", "Message type unknown\nMessage type is currently not supported.", None),
    "reactMessage": ("reaction", "👍", None),
    "stickerMessage": ("sticker", "", "https://graph.facebook.com/1604825680670873"),
    "textMessage": ("text", "hi everyone!", None),
    "textMessage2": ("text", "Good afternoon", None),
    "videoMessage": ("video", "hello world", "https://graph.facebook.com/661828760183585"),
}
OF_A_STATUS = {
    "mediaUploadError": (
        "failed",
        131053,
        "Media upload error: Unsupported Video mime type text/html. Please use one of video/3gpp, video/mp4.",
    ),
    "reEngagementMessageError": (
        "failed",
        131047,
        "Re-engagement message: Message failed to send because more than 24 hours have passed since the customer last"
        " replied to this number.",
    ),
    "textMessageStatusDelivered": ("delivered", None, ""),
    "textMessageStatusSent": ("sent", None, ""),
}
OF_AN_ACCOUNT = {
    "accountBanned": ("account_update", "DISABLED_UPDATE", True),
    "accountRestricted": ("account_update", "ACCOUNT_RESTRICTION", True),
    "accountReview": ("account_review_update", "APPROVED", False),
    "phoneNumberNameUpdate": ("phone_number_name_update", "APPROVED", False),
    "qualityUpdate": ("phone_number_quality_update", "FLAGGED", True),
    "rejectedTemplate": ("message_template_status_update", "REJECTED", True),
    "templateSchedulingForDisabling": ("message_template_status_update", "FLAGGED", True),
    "verifiedAccount": ("account_update", "VERIFIED_ACCOUNT", False),
}
NUMBERS = {
    "409552778964973": "880480571844883",
    "1111111111111": "1111111111111",
    "109999999999999": "111111111111111",
    "of-the-account": "whatsapp-business-account-id",
    "of-the-waba": "waba-id",
    "of-the-template": "880480871844883",
}
WAMIDS = {
    message["id"]
    for body in (json.loads(REAL[name]) for name in WELL_FORMED)
    for message in body["entry"][0]["changes"][0]["value"].get("messages", [])
}


@pytest.fixture
def numbers(in_scope):
    """All numbers and accounts of the payloads are ours."""
    start_empty(MESSAGES)
    return {phone: register(phone, account=account)[0] for phone, account in NUMBERS.items()}


def stored() -> list[dict]:
    """Hand everything over to MongoDB, and return it as it is there."""
    outbox.relay_all()
    return list(MESSAGES.here().find().sort("wamid"))


def test_these_are_all():
    assert len(REAL) == 25
    assert sorted([*OF_A_MESSAGE, *OF_A_STATUS, *OF_AN_ACCOUNT, MALFORMED]) == sorted(REAL)
    assert len(WAMIDS) == 7


@pytest.mark.parametrize("name", OF_A_MESSAGE)
def test_a_message_is_one_of_its_senders_conversation(name, numbers):
    value = json.loads(REAL[name])["entry"][0]["changes"][0]["value"]
    told = value["messages"][0]
    assert post(REAL[name]).json() == {"success": True}
    [message] = stored()
    contact, conversation = Contact.objects.get(), Conversation.objects.get()
    assert (message["type"], message["content"], message["media_url"]) == OF_A_MESSAGE[name]
    assert message["sender_id"] == str(contact.pk)
    assert message["receiver_id"] == str(numbers[value["metadata"]["phone_number_id"]].pk)
    assert message["conversation_id"] == conversation.conversation_id
    assert message["created_at"].timestamp() == int(told["timestamp"])
    assert (message["wamid"], message["status"]) == (told["id"], "delivered")
    assert contact.wa_id == told["from"]
    # One of them comes from a number that nobody introduced.
    assert contact.name == ("" if name == "textMessage2" else "Mauricio Binda")
    assert conversation.last_message_at == message["created_at"]


@pytest.mark.parametrize("name", OF_A_STATUS)
def test_a_status_is_remembered_for_the_message_that_may_come(name, numbers):
    assert post(REAL[name]).status_code == 200
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.error_code, delivery.error) == OF_A_STATUS[name]
    assert delivery.message_id is None
    assert stored_rows() == {**NOTHING, "Delivery": 1}
    assert stored() == []


@pytest.mark.parametrize("name", OF_AN_ACCOUNT)
def test_an_event_of_an_account_is_kept_and_the_operators_hear_of_what_stops_messages(name, numbers, settings):
    field, what, is_alarming = OF_AN_ACCOUNT[name]
    for _ in range(3):
        assert post(REAL[name]).status_code == 200
    event = AccountEvent.objects.get()
    assert event.value.get("event", event.value.get("decision")) == what
    assert event.field == field
    assert event.value == json.loads(REAL[name])["entry"][0]["changes"][0]["value"]
    mails = queued_mails("cto_whatsapp_account")
    assert [mail["to"] for mail in mails] == ([settings.CTO_EMAIL] if is_alarming else [])
    assert all(event.business_account_id in mail["subject"] for mail in mails)
    assert stored_rows() == {**NOTHING, "AccountEvent": 1}


def test_the_malformed_one_is_400_with_the_position_and_nothing_is_stored(numbers):
    answer = post(REAL[MALFORMED])
    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "message": "JSON parse error: unexpected content after document: line 29 column 1 (char 695)",
    }
    assert stored_rows() == NOTHING


def assert_all_is_there_once() -> None:
    """What all payloads together come to, in whatever order and how often they came."""
    messages = stored()
    assert {message["wamid"] for message in messages} == WAMIDS
    assert len(messages) == len(WAMIDS)
    by_wamid = {message["wamid"]: message for message in messages}
    for name, expected in OF_A_MESSAGE.items():
        wamid = json.loads(REAL[name])["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
        if wamid != SHARED:
            found = by_wamid[wamid]
            assert (found["type"], found["content"], found["media_url"]) == expected
    assert by_wamid[SHARED]["status"] == "delivered"
    assert Delivery.objects.get(wamid=SHARED).status == "delivered"
    assert Delivery.objects.filter(status="failed").count() == 2
    assert Delivery.objects.count() == len(WAMIDS) + 2
    assert AccountEvent.objects.count() == 8
    assert len(queued_mails("cto_whatsapp_account")) == 5
    assert {conversation.conversation_id for conversation in Conversation.objects.all()} == {
        message["conversation_id"] for message in messages
    }
    assert UnroutedWebhook.objects.count() == 0


@pytest.mark.parametrize("seed", range(3))
def test_duplicated_shuffled_and_replayed_each_is_there_once(seed, numbers):
    order = [*WELL_FORMED, *WELL_FORMED]
    random.Random(seed).shuffle(order)
    for name in order:
        assert post(REAL[name]).status_code == 200
    assert_all_is_there_once()
    before = stored(), sorted(Delivery.objects.values_list("wamid", "message_id", "status"))
    for name in [MALFORMED, *reversed(order)]:
        assert post(REAL[name]).status_code == (400 if name == MALFORMED else 200)
    assert (stored(), sorted(Delivery.objects.values_list("wamid", "message_id", "status"))) == before
    assert_all_is_there_once()


@pytest.mark.parametrize("seed", range(3))
def test_all_in_one_payload_shuffled_each_is_there_once(seed, numbers):
    entries = [entry for name in WELL_FORMED for entry in json.loads(REAL[name])["entry"]] * 2
    random.Random(seed).shuffle(entries)
    assert post(json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()).status_code == 200
    assert_all_is_there_once()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(2))
def test_from_many_threads_at_once_each_is_there_once(seed, numbers):
    def telling(number: int):
        order = list(WELL_FORMED)
        random.Random(seed * 10 + number).shuffle(order)

        def tell_all() -> None:
            with tenancy.no_scope():
                assert [post(REAL[name]).status_code for name in order] == [200] * len(order)

        return tell_all

    at_once([telling(number) for number in range(4)])
    assert_all_is_there_once()


def test_what_nobody_has_registered_for_waits_for_its_number(in_scope):
    start_empty(MESSAGES)
    for name in [*WELL_FORMED, *WELL_FORMED]:
        assert post(REAL[name]).status_code == 200
    assert stored_rows() == {**NOTHING, "UnroutedWebhook": len(WELL_FORMED)}
    assert stored() == []
    for phone, account in NUMBERS.items():
        number = WhatsAppNumber(phone_number_id=phone, business_account_id=account, created_at=now())
        assert register_number(number) > 0
    assert_all_is_there_once()
    assert stored_rows()["UnroutedWebhook"] == 0

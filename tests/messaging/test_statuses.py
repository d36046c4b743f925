"""Statuses of one message in every order, before and after it: the furthest stays."""

from itertools import permutations

import pytest

from core import outbox
from messaging.documents import MESSAGES
from messaging.models import Delivery
from tests.messaging.webhooks import PHONE, register, status, tell, text

pytestmark = pytest.mark.django_db

ALL = ("sent", "failed", "delivered", "read")
ORDERS = list(permutations(ALL))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_whatever_the_order_the_furthest_stays(order, messages, in_scope):
    register(PHONE)
    for place, name in enumerate(order):
        assert tell({"statuses": [status("wamid.1", name)]}).status_code == 200
        if place == len(order) // 2:
            assert tell({"messages": [text("wamid.1")]}).status_code == 200
        outbox.relay_all()
        furthest = ALL[max(ALL.index(told) for told in order[: place + 1])]
        # What a customer sent has arrived, whatever else is told of it.
        expected = "delivered" if place >= len(order) // 2 and furthest in {"sent", "failed"} else furthest
        assert Delivery.objects.get().status == expected
        if place >= len(order) // 2:
            assert MESSAGES.here().find_one({})["status"] == expected
    assert MESSAGES.here().find_one({})["status"] == "read"


def test_all_in_one_payload_come_to_the_furthest(messages, in_scope):
    register(PHONE)
    told = [status("wamid.1", name) for name in ("read", "sent", "failed", "delivered")]
    assert tell({"statuses": told, "messages": [text("wamid.1")]}).status_code == 200
    outbox.relay_all()
    assert MESSAGES.here().find_one({})["status"] == Delivery.objects.get().status == "read"


def test_a_status_that_is_not_known_changes_nothing(messages, in_scope):
    register(PHONE)
    assert tell({"messages": [text("wamid.1")], "statuses": [status("wamid.1", "played")]}).status_code == 200
    assert Delivery.objects.get().status == "delivered"

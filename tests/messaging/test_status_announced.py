"""A WhatsApp status that moves a message is heard on the live stream, and by nobody next door."""

import pytest

from core import tenancy
from messaging.models import Delivery
from tests.messaging.webhooks import PHONE, register, status, tell, text
from tests.system.live.client import bearer
from tests.system.live.conftest import ask, live, login, port, watch  # noqa: F401 -- fixtures

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

THEIRS = "409552778964974"


def test_a_status_is_heard_when_it_moves_a_message_and_only_then(ours, theirs, live, watch, login):  # noqa: F811
    for company, phone in ((ours, PHONE), (theirs, THEIRS)):
        with tenancy.scope(company.organization.pk):
            register(phone)
    assert tell({"messages": [text("wamid.1"), text("wamid.2")]}).status_code == 200
    stream, neighbour = (
        watch("/live/?events=message.status", **bearer(login(company.client)["access"])) for company in (ours, theirs)
    )
    for one in (stream, neighbour):
        assert one.lines() == ["retry: 3000"]
    for wamid, told in (("wamid.1", "read"), ("wamid.1", "delivered"), ("wamid.1", "read"), ("wamid.2", "read")):
        assert tell({"statuses": [status(wamid, told)]}).status_code == 200
    assert tell({"statuses": [status("wamid.3", "sent")]}, phone=THEIRS).status_code == 200
    ids = dict(Delivery.unscoped.values_list("wamid", "message_id"))
    for wamid in ("wamid.1", "wamid.2"):
        assert stream.next() == (
            "message.status",
            {"id": str(ids[wamid]), "wamid": wamid, "status": "read", "error_code": None, "error": ""},
        )
    name, heard = neighbour.next()
    assert (name, heard["wamid"], heard["status"]) == ("message.status", "wamid.3", "sent")

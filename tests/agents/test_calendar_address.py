"""Where an AI agent's calendar is: who is told, who may have it moved, and which addresses are none."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.signing import Signer

from accounts.models import User
from accounts.services.users import deactivate_user
from agents.models import AIAgent
from agents.services.calendar import SALT
from core import tenancy
from tests.agents.conftest import AGENTS
from tests.agents.factories import AIAgentFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db

FEED = "/api/agents/ai/calendar.ics"


def told(caller, agent, verb="get"):
    """What the endpoint of the address answers."""
    return getattr(caller, verb)(f"{AGENTS}{agent.pk}/calendar")


def test_whoever_sees_the_agent_is_told_where_its_calendar_is(admin, client, caretaker, sarah, counted):
    told(client, sarah)  # who he is, is known from now on
    with counted("GET calendar"):
        answer = told(client, sarah)
    body = answer.json()
    assert list(body) == ["message", "data", "calendar", "timestamp"]
    assert body["message"] == "Calendar retrieved successfully"
    assert body["data"] == body["calendar"]
    assert body["data"]["agent_id"] == str(sarah.pk)
    assert body["data"]["url"].startswith(f"{django_settings.API_BASE_URL}{FEED}?token=")
    urls = {body["data"]["url"], *(told(caller, sarah).json()["data"]["url"] for caller in (admin, caretaker))}
    assert len(urls) == 3  # each has his own


@pytest.mark.parametrize("verb", ["get", "post"])
def test_whoever_does_not_see_the_agent_is_told_that_there_is_none(outsider, stranger, sarah, verb):
    for caller in (outsider, stranger):
        answer = told(caller, sarah, verb)
        assert answer.status_code == 404
        assert answer.json()["code"] == "NOT_FOUND"
        file = caller.get(f"{AGENTS}{sarah.pk}/calendar.ics")
        assert (file.status_code, file.json()["code"]) == (404, "NOT_FOUND")
    sarah.refresh_from_db()
    assert sarah.calendar_version == 1
    assert [entry for entry in audited() if entry["action"] != "login"] == []


@pytest.mark.parametrize("who", ["admin", "client", "caretaker"])
def test_it_can_be_moved_and_is_not_where_it_was(who, request, http, sarah, address, counted):
    caller = request.getfixturevalue(who)
    assert http.get(address).status_code == 200
    assert told(caller, sarah).status_code == 200
    with counted("POST calendar"):
        answer = told(caller, sarah, "post")
    assert answer.status_code == 200
    assert answer.json()["message"] == "Calendar moved successfully"
    new = answer.json()["calendar"]["url"]
    assert new != address
    assert new == told(caller, sarah).json()["data"]["url"]
    assert http.get(new).status_code == 200
    gone = http.get(address)
    assert gone.status_code == 404
    assert gone.json() == {"error": "There is no calendar at this address.", "code": "NOT_FOUND", "details": {}}
    [entry] = [entry for entry in audited() if entry["resource_type"] == "ai_agent"]
    assert (entry["action"], entry["resource_id"], entry["changes"]) == (
        "update",
        str(sarah.pk),
        {"calendar_version": [1, 2]},
    )


def test_everybody_has_another_address_once_it_was_moved(admin, client, caretaker, http, sarah):
    old = [told(caller, sarah).json()["data"]["url"] for caller in (admin, client, caretaker)]
    assert [http.get(path).status_code for path in old] == [200] * 3
    told(client, sarah, "post")
    assert [http.get(path).status_code for path in old] == [404] * 3


@pytest.mark.parametrize(
    "loses_sight",
    [
        lambda _: AIAgent.objects.update(assigned_to=None),
        lambda ours: deactivate_user(user=ours.agent),
        lambda ours: User.objects.filter(pk=ours.agent.pk).update(role="client"),
        lambda ours: User.objects.filter(pk=ours.agent.pk).delete(),
    ],
    ids=["reassigned", "deactivated", "another role", "deleted"],
)
def test_whoever_does_not_see_the_agent_any_more_has_no_address(client, caretaker, http, ours, sarah, loses_sight):
    address = told(caretaker, sarah).json()["data"]["url"]
    others = told(client, sarah).json()["data"]["url"]
    assert http.get(address).status_code == 200
    loses_sight(ours)
    gone = http.get(address)
    assert gone.status_code == 404
    assert gone.json() == {"error": "There is no calendar at this address.", "code": "NOT_FOUND", "details": {}}
    assert http.get(others).status_code == 200


def test_an_address_that_nobody_gave_out_is_none(http, ours, sarah, theirs, address):
    token = parse_qs(urlsplit(address).query)["token"][0]
    value, _, signature = token.rpartition(":")
    assert Signer(salt=SALT).unsign(token) == value
    with tenancy.scope(theirs.organization.pk):
        other = AIAgentFactory()
    forged = [
        "",
        "x",
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        f"{value}2:{signature}",
        Signer(salt=SALT).sign(value.rpartition(".")[0]),
        f"{value.replace(str(sarah.pk), str(other.pk))}:{signature}",
        Signer(salt="trackimmo.unsubscribe").sign(value),
        Signer(salt=SALT).sign(f"{theirs.organization.pk}.{sarah.pk}.1.{ours.client.pk}"),
        Signer(salt=SALT).sign(f"{sarah.organization_id}.{sarah.pk}.2.{ours.client.pk}"),
        Signer(salt=SALT).sign(f"{sarah.organization_id}.{sarah.pk}.1.{theirs.admin.pk}"),
    ]
    answers = [http.get(FEED, {"token": each}) for each in forged]
    assert [answer.status_code for answer in answers] == [400, *[404] * 9]
    assert {answer.json()["error"] for answer in answers[1:]} == {"There is no calendar at this address."}
    missing = http.get(FEED)
    assert (missing.status_code, list(missing.json()["details"])) == (400, ["token"])
    AIAgent.objects.all().delete()
    assert http.get(address).status_code == 404


def test_an_address_may_ask_sixty_times_a_minute(http, address, settings):
    settings.RATE_LIMIT_ENABLED = True
    statuses = [http.get(address).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


def test_its_secret_is_not_logged(http, address, caplog):
    http.get(address)
    token = parse_qs(urlsplit(address).query)["token"][0]
    assert token not in caplog.text
    assert token.rpartition(":")[2] not in caplog.text

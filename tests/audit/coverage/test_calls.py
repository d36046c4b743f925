"""Each route is called for real: exactly what its row says is in the log then, and nothing after a call refused."""

import json

import pytest

from core import outbox
from core.outbox.models import OutboxEvent
from tests.audit.coverage.calls import Expected, said, summary
from tests.audit.coverage.platform import NEW_PASSWORD
from tests.audit.coverage.routes import CALLS
from tests.audit.coverage.world import WHATSAPP_TOKEN, World
from tests.conftest import PASSWORD
from tests.security.test_every_route import foreign_ids  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db

SECRETS = (PASSWORD, NEW_PASSWORD, WHATSAPP_TOKEN)
KEYS = {
    "program": "environment:API_KEY",
    "operator": "environment:ADMIN_API_KEY",
    "gatekeeper": "environment:CHECKOUT_API_KEY",
}
OPEN = {endpoint for endpoint, call in CALLS.items() if call.by == "http"}
OF_OTHERS = [endpoint for endpoint in CALLS if "<" in endpoint]
WITH_BODY = [endpoint for endpoint, call in CALLS.items() if call.refused is not None]


@pytest.fixture
def world(ours, in_scope, audit_logs, request):
    """Something of everything, and an empty log."""
    return World(ours, request)


def prepared(world, endpoint):
    """Its call, ready to be made; nothing is recorded yet."""
    call = CALLS[endpoint]
    world.fixture(call.by)
    call.given(world)
    OutboxEvent.unscoped.all().delete()
    return call


def assert_nothing_is_recorded(answer):
    assert 400 <= answer.status_code < 500, answer.content
    assert not OutboxEvent.unscoped.filter(topic="audit.entry").exists()


@pytest.mark.parametrize("endpoint", CALLS)
def test_a_call_leaves_exactly_these_entries(endpoint, world, audit_logs):
    call = prepared(world, endpoint)
    expected = Expected(call.leaves, world)
    answer = call.made(world, endpoint, body=said(call.body, world))
    assert answer.status_code < 300, answer
    for _ in getattr(answer, "streaming_content", ()):
        pass
    outbox.relay("audit.entry")
    entries = list(audit_logs.find())
    found = sorted(map(summary, entries))
    assert found == expected.summaries(found)
    assert {entry["organization_id"] for entry in entries} <= {world.ours.organization.pk}
    assert {entry["key_id"] for entry in entries} <= {KEYS.get(call.by)}
    if call.by == "admin":
        assert {entry["user_id"] for entry in entries} == {world.ours.admin.pk}
    logged = json.dumps(entries, default=str)
    assert not [secret for secret in SECRETS if secret in logged]


def test_a_password_is_redacted_before_and_after(world, audit_logs):
    endpoint = "POST /api/v1/auth/password"
    call = prepared(world, endpoint)
    assert call.made(world, endpoint, body=call.body).status_code == 200
    outbox.relay("audit.entry")
    assert audit_logs.find_one({"action": "update"})["changes"] == {"password": ["[redacted]", "[redacted]"]}


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in CALLS if endpoint not in OPEN])
def test_without_credentials_nothing_is_recorded(endpoint, world, http):
    call = prepared(world, endpoint)
    verb, path = endpoint.split()
    answer = getattr(http, verb.lower())(world.path(path), said(call.body, world), format="json")
    assert answer.status_code in {400, 401}
    assert_nothing_is_recorded(answer)


@pytest.mark.parametrize("endpoint", OF_OTHERS)
def test_what_is_anothers_or_nobodys_is_not_touched_and_nothing_is_recorded(endpoint, world, foreign_ids):  # noqa: F811
    call = prepared(world, endpoint)
    path = world.path(endpoint.split()[1], {**foreign_ids, "token": "of-nobody"})
    answer = call.made(world, endpoint, body=said(call.body, world), path=path)
    assert answer.status_code == 404
    assert_nothing_is_recorded(answer)


@pytest.mark.parametrize("endpoint", WITH_BODY)
def test_a_body_that_cannot_be_is_refused_and_nothing_is_recorded(endpoint, world):
    call = prepared(world, endpoint)
    assert_nothing_is_recorded(call.made(world, endpoint, body=said(call.refused, world)))

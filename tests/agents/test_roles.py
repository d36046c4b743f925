"""Who may do what: every endpoint of AI agents, tried by everybody.

The object is Sarah, or a customer, a callback or a call of hers. `client` owns her and `caretaker` looks after her;
`neighbour` is another client and `colleague` another agent of the same organization; `stranger` is the admin of the
organization next door. A new route fails here until it has its rows.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from accounts.models import Role, User
from agents.models import AIAgent, Call, Callback, Customer
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory
from tests.conftest import PASSWORD
from tests.security.test_every_route import ROUTES, VERBS

pytestmark = pytest.mark.django_db

AI = "/api/agents/ai"
TABLE = """
                                           admin  client caretaker  neighbour colleague  stranger  nobody

GET    /                                     200     200       200        200       200       200     401
POST   /                                     201     409       403        201       403       201     401
GET    /{agent_id}                           200     200       200        404       404       404     401
PUT    /{agent_id}                           200     200       200        404       404       404     401
PATCH  /{agent_id}                           200     200       200        404       404       404     401
DELETE /{agent_id}                           200     200       403        404       403       404     401
POST   /bulk-actions                         200     403       403        403       403       200     401

GET    /customers                            200     200       200        200       200       200     401
POST   /customers                            201     201       403        404       403       404     401
GET    /customers/{customer_id}              200     200       200        404       404       404     401
PUT    /customers/{customer_id}              200     200       200        404       404       404     401
PATCH  /customers/{customer_id}              200     200       200        404       404       404     401
DELETE /customers/{customer_id}              200     200       403        404       403       404     401

GET    /callbacks                            200     200       200        200       200       200     401
POST   /callbacks                            201     201       403        404       403       404     401
GET    /callbacks/{callback_id}              200     200       200        404       404       404     401
PUT    /callbacks/{callback_id}              200     200       200        404       404       404     401
PATCH  /callbacks/{callback_id}              200     200       200        404       404       404     401
DELETE /callbacks/{callback_id}              200     200       403        404       403       404     401
POST   /callbacks/bulk-actions               200     403       403        403       403       200     401

GET    /calls                                200     200       200        200       200       200     401
POST   /calls                                201     201       201        404       404       404     401
GET    /calls/{call_id}                      200     200       200        404       404       404     401
PATCH  /calls/{call_id}                      200     200       200        404       404       404     401

GET    /stats                                200     200       200        200       200       200     401
GET    /stats?agent_id={agent_id}            200     200       200        404       404       404     401

GET    /{agent_id}/calendar                  200     200       200        404       404       404     401
POST   /{agent_id}/calendar                  200     200       200        404       404       404     401
GET    /{agent_id}/calendar.ics              200     200       200        404       404       404     401
GET    /calendar.ics                         400     400       400        400       400       400     400
"""
BODIES: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
    "POST /": lambda _: {"name": "Another"},
    "PUT /{agent_id}": lambda _: {"name": "Sally"},
    "PATCH /{agent_id}": lambda _: {"name": "Sally"},
    "POST /bulk-actions": lambda ids: {"action": "pause", "ids": [ids["agent_id"]]},
    "POST /customers": lambda ids: {"agent_id": ids["agent_id"], "phone_number": "+33612345678"},
    "PUT /customers/{customer_id}": lambda _: {"phone_number": "+33612345678"},
    "PATCH /customers/{customer_id}": lambda _: {"name": "John"},
    "POST /callbacks": lambda ids: {
        "agent_id": ids["agent_id"],
        "customer_phone": "+33612345678",
        "scheduled_datetime": "2030-01-08T10:00:00Z",
    },
    "PUT /callbacks/{callback_id}": lambda _: {"reason": "Other"},
    "PATCH /callbacks/{callback_id}": lambda _: {"reason": "Other"},
    "POST /callbacks/bulk-actions": lambda ids: {"action": "cancel", "ids": [ids["callback_id"]]},
    "POST /calls": lambda ids: {"agent_id": ids["agent_id"], "customer_phone": "+33612345678"},
    "PATCH /calls/{call_id}": lambda _: {"notes": "Said yes"},
}
CODES = {401: "NOT_AUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND"}
SEEING = {"admin", "client", "caretaker"}
LISTS = {"/", "/customers", "/callbacks", "/calls"}

HEADER, *ROWS = [line.split() for line in TABLE.splitlines() if line]
EXPECTED = {f"{verb} {path}": dict(zip(HEADER, map(int, rest), strict=True)) for verb, path, *rest in ROWS}


def endpoints() -> dict[str, set[str]]:
    """The verbs of each route of ours, by its path below `/api/agents/ai` as the table has it."""
    found = {}
    for path, view in ROUTES:
        if path.startswith(AI):
            parts = [
                part.replace("<uuid:", "{").replace(">", "}")
                for part in path.removeprefix(AI).removeprefix("/").split("/")
            ]
            found["/" + "/".join(parts)] = {verb.upper() for verb in VERBS if hasattr(view, verb)}
    return found


@pytest.fixture
def ids(sarah) -> dict[str, str]:
    """Of Sarah, and of what belongs to her."""
    customer = CustomerFactory(agent=sarah)
    callback, call = CallbackFactory(customer=customer), CallFactory(customer=customer)
    rows = {"agent_id": sarah, "customer_id": customer, "callback_id": callback, "call_id": call}
    return {name: str(row.pk) for name, row in rows.items()}


@pytest.fixture
def callers(admin, client, caretaker, outsider, stranger, http, ours, logged_in) -> dict[str, APIClient]:
    """Everybody in the table."""
    colleague = User.unscoped.create_user(
        "colleague@demo.test", PASSWORD, organization=ours.organization, role=Role.AGENT
    )
    known = {"admin": admin, "client": client, "caretaker": caretaker, "neighbour": outsider, "stranger": stranger}
    return known | {"colleague": logged_in(colleague), "nobody": http}


def sarahs(ids: dict[str, str]) -> list[list[dict[str, Any]]]:
    """All that is stored of Sarah and of what belongs to her."""
    agent_id = ids["agent_id"]
    own = [AIAgent.unscoped.filter(pk=agent_id)]
    own += [model.unscoped.filter(agent=agent_id) for model in (Customer, Callback, Call)]
    return [list(rows.order_by("pk").values()) for rows in own]


def test_every_endpoint_is_in_the_table():
    tabled: dict[str, set[str]] = {}
    for endpoint in EXPECTED:
        verb, path = endpoint.split()
        tabled.setdefault(path.partition("?")[0], set()).add(verb)
    assert tabled == endpoints()


@pytest.mark.parametrize("endpoint", EXPECTED)
def test_everybody_may_what_the_table_says_and_nothing_else_happens(endpoint, callers, ids):
    verb, path = endpoint.split()
    body = BODIES.get(endpoint, lambda _: {})(ids)
    before, answers = sarahs(ids), {}
    for name, caller in callers.items():
        with transaction.atomic():
            send = getattr(caller, verb.lower())
            address = AI + path.format(**ids)
            answer = send(address) if verb == "GET" else send(address, body, format="json")
            answers[name] = answer.status_code
            if answer.status_code in CODES:
                assert answer.json()["code"] == CODES[answer.status_code], name
            if path in LISTS and verb == "GET" and name != "nobody":
                assert answer.json()["total_count"] == (name in SEEING), name
            if verb == "GET" or name not in SEEING or answer.status_code >= 400:
                assert sarahs(ids) == before, name
            elif endpoint != "POST /":
                assert sarahs(ids) != before, name
            transaction.set_rollback(True)
    assert answers == EXPECTED[endpoint]


@pytest.mark.parametrize("path", endpoints())
def test_what_a_route_does_not_do_nobody_may(path, callers, ids):
    before = sarahs(ids)
    for verb in {verb.upper() for verb in VERBS} - endpoints()[path]:
        for name, caller in callers.items():
            answer = getattr(caller, verb.lower())(AI + path.format(**ids), {}, format="json")
            assert answer.status_code in {400, 401, 403, 405}, (verb, name)
    assert sarahs(ids) == before

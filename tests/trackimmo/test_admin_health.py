"""GET /admin/health: the database and the mail server, asked there and then."""

import socket
from collections.abc import Iterator

import pytest
import time_machine
from django.db import InterfaceError, OperationalError

from core import tenancy
from devstack.smtp_sink import SmtpSink
from tests.trackimmo.factories import ClientFactory
from trackimmo.models import Client
from trackimmo.services import health

pytestmark = pytest.mark.django_db

PATH = "/admin/health"


@pytest.fixture(autouse=True)
def sink(private_mail, settings) -> SmtpSink:
    """A real mail server."""
    settings.EMAIL_BACKEND = "core.mail.backend.Backend"
    settings.EMAIL_PORT = private_mail.port
    return private_mail


@pytest.fixture
def nobody_listens(settings) -> Iterator[None]:
    """A port of ours on which nobody answers, as the mail server's."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]
        yield


@pytest.fixture
def nobody_speaks(settings) -> Iterator[None]:
    """A server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        yield


@pytest.fixture
def database_away(monkeypatch):
    """Counting clients fails as it does without the database. The key was confirmed before."""

    def lose(error) -> None:
        def refuse():
            raise error

        monkeypatch.setattr(health, "client_count", refuse)

    return lose


def test_all_is_well(operator, in_scope, their_client, counted):
    ClientFactory.create_batch(3)
    ClientFactory(status="inactive")
    operator.get(f"{PATH}?surprise")
    with time_machine.travel("2024-01-15T10:30:00Z", tick=False), counted("GET /admin/health"):
        answer = operator.get(PATH)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "timestamp": "2024-01-15T10:30:00Z",
        "components": {
            "database": {"status": "ok", "message": "Connected, 4 total clients"},
            "email": {"status": "ok", "message": "SMTP configuration valid"},
        },
    }


def test_it_asks_without_sending(operator, ours, sink):
    assert operator.get(PATH).json()["components"]["email"]["status"] == "ok"
    assert list(sink.messages()) == []


def test_without_a_mail_server_it_is_degraded_and_says_why(operator, ours, nobody_listens):
    answer = operator.get(PATH)
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "degraded"
    assert body["components"]["database"] == {"status": "ok", "message": "Connected, 0 total clients"}
    assert body["components"]["email"]["status"] == "error"
    assert "refused" in body["components"]["email"]["message"].lower()


def test_a_mail_server_that_hangs_is_given_up(operator, ours, nobody_speaks, monkeypatch):
    monkeypatch.setattr(health, "MAIL_SECONDS", 0.2)
    body = operator.get(PATH).json()
    assert body["status"] == "degraded"
    assert body["components"]["email"]["status"] == "error"
    assert "0.2 seconds" in body["components"]["email"]["message"]


def test_a_mail_server_that_is_not_set_up_is_named(operator, ours, settings):
    settings.EMAIL_HOST = ""
    body = operator.get(PATH).json()
    assert body["status"] == "degraded"
    assert "SMTP_SERVER" in body["components"]["email"]["message"]


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_without_the_database_it_is_503_and_tells_no_secrets(operator, ours, database_away, error):
    database_away(error("connection to db.internal failed for user switchboard"))
    answer = operator.get(PATH)
    assert answer.status_code == 503
    body = answer.json()
    assert body["status"] == "error"
    assert body["components"]["database"] == {"status": "error", "message": f"Not connected: {error.__name__}"}
    assert body["components"]["email"]["status"] == "ok"
    assert "db.internal" not in answer.content.decode()


def test_only_our_clients_are_counted(operator, ours, their_client):
    assert operator.get(PATH).json()["components"]["database"]["message"] == "Connected, 0 total clients"
    with tenancy.scope(their_client.organization_id):
        assert Client.objects.count() == 1


@pytest.mark.parametrize("caller", ["http", "program"])
def test_without_an_admin_key_it_is_401(caller, ours, request):
    answer = request.getfixturevalue(caller).get(PATH)
    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]

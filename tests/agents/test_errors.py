"""What every app answers when something is wrong, as the AI agents' guide tells it: its status, its code, its shape."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from rest_framework.response import Response

from agents.models import AIAgent
from core.idempotency.services import StillRunning
from core.problems import problem_of
from tests.agents.conftest import AGENTS
from tests.agents.test_guide import CODES, OF_EVERY_APP

pytestmark = pytest.mark.django_db

Asked = Callable[..., Response]
BODY = {"name": "Nora"}
REFUSED: dict[str, Asked] = {
    "VALIDATION_ERROR": lambda by: by.post(AGENTS, {}, format="json"),
    "PARSE_ERROR": lambda by: by.post(AGENTS, "{", content_type="application/json"),
    "INVALID": lambda by: by.post(AGENTS, BODY, format="json", headers={"Idempotency-Key": "two words"}),
    "NOT_AUTHENTICATED": lambda by: by.get(AGENTS, headers={"Authorization": ""}),
    "TOKEN_INVALID": lambda by: by.get(AGENTS, headers={"Authorization": "Bearer x"}),
    "NOT_FOUND": lambda by: by.get(f"{AGENTS}nothing/"),
    "METHOD_NOT_ALLOWED": lambda by: by.delete(AGENTS),
    "NOT_ACCEPTABLE": lambda by: by.get(AGENTS, headers={"Accept": "text/csv"}),
    "PAYLOAD_TOO_LARGE": lambda by: by.post(AGENTS, {"name": "x" * 1_000_001}, format="json"),
    "UNSUPPORTED_MEDIA_TYPE": lambda by: by.post(AGENTS, "name=Nora", content_type="application/x-www-form-urlencoded"),
}
HERE = {
    *("BAD_REQUEST", "SESSION_ENDED", "FORBIDDEN", "IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_IN_USE"),
    *("RATE_LIMITED", "INTERNAL_ERROR", "UNAVAILABLE"),
}


def is_told_so(answer: Response, code: str) -> None:
    """Whether the answer is the guide's."""
    body = answer.json()
    assert (body["code"], answer.status_code) == (code, CODES[code])
    assert list(body) == ["error", "code", "details"]
    assert body["error"]


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_refused_has_the_code_and_the_status_of_the_guide(admin, code):
    is_told_so(REFUSED[code](admin), code)
    assert AIAgent.unscoped.count() == 0


def test_each_code_of_every_app_is_answered_by_a_test_here():
    assert {*REFUSED, *HERE} == OF_EVERY_APP


def test_a_field_at_fault_is_named_in_the_sentence_and_in_the_details(admin):
    body = admin.post(AGENTS, {**BODY, "timezone": "Paris"}, format="json").json()
    words = "Must be a time zone's IANA name, such as Europe/Paris."
    assert body == {"error": f"timezone: {words}", "code": "VALIDATION_ERROR", "details": {"timezone": [words]}}


def test_an_address_that_is_not_ours(admin, settings):
    settings.ALLOWED_HOSTS = ["switchboard.example"]
    is_told_so(admin.get(AGENTS), "BAD_REQUEST")


@pytest.mark.django_db(transaction=True)
def test_a_login_that_has_ended(admin):
    assert admin.post("/api/v1/auth/logout/").status_code == 200
    is_told_so(admin.get(AGENTS), "SESSION_ENDED")


def test_a_role_that_may_not(caretaker):
    is_told_so(caretaker.post(AGENTS, BODY, format="json"), "FORBIDDEN")


def test_a_key_that_was_used_for_something_else(admin):
    first, second = (
        admin.post(AGENTS, {"name": name}, format="json", headers={"Idempotency-Key": "one"}) for name in ("A", "B")
    )
    assert first.status_code == 201
    is_told_so(second, "IDEMPOTENCY_KEY_REUSED")


def test_a_key_whose_request_goes_on():
    problem = problem_of(StillRunning())
    assert (problem.code.upper(), problem.status) == ("IDEMPOTENCY_KEY_IN_USE", CODES["IDEMPOTENCY_KEY_IN_USE"])


def test_too_many_requests_for_calendars_from_one_address(http, db):
    for _ in range(60):
        assert http.get(f"{AGENTS}calendar.ics", {"token": "x"}).status_code == 404
    answer = http.get(f"{AGENTS}calendar.ics", {"token": "x"})
    is_told_so(answer, "RATE_LIMITED")
    assert int(answer["Retry-After"]) > 0


def test_a_mistake_of_ours(admin, monkeypatch):
    def crash(*arguments, **options):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("agents.views.agents.agents_page", crash)
    admin.raise_request_exception = False
    answer = admin.get(AGENTS)
    is_told_so(answer, "INTERNAL_ERROR")
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_somebody_who_does_not_let_go(admin, sarah):
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            AIAgent.unscoped.select_for_update().get(pk=sarah.pk)
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        answer = admin.patch(f"{AGENTS}{sarah.pk}/", {"name": "Other"}, format="json")
    finally:
        done.set()
        holder.join()
        connection.close()
    is_told_so(answer, "UNAVAILABLE")
    assert answer["Retry-After"] == "1"
    sarah.refresh_from_db()
    assert sarah.name == "Sarah"

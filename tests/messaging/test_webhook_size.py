"""Meta sends up to three megabytes at once, and splits nothing: here they are taken, and nowhere else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.bodies import most_bytes
from messaging.models import Conversation, Delivery
from messaging.whatsapp.signing import LONGEST_BODY
from tests.messaging.webhooks import NOTHING, PHONE, URL, payload, post, register, stored_rows, text

pytestmark = pytest.mark.django_db


def of_size(size: int) -> bytes:
    """A payload of long messages, as many as go in, followed by spaces."""
    each = 4096
    body = payload({"messages": [text(f"wamid.{number:05}", "x" * each) for number in range(size // (each + 200))]})
    assert 0.9 * size < len(body) <= size
    return body.ljust(size)


@pytest.mark.parametrize("url", ["/webhooks/whatsapp", "/webhooks/whatsapp/"])
def test_more_than_a_megabyte_is_taken_in(url, in_scope):
    register(PHONE)
    body = payload({"messages": [text("wamid.1", "x" * 4096), text("wamid.2")]}).ljust(1_000_001)
    assert post(body, url=url).status_code == 200
    assert stored_rows() == {**NOTHING, "Contact": 1, "Conversation": 1, "Delivery": 2}


def test_three_megabytes_of_messages_are_taken_in_all_of_them(in_scope):
    register(PHONE)
    body = of_size(LONGEST_BODY)
    answer = post(body)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert Delivery.objects.count() == body.count(b'"wamid.') > 700


def test_a_hundred_messages_of_somebody_cost_as_many_queries_as_two(in_scope):
    register(PHONE)
    post(payload({"messages": [text("wamid.known")]}))
    counts = []
    for number in (2, 100):
        body = payload({"messages": [text(f"wamid.{number}.{index}") for index in range(number)]})
        with CaptureQueriesContext(connection) as queries:
            assert post(body).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert (Conversation.objects.count(), Delivery.objects.count()) == (1, 103)


def test_a_byte_more_is_413_and_nothing_is_stored(in_scope):
    register(PHONE)
    answer = post(of_size(LONGEST_BODY).ljust(LONGEST_BODY + 1))
    assert answer.status_code == 413
    assert answer.json() == {"success": False, "message": "The request body is over 3,145,728 bytes."}
    assert stored_rows() == NOTHING


@pytest.mark.parametrize("body", [b"{" * 2_000_000, b"[" * 2_000_000, b"\xff" * 2_000_000], ids=["{", "[", "binary"])
def test_two_megabytes_that_meta_has_not_signed_are_401_unread(body, in_scope):
    assert post(body, signed="sha256=" + "0" * 64).status_code == 401
    assert stored_rows() == NOTHING


@pytest.mark.parametrize("body", [b"{" * 2_000_000, b"[" * 2_000_000, b"\xff" * 2_000_000], ids=["{", "[", "binary"])
def test_two_megabytes_of_no_json_are_400_though_signed(body, in_scope):
    assert post(body).status_code == 400
    assert stored_rows() == NOTHING


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", URL),
        ("PUT", URL),
        ("POST", "/webhooks/whatsapp/more"),
        ("POST", "/webhooks/whatsapp//"),
        ("POST", "/api/v1/message-history/messages/"),
        ("POST", "/api/v1/auth/login/"),
        ("POST", "/admin/"),
    ],
)
def test_whatever_else_takes_one(method, path, http):
    assert most_bytes(method, path) == 1_000_000
    answer = http.generic(method, path, b" " * 1_000_001, content_type="application/json")
    assert answer.status_code == 413

"""What is none of Meta's webhooks is 400 with the place of the fault, and nothing of it is stored."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.models import WhatsAppNumber
from tests.messaging.webhooks import NOTHING, PHONE, payload, post, register, status, stored_rows, text

pytestmark = pytest.mark.django_db

GOOD = json.loads(
    payload(
        {
            "contacts": [{"profile": {"name": "Ann"}, "wa_id": "33612345678"}],
            "messages": [text("wamid.1"), {**text("wamid.2"), "type": "image", "image": {"id": "1", "caption": "Hi"}}],
            "statuses": [status("wamid.3", "failed", errors=[{"code": 1, "title": "No", "error_data": {}}])],
        }
    )
)
VALUE = "entry[0].changes[0].value"


def changed(path: str, value: Any) -> bytes:
    """The good payload with another value at one place; `...` takes the place away."""
    body = json.loads(json.dumps(GOOD))
    place: Any = body
    *way, last = path.replace("[", ".[").split(".")
    for step in way:
        place = place[int(step[1:-1])] if step.startswith("[") else place[step]
    if value is ...:
        del place[last]
    else:
        place[int(last[1:-1]) if last.startswith("[") else last] = value
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("object", "page", "Must be whatsapp_business_account."),
        ("object", ..., "Must be a text."),
        ("entry", ..., "Must be a list."),
        ("entry", {"0": {}}, "Must be a list."),
        ("entry[0]", "x", "Must be an object."),
        ("entry[0].id", 5, "Must be a text."),
        ("entry[0].id", "9" * 65, "Longer than 64 characters."),
        ("entry[0].changes", None, "Must be a list."),
        ("entry[0].changes[0].field", None, "Must be a text."),
        ("entry[0].changes[0].field", "f" * 81, "Longer than 80 characters."),
        (VALUE, [], "Must be an object."),
        (f"{VALUE}.metadata", ..., "Must be an object."),
        (f"{VALUE}.metadata.phone_number_id", 1, "Must be a text."),
        (f"{VALUE}.contacts", "Ann", "Must be a list."),
        (f"{VALUE}.contacts[0].profile", "Ann", "Must be an object."),
        (f"{VALUE}.contacts[0].wa_id", 1, "Must be a text."),
        (f"{VALUE}.messages", {}, "Must be a list."),
        (f"{VALUE}.messages[0].from", ..., "Must be a text."),
        (f"{VALUE}.messages[0].from", "1" * 33, "Longer than 32 characters."),
        (f"{VALUE}.messages[0].id", "", "Must be a text."),
        (f"{VALUE}.messages[0].id", "w" * 256, "Longer than 255 characters."),
        (f"{VALUE}.messages[0].timestamp", "yesterday", "Must be a time in seconds since 1970."),
        (f"{VALUE}.messages[0].timestamp", "9" * 400, "Must be a time in seconds since 1970."),
        (f"{VALUE}.messages[0].timestamp", "²", "Must be a time in seconds since 1970."),
        (f"{VALUE}.messages[0].timestamp", True, "Must be a time in seconds since 1970."),
        (f"{VALUE}.messages[0].type", 1, "Must be a text."),
        (f"{VALUE}.messages[0].text", "Hello", "Must be an object."),
        (f"{VALUE}.messages[0].text.body", {"$gt": ""}, "Must be a text."),
        (f"{VALUE}.messages[1].image.id", None, "Must be a text."),
        (f"{VALUE}.messages[1].image.caption", 1, "Must be a text."),
        (f"{VALUE}.statuses[0].id", None, "Must be a text."),
        (f"{VALUE}.statuses[0].status", None, "Must be a text."),
        (f"{VALUE}.statuses[0].errors", "No", "Must be a list."),
        (f"{VALUE}.statuses[0].errors[0].code", "1", "Must be a number."),
        (f"{VALUE}.statuses[0].errors[0].title", 1, "Must be a text."),
    ],
    ids=str,
)
def test_what_is_not_as_meta_documents_it_is_named(path, value, problem, in_scope):
    register(PHONE)
    answer = post(changed(path, value))
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "message": f"{path}: {problem}", "errors": {path: [problem]}}
    assert stored_rows() == NOTHING


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"whatsapp"',
        b"\xff\xfe",
        b'{"object": "\\ud83d"}',
        b'{"object": NaN}',
        b"[" * 100_000,
        b'{"entry":' * 20_000 + b"1" + b"}" * 20_000,
        json.dumps(GOOD).encode()[:-1],
        json.dumps(GOOD).replace("Hello", "nul\\u0000").encode(),
    ],
    ids=range(12),
)
def test_what_is_no_json_of_an_object_is_400(body, in_scope):
    register(PHONE)
    answer = post(body)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert stored_rows() == NOTHING


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
places = [
    "entry",
    "entry[0]",
    "entry[0].id",
    "entry[0].changes",
    "entry[0].changes[0]",
    "entry[0].changes[0].field",
    VALUE,
    *(
        f"{VALUE}.{name}"
        for name in (
            "metadata",
            "contacts",
            "contacts[0]",
            "contacts[0].profile",
            "contacts[0].wa_id",
            "messages",
            "messages[0]",
            "messages[0].from",
            "messages[0].id",
            "messages[0].timestamp",
            "messages[0].type",
            "messages[0].text",
            "messages[1].image",
            "statuses",
            "statuses[0]",
            "statuses[0].status",
            "statuses[0].timestamp",
            "statuses[0].errors",
            "statuses[0].errors[0].code",
            "statuses[0].errors[0].error_data",
        )
    ),
]
fuzzing = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzzing
@given(path=st.sampled_from(places), value=anything)
def test_whatever_stands_somewhere_it_is_taken_in_or_refused(path, value, in_scope):
    register_once()
    assert post(changed(path, value)).status_code in {200, 400}


@fuzzing
@given(data=st.data())
def test_whatever_is_cut_off_or_spoilt_it_is_taken_in_or_refused(data, in_scope):
    register_once()
    body = bytearray(json.dumps(GOOD).encode())
    at = data.draw(st.integers(0, len(body) - 1))
    spoilt = body[:at] if data.draw(st.booleans()) else body[:at] + data.draw(st.binary(max_size=3)) + body[at + 1 :]
    assert post(bytes(spoilt)).status_code in {200, 400}


def register_once() -> None:
    WhatsAppNumber.objects.get_or_create(phone_number_id=PHONE)

"""A read's parameters come in the URL, in a form, or in both, and mean the same."""

import json
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from core.idempotency.models import IdempotentAnswer
from tests.core.reading_probes import PATH

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.reading_probes")]

FORM = "application/x-www-form-urlencoded"
ID = "880e8400-e29b-41d4-a716-446655440003"
ANSWER = {"success": True, "conversation_id": ID, "q": "", "limit": 50}


@pytest.fixture
def caller(ours) -> APIClient:
    return APIClient(headers={"X-Probe": "demo"})


def ways(caller, parameters):
    """The same parameters in a URL, in a form, and half in each."""
    first, _, rest = parameters.partition("&")
    return [
        caller.get(f"{PATH}/?{parameters}"),
        caller.post(f"{PATH}/", parameters, content_type=FORM),
        caller.post(f"{PATH}?{first}", rest, content_type=f"{FORM}; charset=utf-8"),
        caller.post(f"{PATH}?{parameters}"),
    ]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        (f"conversation_id={ID}", {}),
        (f"conversation_id={ID}&limit=7", {"limit": 7}),
        (f"conversation_id={ID.upper()}&q=help+OR%20support", {"q": "help OR support"}),
        (f"conversation_id={ID}&q=%C3%A9lan%20%F0%9F%98%80", {"q": "élan 😀"}),
        (f"conversation_id={ID}&q=a%26b%3Dc%2Bd", {"q": "a&b=c+d"}),
    ],
)
def test_every_way_to_ask_is_answered_alike(caller, parameters, told):
    for answer in ways(caller, parameters):
        assert answer.status_code == 200, answer.content
        assert answer.json() == {**ANSWER, **told}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("limit=5", "conversation_id is required"),
        ("conversation_id=&limit=5", "conversation_id is required"),
        ("conversation_id=+&limit=5", "conversation_id is required"),
        (f"conversation_id={ID}&q=", "q: This field may not be blank."),
        (f"conversation_id={ID}&limit=", "limit: A valid integer is required."),
        (f"limit=0&conversation_id={ID}", "limit: Ensure this value is greater than or equal to 1."),
        (f"conversation_id={ID}&colour=red", "colour: Unknown parameter."),
        (f"conversation_id={ID}&conversation_id={ID}", "conversation_id: Given more than once."),
        (f"conversation_id={ID}&q=a%00b", "q: Null characters are not allowed."),
        ("conversation_id=%00", "conversation_id: Null characters are not allowed."),
        ("conversation_id=507f1f77bcf86cd79943901", "conversation_id: Must be a valid UUID."),
        (f"conversation_id[$ne]={ID}", "conversation_id[$ne]: Unknown parameter."),
        (f"conversation_id={ID}&q={'x' * 101}", "q: Ensure this field has no more than 100 characters."),
    ],
)
def test_every_way_to_ask_wrongly_is_refused_alike(caller, parameters, message):
    for answer in ways(caller, parameters):
        assert answer.status_code == 400
        body = answer.json()
        assert (body["success"], body["message"]) == (False, message)
        assert list(body["errors"]) == [message.partition(":")[0].removesuffix(" is required")]
        assert body.keys() == {"success", "message", "errors"}


def test_several_faults_are_told_at_once(caller):
    answer = caller.get(f"{PATH}?limit=many&conversation_id=")
    assert answer.status_code == 400
    assert answer.json()["message"] == "conversation_id is required; limit: A valid integer is required."


def test_a_parameter_in_the_url_and_in_the_form_was_given_twice(caller):
    answer = caller.post(f"{PATH}?conversation_id={ID}&limit=5", "limit=5", content_type=FORM)
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"limit": ["Given more than once."]}


def test_a_form_with_a_get_is_nothing_to_it(caller):
    answer = caller.generic("GET", f"{PATH}?conversation_id={ID}", "limit=5", content_type=FORM)
    assert answer.json() == ANSWER


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps({"conversation_id": ID}), "application/json"),
        ("<conversation_id/>", "text/xml"),
        ("conversation_id=x", "text/plain"),
        ("--x\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_another_kind_of_body_is_415_in_the_documented_shape(caller, body, content_type):
    answer = caller.post(f"{PATH}?conversation_id={ID}", body, content_type=content_type)
    assert answer.status_code == 415
    assert answer.json()["success"] is False
    assert content_type.partition(";")[0] in answer.json()["message"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"q=\xff\xfe", "q"),
        (b"q=%ff%fe", "q"),
        (b"limit=5&q=a%c3%28", "q"),
        (b"q=%ed%a0%80", "q"),
        (b"\xff=1", "\ufffd"),
        (b"%ff=1", "\ufffd"),
    ],
)
def test_a_form_that_is_not_utf_8_is_refused_and_says_where(caller, raw, name):
    answer = caller.post(f"{PATH}?conversation_id={ID}", raw, content_type=FORM)
    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "message": f"{name}: Must be UTF-8.",
        "errors": {name: ["Must be UTF-8."]},
    }


def test_a_form_of_a_megabyte_is_read_and_a_larger_one_is_413(caller):
    head = f"conversation_id={ID}&q="
    just = head + "x" * (1_000_000 - len(head))
    answer = caller.post(PATH, just, content_type=FORM)
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"q": ["Ensure this field has no more than 100 characters."]}
    answer = caller.post(PATH, f"{just}x", content_type=FORM)
    assert answer.status_code == 413
    assert answer.json() == {"success": False, "message": "The request body is over 1,000,000 bytes."}


def test_a_form_of_a_hundred_thousand_parameters_is_400(caller):
    answer = caller.post(f"{PATH}?conversation_id={ID}", "a=1&" * 100_000, content_type=FORM)
    assert answer.status_code == 400
    assert answer.json()["success"] is False


def test_an_idempotency_key_is_nothing_to_a_read(caller):
    key = {"Idempotency-Key": "k1"}
    first = caller.post(PATH, f"conversation_id={ID}&limit=1", content_type=FORM, headers=key)
    second = caller.post(PATH, f"conversation_id={ID}&limit=2", content_type=FORM, headers=key)
    assert (first.json()["limit"], second.json()["limit"]) == (1, 2)
    assert "Idempotent-Replayed" not in second
    assert not IdempotentAnswer.unscoped.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_verbs_are_405(caller, method):
    answer = getattr(caller, method)(f"{PATH}?conversation_id={ID}")
    assert answer.status_code == 405
    assert answer.json() == {"success": False, "message": f'Method "{method.upper()}" not allowed.'}


def test_head_and_options_are_no_reads_with_a_body(caller):
    assert caller.head(f"{PATH}?conversation_id={ID}").status_code == 200
    assert quote(ID) not in caller.options(PATH).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_login_it_is_401_as_documented(http, ours, method):
    answer = getattr(http, method)(f"{PATH}?conversation_id={ID}")
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Authentication credentials were not provided."}

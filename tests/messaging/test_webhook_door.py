"""Who may tell us something: Meta, proven by the verify token and by its signatures."""

import pytest

from core.outbox.models import OutboxEvent
from tests.messaging.webhooks import NOTHING, PHONE, URL, payload, post, register, signature, stored_rows, text

pytestmark = pytest.mark.django_db

BODY = payload({"messages": [text("wamid.1")]})


def asked(http, **parameters: str):
    return http.get(URL, {f"hub.{name}": value for name, value in parameters.items()})


@pytest.mark.parametrize("url", ["/webhooks/whatsapp", "/webhooks/whatsapp/"])
def test_who_knows_the_verify_token_gets_his_challenge_back_as_text(url, http):
    answer = http.get(
        url, {"hub.mode": "subscribe", "hub.verify_token": "demo-verify-token", "hub.challenge": "<b>1158201444</b>"}
    )
    assert answer.status_code == 200
    assert answer.content == b"<b>1158201444</b>"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "wrong", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "é", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": "demo-verify-token", "challenge": "1"},
        {"verify_token": "demo-verify-token", "challenge": "1"},
    ],
    ids=str,
)
def test_who_does_not_gets_no_challenge_back(parameters, http):
    answer = asked(http, **parameters)
    assert answer.status_code == 403
    assert answer.json() == {
        "success": False,
        "message": "hub.mode must be subscribe, and hub.verify_token WHATSAPP_VERIFY_TOKEN.",
    }


def test_without_its_secrets_the_webhook_is_off(settings, http, in_scope):
    register(PHONE)
    for name in ("WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"):
        kept = getattr(settings, name)
        setattr(settings, name, "")
        refused = [
            asked(http, mode="subscribe", verify_token="", challenge="1"),
            post(BODY, signed=signature(BODY, "")),
        ]
        assert [answer.status_code for answer in refused] == [503, 503]
        assert refused[0].json()["message"].startswith("The webhook is switched off")
        setattr(settings, name, kept)
    assert stored_rows() == NOTHING


@pytest.mark.parametrize(
    "signed",
    [
        "",
        "sha256=",
        signature(BODY)[7:],
        signature(BODY, "another-secret"),
        signature(BODY + b" "),
        signature(BODY)[:-1],
        signature(BODY).upper(),
        signature(BODY).replace("sha256", "sha1"),
        "sha256=" + "é" * 64,
    ],
    ids=range(9),
)
@pytest.mark.parametrize("body", [BODY, b"not even JSON", b""], ids=["good", "broken", "empty"])
def test_what_meta_has_not_signed_is_401_and_nothing_is_stored(body, signed, in_scope):
    register(PHONE)
    events = OutboxEvent.unscoped.count()
    answer = post(body, signed=signed.encode().decode("latin-1"))
    assert answer.status_code == 401
    assert answer.json() == {"detail": "X-Hub-Signature-256 is missing, or is not this body's."}
    assert stored_rows() == NOTHING
    assert OutboxEvent.unscoped.count() == events


def test_a_signature_missing_altogether_is_401_and_nothing_is_stored(http, in_scope):
    register(PHONE)
    assert http.post(URL, BODY, content_type="application/json").status_code == 401
    assert stored_rows() == NOTHING


@pytest.mark.parametrize("url", ["/webhooks/whatsapp", "/webhooks/whatsapp/"])
def test_what_meta_has_signed_is_taken_in(url, in_scope):
    register(PHONE)
    answer = post(BODY, url=url)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert stored_rows() == {**NOTHING, "Contact": 1, "Conversation": 1, "Delivery": 1}


def test_meta_is_not_limited(in_scope, settings):
    settings.RATE_LIMIT_ENABLED = True
    register(PHONE)
    answer = post(BODY)
    assert not [name for name in answer.headers if name.startswith("X-RateLimit")]

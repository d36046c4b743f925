"""What is sent to Meta's Cloud API, and what each of its answers means."""

from uuid import UUID

import pytest

from messaging.whatsapp.cloud import CloudApi
from messaging.whatsapp.failures import RULES, Policy, rule_of
from messaging.whatsapp.providing import (
    Accepted,
    MaybeSent,
    NeverThis,
    NotAllowed,
    NotFromHere,
    NotNow,
    Outgoing,
    ProviderDown,
)
from tests.messaging.cloud_api import TOKEN, cut_off, plainly, problem, running, taken_and_silent

PHONE = "106540352242922"
TOLD_WITH = UUID("6f9619ff-8b86-4011-b42d-00c04fc964ff")


@pytest.fixture
def api(settings):
    with running(PHONE) as api:
        settings.WHATSAPP_API_URL = api.url
        settings.WHATSAPP_TIMEOUT_SECONDS = 1
        yield api


def message(**changes) -> Outgoing:
    fields = {
        "phone_number_id": PHONE,
        "access_token": TOKEN,
        "to": "33612345678",
        "body": "Bonjour à tous",
        "template_name": "",
        "template_language": "en",
        "template_parameters": [],
        "told_with": TOLD_WITH,
    }
    return Outgoing(**{**fields, **changes})


def test_a_text_is_sent_as_documented(api):
    assert CloudApi().send(message()) == Accepted("wamid.cloud.1")
    assert api.taken == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "33612345678",
            "biz_opaque_callback_data": str(TOLD_WITH),
            "type": "text",
            "text": {"preview_url": False, "body": "Bonjour à tous"},
        }
    ]
    assert api.refused == []


def test_a_template_is_sent_as_documented(api):
    CloudApi().send(message(template_name="hello", template_language="fr", template_parameters=["Ann", "12"]))
    assert api.taken[0]["type"] == "template"
    assert api.taken[0]["template"] == {
        "name": "hello",
        "language": {"code": "fr"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ann"}, {"type": "text", "text": "12"}]}
        ],
    }
    CloudApi().send(message(template_name="hello"))
    assert api.taken[1]["template"] == {"name": "hello", "language": {"code": "en"}}
    assert api.refused == []


@pytest.mark.parametrize(
    ("behaviour", "raised", "code"),
    [
        (problem(400, 131026), NeverThis, 131026),
        (problem(400, 131047), NeverThis, 131047),
        (problem(400, 131051), NeverThis, 131051),
        (problem(404, 132001), NeverThis, 132001),
        (problem(400, 132000), NeverThis, 132000),
        (problem(400, 100), NeverThis, 100),
        (problem(400, 100, subcode=33), NotAllowed, 100),
        (problem(401, 190), NotAllowed, 190),
        (problem(403, 10), NotAllowed, 10),
        (problem(403, 200), NotAllowed, 200),
        (problem(403, 299), NotAllowed, 299),
        (problem(403, 368), NotAllowed, 368),
        (problem(400, 131042), NotAllowed, 131042),
        (problem(400, 4), NotFromHere, 4),
        (problem(400, 80007), NotFromHere, 80007),
        (problem(429, 130429), NotFromHere, 130429),
        (problem(400, 131048), NotFromHere, 131048),
        (problem(400, 131056), NotNow, 131056),
        (problem(500, 131000), NotNow, 131000),
        (problem(500, 1), NotNow, 1),
        (problem(500, 131016), ProviderDown, 131016),
        (problem(503, 2), ProviderDown, 2),
        (problem(500, 999999), ProviderDown, 999999),
        (plainly(503), ProviderDown, None),
        (plainly(429), NotFromHere, None),
        (plainly(401), NotAllowed, None),
        (plainly(404), NeverThis, None),
    ],
    ids=range(27),
)
def test_an_error_says_that_nothing_was_sent_and_what_it_means(behaviour, raised, code, api):
    api.behaviours = [behaviour]
    with pytest.raises(raised) as caught:
        CloudApi().send(message())
    assert type(caught.value) is raised
    assert caught.value.code == code
    assert len(api.requests) == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        plainly(500),
        plainly(502),
        plainly(504),
        plainly(200),
        plainly(200, "{}"),
        plainly(200, '{"messages": []}'),
        cut_off,
    ],
    ids=range(7),
)
def test_who_does_not_say_may_have_sent_it(behaviour, api):
    api.behaviours = [behaviour]
    with pytest.raises(MaybeSent):
        CloudApi().send(message())
    assert len(api.requests) == 1


def test_a_time_out_after_it_was_given_away_may_have_sent_it(api):
    api.behaviours = [taken_and_silent(3)]
    with pytest.raises(MaybeSent, match="did not answer within 1 seconds"):
        CloudApi().send(message())
    assert len(api.taken) == 1


def test_where_nobody_listens_nothing_was_sent(settings):
    settings.WHATSAPP_API_URL = "http://127.0.0.1:1/v23.0"
    with pytest.raises(ProviderDown, match="cannot be reached"):
        CloudApi().send(message())


def test_meta_says_how_long_to_wait(api):
    api.behaviours = [problem(429, 130429, Retry_After="77"), problem(429, 130429), plainly(429, Retry_After="5")]
    waits = []
    for _ in range(3):
        with pytest.raises(NotFromHere) as caught:
            CloudApi().send(message())
        waits.append(caught.value.wait_seconds)
    assert waits == [77.0, 10, 5.0]


def test_an_error_is_told_with_its_details_and_trace_and_without_the_token(api):
    api.behaviours = [problem(400, 131026, "(#131026) Message undeliverable", details="The reader has no WhatsApp.")]
    with pytest.raises(NeverThis) as caught:
        CloudApi().send(message())
    told = "(#131026) Message undeliverable: The reader has no WhatsApp. (fbtrace_id Az8or2yhqkZ)"
    assert caught.value.problem == told
    assert TOKEN not in repr(message())


@pytest.mark.parametrize("token", ["", " ", "é", "another"])
def test_without_the_number_s_token_nothing_is_sent(token, api):
    with pytest.raises(NotAllowed):
        CloudApi().send(message(access_token=token))
    assert api.requests == []


def test_another_number_is_not_ours(api):
    with pytest.raises(NotAllowed):
        CloudApi().send(message(phone_number_id="1"))
    assert api.requests == []


def test_whatever_is_not_in_the_table_goes_by_its_status():
    assert {code: rule.policy for code, rule in RULES.items() if rule_of(status=400, code=code) != rule} == {}
    statuses = {status: rule_of(status=status, code=None).policy for status in (400, 401, 403, 404, 429, 500, 503)}
    assert statuses == {
        400: Policy.FAIL,
        401: Policy.PAUSE,
        403: Policy.PAUSE,
        404: Policy.FAIL,
        429: Policy.SLOW_DOWN,
        500: Policy.DOWN,
        503: Policy.DOWN,
    }

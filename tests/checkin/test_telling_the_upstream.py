"""The upstream is told which tokens its users have by now, and how they are."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from checkin import consumers, services
from checkin.errors import UpstreamRefused, UpstreamUnavailable
from checkin.models import CheckinSession
from checkin.upstream import UpstreamApi
from core.outbox import Event, Reject, Retry
from core.outbox.models import OutboxEvent
from devstack.upstream.control import UpstreamControl
from devstack.upstream.faults import ApiFault, PageFault

EMAIL = "ada@uni.test"
TOPICS = ("checkin.tell_upstream", "checkin.report")


@pytest.fixture
def ada(upstream, in_scope) -> CheckinSession:
    """The only user's session, refreshed; the upstream has not been told."""
    upstream.set_users([EMAIL])
    services.fetch_users()
    services.refresh_all()
    return CheckinSession.objects.get()


def published(topic: str) -> list[dict]:
    return [event.payload for event in OutboxEvent.objects.filter(topic=topic)]


def reported(upstream: UpstreamControl) -> list[tuple[str, str]]:
    return [(one["state"], one["message"]) for one in upstream.user(EMAIL)["log"]]


def an_event(session: CheckinSession, topic: str) -> Event:
    payload = {"session_id": str(session.pk)}
    return Event(uuid4(), topic, session.organization_id, payload, "", datetime.now().astimezone(), 0)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_event_names_the_session_and_carries_no_token(ada, topic):
    assert published(topic) == [{"session_id": str(ada.pk)}]


def test_the_token_is_told_and_is_the_listed_one_from_then_on(ada, upstream):
    assert ada.listed_token != ada.token
    services.tell_upstream([ada.pk])

    assert upstream.user(EMAIL)["listed"] == ada.token
    ada.refresh_from_db()
    assert (ada.listed_token, ada.telling_since) == (ada.token, None)


def test_to_tell_it_again_asks_nothing(ada, upstream):
    services.tell_upstream([ada.pk])
    services.tell_upstream([ada.pk])

    assert upstream.facts()["api_requests"]["update"] == 1


def test_one_event_is_enough_however_often_the_session_is_refreshed_meanwhile(ada, upstream):
    for _ in range(3):
        services.refresh_one(email=EMAIL)

    assert [len(published(topic)) for topic in TOPICS] == [1, 1]
    services.tell_upstream([ada.pk])
    assert upstream.user(EMAIL)["listed"] == upstream.user(EMAIL)["token"]
    services.refresh_one(email=EMAIL)
    assert len(published("checkin.tell_upstream")) == 2


def test_a_token_that_came_while_the_upstream_was_told_of_another_is_told_next(ada, upstream, monkeypatch):
    def told_slowly(*_: object, **__: object) -> int:
        CheckinSession.objects.update(token="newer-than-that", token_number=7, confirmed_number=7)
        return 1

    monkeypatch.setattr("checkin.upstream.UpstreamApi.update_token", told_slowly)
    monkeypatch.setattr("checkin.services.errands.ThreadPoolExecutor", InThisThread)

    services.tell_upstream([ada.pk])

    before = ada.token
    ada.refresh_from_db()
    assert (ada.token, ada.listed_token) == ("newer-than-that", before)
    assert ada.telling_since is not None
    assert len(published("checkin.tell_upstream")) == 2


class InThisThread:
    """Where the test's transaction can be seen."""

    map = staticmethod(map)

    def __init__(self, *_: object, **__: object) -> None: ...

    def __enter__(self) -> "InThisThread":
        return self

    def __exit__(self, *_: object) -> None: ...


def test_a_token_whose_page_showed_somebody_else_is_not_told(ada, upstream):
    upstream.set_fault(EMAIL, PageFault.WRONG_EMAIL)
    services.refresh_one(email=EMAIL)

    services.tell_upstream([ada.pk])

    assert "update" not in upstream.facts()["api_requests"]
    ada.refresh_from_db()
    assert ada.telling_since is None


def test_where_the_list_has_neither_token_it_is_left_as_it_is(ada, upstream):
    listed = upstream.log_in(EMAIL)

    services.tell_upstream([ada.pk])

    assert upstream.user(EMAIL)["listed"] == listed
    ada.refresh_from_db()
    assert ada.telling_since is None
    assert ada.listed_token != ada.token
    assert services.fetch_users().logged_in == 1


def test_an_answer_that_was_lost_is_made_good_by_the_next_list(ada, upstream):
    upstream.set_api_fault(ApiFault.LOST_ANSWER, path="update")
    with pytest.raises(UpstreamUnavailable):
        services.tell_upstream([ada.pk])
    ada.refresh_from_db()
    assert ada.telling_since is not None
    upstream.set_api_fault(None)

    services.tell_upstream([ada.pk])
    CheckinSession.objects.update(updated_at="2024-01-01T00:00:00Z")
    services.fetch_users()

    ada.refresh_from_db()
    assert ada.token == ada.listed_token == upstream.user(EMAIL)["listed"]


@pytest.mark.parametrize(
    ("consume", "topic"), [(consumers.tell_upstream, TOPICS[0]), (consumers.report, TOPICS[1])], ids=TOPICS
)
def test_an_upstream_that_is_down_is_told_later(consume, topic, ada, upstream):
    upstream.set_api_fault(ApiFault.ERROR)
    with pytest.raises(Retry, match="answered 500"):
        consume([an_event(ada, topic)])

    upstream.set_api_fault(None)
    consume([an_event(ada, topic)])

    user = upstream.user(EMAIL)
    assert user["listed"] == ada.token if topic == TOPICS[0] else user["report"] == "Normal"


def test_an_event_that_is_refused_is_parked_for_a_person_to_look_at(ada, upstream):
    upstream.set_api_fault(ApiFault.REDIRECT, path="update")

    with pytest.raises(Reject, match="sends us elsewhere"):
        consumers.tell_upstream([an_event(ada, TOPICS[0])])


def test_an_upstream_that_refuses_our_key_waits_for_its_operator(ada, upstream, settings):
    settings.CHECKOUT_API_KEY = "not-the-key"

    with pytest.raises(Retry, match="refuses our key"):
        consumers.report([an_event(ada, TOPICS[1])])


def test_how_a_session_is_is_reported_and_noted(ada, upstream):
    services.report_to_upstream([ada.pk])

    assert reported(upstream) == [("Normal", "The session was refreshed.")]
    ada.refresh_from_db()
    assert (ada.checkin_report, ada.reporting_since) == ("Normal", None)
    assert ada.checkin_report_time is not None


@pytest.mark.parametrize("fault", [PageFault.ERROR, PageFault.EXPIRED])
def test_what_went_wrong_is_reported_with_its_reason(fault, upstream, in_scope):
    upstream.set_users([EMAIL], fault=fault)
    services.fetch_users()
    services.refresh_all()
    session = CheckinSession.objects.get()

    services.report_to_upstream([session.pk])

    assert reported(upstream) == [("Fail", session.error)]
    session.refresh_from_db()
    assert session.checkin_report == "Fail"


def test_what_happened_while_it_was_reported_is_reported_next(ada, upstream, monkeypatch):
    def slow(*_: object, **__: object) -> None:
        CheckinSession.objects.update(attempted_at=Now(), status="failed", error="later")

    monkeypatch.setattr("checkin.upstream.UpstreamApi.log", slow)
    monkeypatch.setattr("checkin.services.errands.ThreadPoolExecutor", InThisThread)
    services.report_to_upstream([ada.pk])

    ada.refresh_from_db()
    assert ada.reporting_since is not None
    assert len(published("checkin.report")) == 2


def test_a_user_who_is_no_longer_listed_is_neither_told_nor_reported(ada, upstream):
    upstream.remove_user(EMAIL)
    services.fetch_users()

    services.tell_upstream([ada.pk])
    services.report_to_upstream([ada.pk])

    assert upstream.facts()["api_requests"] == {"users": 2}
    ada.refresh_from_db()
    assert (ada.telling_since, ada.reporting_since) == (None, None)


def test_one_refusal_stops_nobody_else(upstream, in_scope, monkeypatch):
    upstream.set_users([EMAIL, "bob@uni.test"])
    services.fetch_users()
    services.refresh_all()
    ada, bob = CheckinSession.objects.all()
    upstream.remove_user(EMAIL)
    update = UpstreamApi.update_token

    def refuse_ada(api: UpstreamApi, email: str, old: str, new: str) -> int:
        if email == EMAIL:
            raise UpstreamRefused("No such user.")
        return update(api, email, old, new)

    monkeypatch.setattr(UpstreamApi, "update_token", refuse_ada)
    with pytest.raises(UpstreamRefused):
        services.tell_upstream([ada.pk, bob.pk])

    bob.refresh_from_db()
    assert bob.listed_token == bob.token == upstream.user(bob.email)["listed"]

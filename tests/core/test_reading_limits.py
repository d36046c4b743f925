"""The documented limits of reads: 100 an hour for each user, 10,000 for each organization, and their headers."""

import time

import pytest
from rest_framework.test import APIClient

from core import gate
from core.redis import client as redis_client
from core.wording import counted
from tests.core.reading_probes import PATH

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.reading_probes")]

ASKED = f"{PATH}?conversation_id=880e8400-e29b-41d4-a716-446655440003"
HOUR = 3600


@pytest.fixture
def caller(ours) -> APIClient:
    return APIClient(headers={"X-Probe": "demo"})


def member(organization) -> APIClient:
    return APIClient(headers={"X-Probe": organization.slug, "X-Organization": str(organization.pk)})


def standing(answer) -> tuple[int, int, int]:
    return tuple(int(answer[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))


def test_the_headers_say_how_many_are_left_and_until_when(caller):
    before = time.time()
    answers = [caller.get(ASKED), caller.post(ASKED), caller.get(PATH)]
    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert [standing(answer)[:2] for answer in answers] == [(100, 99), (100, 98), (100, 97)]
    for answer in answers:
        # Seconds since 1970, within the hour, as the documented 1642070400 is.
        assert answer["X-RateLimit-Reset"].isdecimal()
        assert before < standing(answer)[2] <= before + HOUR + 1


def test_the_hundred_and_first_request_of_a_user_is_429(caller):
    assert [caller.get(ASKED).status_code for _ in range(100)] == [200] * 100
    answer = caller.post(ASKED)
    assert answer.status_code == 429
    assert standing(answer)[:2] == (100, 0)
    wait = int(answer["Retry-After"])
    assert 0 < wait <= 2 * HOUR
    assert abs(standing(answer)[2] - time.time() - wait) <= 2
    assert answer.json() == {
        "success": False,
        "message": f"Rate limit exceeded: 100 requests per 3,600 seconds. Try again in {counted(wait, 'second')}.",
    }


def test_all_users_of_an_organization_share_its_ten_thousand(ours, theirs):
    used_up(f"limit:services:organization:{ours.organization.pk}", 9_999)
    first, second = (member(ours.organization).get(ASKED) for _ in range(2))
    assert (first.status_code, standing(first)[:2]) == (200, (10_000, 0))
    assert (second.status_code, standing(second)[:2]) == (429, (10_000, 0))
    assert second.json()["message"].startswith("Rate limit exceeded: 10,000 requests per 3,600 seconds.")
    # A user who is refused for his organization's sake has used up nothing of his own.
    assert redis_client().hget("limit:services:probe:demo", "current") == b"1"
    next_door = member(theirs.organization).get(ASKED)
    assert (next_door.status_code, standing(next_door)[:2]) == (200, (100, 99))


def used_up(key: str, requests: int) -> None:
    seconds, _ = redis_client().time()
    redis_client().hset(key, mapping={"window": seconds // HOUR, "current": requests, "previous": 0})


def test_who_is_not_logged_in_uses_up_nothing(http, ours):
    for _ in range(3):
        assert http.get(ASKED).status_code == 401
    assert redis_client().keys("limit:services*") == []


def test_switched_off_there_are_neither_limits_nor_headers(caller, settings):
    settings.RATE_LIMIT_ENABLED = False
    answers = [caller.get(ASKED) for _ in range(101)]
    assert {answer.status_code for answer in answers} == {200}
    assert not any(name.startswith("X-RateLimit") for answer in answers for name in answer.headers)
    assert redis_client().keys("limit:*") == []


def test_without_redis_reads_go_on(caller, monkeypatch):
    def gone(*_: object, **__: object) -> None:
        raise gate.RedisError("gone")

    monkeypatch.setattr(gate, "_script", lambda: gone)
    monkeypatch.setattr(gate, "remember", lambda *_: None)
    answer = caller.get(ASKED)
    assert answer.status_code == 200
    assert "X-RateLimit-Limit" not in answer

"""GET /health and GET /version: open, and to the letter."""

import pytest
from redis import RedisError

from core import gate


@pytest.mark.django_db
def test_health_needs_no_key(http, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = http.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "service": "TrackImmo API", "version": "1.0.2"}


def test_version_needs_no_key(http):
    answer = http.get("/version/")
    assert answer.status_code == 200
    assert answer.json() == {"version": "1.0.2", "service": "TrackImmo API"}


def test_health_is_not_limited(http):
    answer = http.get("/health")
    assert "X-RateLimit-Limit" not in answer


def test_health_answers_without_redis(http, monkeypatch):
    def down(*arguments, **options):
        raise RedisError("down")

    monkeypatch.setattr(gate, "_script", lambda: down)
    assert http.get("/health").status_code == 200


def test_an_unknown_parameter_is_named(http):
    answer = http.get("/health?verbose=1")
    assert answer.status_code == 400
    assert answer.json() == {"detail": "verbose: Unknown parameter.", "errors": {"verbose": ["Unknown parameter."]}}

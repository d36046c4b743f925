"""A POST with an Idempotency-Key happens once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Organization
from core import tenancy
from core.errors import RateLimited
from core.idempotency import services
from core.idempotency.models import IdempotentAnswer
from core.idempotency.services import forget_old_answers
from tests.core.probes import ProbeView

pytestmark = pytest.mark.urls("tests.core.probes")


def post(text: str, key: str, slug: str = "demo", path: str = "/probe", **extra):
    caller = APIClient(headers={"X-Probe": slug, "Idempotency-Key": key})
    return caller.post(path, json.dumps({"text": text, **extra}), content_type="application/json")


@pytest.mark.django_db
def test_the_first_answer_is_repeated(ours):
    first, second = post("one", "k1"), post("one", "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Organization.objects.filter(slug="one").count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_409(ours):
    post("one", "k1")
    answer = post("two", "k1")
    assert answer.status_code == 409
    assert answer.json() == {"detail": "This Idempotency-Key was already used with another request."}
    assert not Organization.objects.filter(slug="two").exists()


@pytest.mark.django_db
def test_an_error_of_the_caller_is_an_answer_too(ours):
    first, second = post("conflict", "k1"), post("conflict", "k1")
    assert (first.status_code, second.status_code) == (409, 409)
    assert second["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_a_crash_is_not_kept_and_leaves_nothing(ours):
    assert post("crash", "k1").status_code == 500
    assert not IdempotentAnswer.unscoped.exists()
    assert not Organization.objects.filter(slug="crash").exists()


@pytest.mark.django_db
def test_a_request_to_come_back_later_is_not_kept(ours, monkeypatch):
    def busy(self, request):
        Organization.objects.create(name="busy", slug="busy")
        raise RateLimited(retry_after_seconds=1)

    with monkeypatch.context() as for_now:
        for_now.setattr(ProbeView, "post", busy)
        refusal = post("one", "k1")
    assert (refusal.status_code, refusal["Retry-After"]) == (429, "1")
    assert not Organization.objects.filter(slug="busy").exists()
    assert post("one", "k1").status_code == 201


@pytest.mark.django_db
def test_a_slash_at_the_end_makes_no_other_request_and_a_parameter_does(ours):
    first, second = post("one", "k1"), post("one", "k1", path="/probe/")
    assert (second.status_code, second.json()) == (201, first.json())
    assert post("one", "k1", path="/probe?limit=3").status_code == 409
    assert Organization.objects.filter(slug="one").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("age_hours", [0, 25], ids=["a new key", "a key used again after a day"])
def test_a_twin_that_waited_for_too_long_is_409_and_does_nothing(ours, age_hours):
    if age_hours:
        post("old", "k1")
        IdempotentAnswer.unscoped.update(created_at=timezone.now() - timedelta(hours=age_hours))

    def twin():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        answer = post("late", "k1")
        connection.close()
        return answer

    with ThreadPoolExecutor(1) as pool, transaction.atomic(), tenancy.scope(ours.organization.pk):
        services._claim(caller="demo", key="k1", digest="")
        late = pool.submit(twin).result()
    assert late.status_code == 409
    assert late.json()["detail"].startswith("A request with this Idempotency-Key is still running.")
    assert not Organization.objects.filter(slug="late").exists()


@pytest.mark.django_db
def test_another_trouble_with_the_database_is_not_taken_for_a_twin(ours, monkeypatch):
    def die(**_):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(IdempotentAnswer.objects, "create", die)
    assert post("one", "k1").status_code == 503
    assert not Organization.objects.filter(slug="one").exists()


@pytest.mark.django_db
def test_two_organizations_may_use_the_same_key(ours, theirs):
    assert post("one", "k1").status_code == 201
    answer = post("two", "k1", slug="other")
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "é"])
def test_a_strange_key_is_400(ours, key):
    answer = post("one", key.encode().decode("latin-1"))
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert not Organization.objects.filter(slug="one").exists()


@pytest.mark.django_db
def test_an_answer_older_than_a_day_is_forgotten(ours):
    post("one", "k1")
    IdempotentAnswer.unscoped.update(created_at=timezone.now() - timedelta(hours=25))
    assert post("two", "k1").status_code == 201
    IdempotentAnswer.unscoped.update(created_at=timezone.now() - timedelta(hours=25))
    assert forget_old_answers() == 1


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_happen_once(ours):
    start = threading.Barrier(8)

    def twin(_):
        start.wait()
        answer = post("twin", "k1")
        connection.close()
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(twin, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Organization.objects.filter(slug="twin").count() == 1

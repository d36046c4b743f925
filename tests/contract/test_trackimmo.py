"""Every example of TrackImmo's document, replayed over HTTP: status codes, keys, kinds of values, messages."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.utils import timezone

from tests.contract.conftest import CLIENT, DOCUMENTED_KEY
from tests.contract.shapes import differences
from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo import services
from trackimmo.models import Assignment, Client, ProcessingJob, Property
from trackimmo.services import jobs

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("trackimmo.json").read_text())
IDS = [example["name"] for example in EXAMPLES]


def a_job_that_has_ended(john: Client) -> dict[str, str]:
    job = JobFactory(client=john, requested_count=8)
    services.run_job(job_id=job.pk)
    return {"job_id": str(job.pk)}


def four_jobs_that_wait_for_a_retry(john: Client) -> dict[str, str]:
    """Three whose time has come or will, of which one cannot succeed; and one that a worker holds."""
    hopeless = ClientFactory(status="inactive")
    for client in (john, ClientFactory(cities=john.chosen_cities.all()), hopeless):
        JobFactory(client=client, attempt_count=1, available_at=timezone.now() + timedelta(hours=1))
    held = JobFactory(client=ClientFactory(), attempt_count=1)
    assert jobs.claim(job_id=held.pk)
    return {}


def jobs_that_ended_long_ago(number: int, days: int) -> Callable[[Client], dict[str, str]]:
    def make(john: Client) -> dict[str, str]:
        then = timezone.now() - timedelta(days=days, hours=1)
        JobFactory.create_batch(number, client=john, status="completed", finished_at=then)
        JobFactory(client=john, status="failed", finished_at=timezone.now())
        return {}

    return make


def twenty_five_assignments(john: Client) -> dict[str, str]:
    for sale in Property.objects.all()[:25]:
        Assignment.objects.create(client=john, property=sale, address_key=sale.address_key)
    return {}


BEFORE: dict[str, Callable[[Client], dict[str, str]]] = {
    "GET /api/job-status/{job_id}": a_job_that_has_ended,
    "GET /api/get-client-properties/{client_id}": a_job_that_has_ended,
    "GET /admin/client/{client_id}": a_job_that_has_ended,
    "GET /admin/jobs": a_job_that_has_ended,
    "POST /api/process-retry-queue": four_jobs_that_wait_for_a_retry,
    "POST /api/cleanup-jobs": jobs_that_ended_long_ago(12, days=7),
    "DELETE /admin/jobs/cleanup": jobs_that_ended_long_ago(50, days=30),
    "POST /admin/client/{client_id}/reset-assignments": twenty_five_assignments,
}


@pytest.fixture
def replay(live_server):
    """Send an example as documented and return the answer."""

    def send(example: dict[str, Any], ids: dict[str, str], *, key: str | None = DOCUMENTED_KEY) -> httpx.Response:
        method, path = example["name"].split()[:2]
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", value)
        body = example.get("body")
        if body and body.get("client_id") == "client-uuid":
            body = {**body, "client_id": str(CLIENT)}
        headers = {example["key"]: key} if "key" in example and key else {}
        return httpx.request(
            method, live_server.url + path, params=example.get("query"), json=body, headers=headers, timeout=20
        )

    return send


def ids_for(example: dict[str, Any], john: Client) -> dict[str, str]:
    """Bring about what the example speaks of; the ids that stand in its path."""
    return {"client_id": str(CLIENT), **BEFORE.get(example["name"], lambda _: {})(john)}


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_answer_is_the_documented_one(example, replay, john):
    ids = ids_for(example, john)
    answer = replay(example, ids)
    assert answer.status_code == example.get("status", 200), answer.text
    assert differences(example["answer"], answer.json(), additions=not example.get("exactly")) == []


CLOSED = [example for example in EXAMPLES if "key" in example]


@pytest.mark.parametrize("example", CLOSED, ids=[example["name"] for example in CLOSED])
def test_without_the_key_and_with_a_wrong_one_it_is_401_and_nothing_happens(example, replay, john):
    ids = ids_for(example, john)
    before = [ProcessingJob.objects.count(), Assignment.objects.count()]
    for key in (None, "wrong"):
        answer = replay(example, ids, key=key)
        assert answer.status_code == 401
        assert set(answer.json()) == {"detail"}
    assert [ProcessingJob.objects.count(), Assignment.objects.count()] == before


@pytest.mark.parametrize("template", ["config", "welcome", "notification", "monthly", "insufficient", "error"])
def test_every_template_can_be_tested(template, live_server, john):
    answer = httpx.post(
        f"{live_server.url}/admin/test-email",
        headers={"X-Admin-Key": DOCUMENTED_KEY},
        json={"recipient": "test@example.com", "template_type": template},
        timeout=20,
    )
    assert answer.status_code == 200
    assert answer.json()["results"] == {"smtp_config": True, "connection": True, "send_test": True}
    assert answer.json()["message"] == f"{template.capitalize()} email sent to test@example.com"


def test_without_an_admin_key_the_api_key_opens_administration(live_server, john, settings):
    settings.ADMIN_API_KEY = ""
    answer = httpx.get(f"{live_server.url}/admin/stats", headers={"X-API-Key": DOCUMENTED_KEY})
    assert answer.status_code == 200


def test_with_an_admin_key_it_does_not(live_server, john, settings):
    settings.ADMIN_API_KEY = "another-key"
    answer = httpx.get(f"{live_server.url}/admin/stats", headers={"X-API-Key": DOCUMENTED_KEY})
    assert answer.status_code == 401


def test_a_client_with_an_active_job_gets_it_back(live_server, john):
    ask = {"headers": {"X-API-Key": DOCUMENTED_KEY}, "json": {"client_id": str(CLIENT)}}
    first, second = (httpx.post(f"{live_server.url}/api/process-client", **ask) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == {**first.json(), "message": "Job already in progress"}
    assert ProcessingJob.objects.count() == 1


def test_the_limit_is_a_hundred_requests_an_hour_for_a_key(live_server, john):
    with httpx.Client(base_url=live_server.url, headers={"X-API-Key": DOCUMENTED_KEY}) as program:
        path = f"/api/job-status/{uuid4()}"
        answers = [program.get(path).status_code for _ in range(100)]
        refused = program.get(path)
    assert set(answers) == {404}
    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Limit"] == "100"
    assert re.fullmatch(r"\d+", refused.headers["Retry-After"])

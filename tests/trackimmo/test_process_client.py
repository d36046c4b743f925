"""POST /api/process-client."""

import json
import threading
import uuid

import pytest
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from rest_framework.test import APIClient

from core import tenancy
from tests.stored import audited
from tests.trackimmo.factories import JobFactory
from trackimmo.models import Client, ClientStatus, JobStatus, ProcessingJob
from trackimmo.services import waking

pytestmark = pytest.mark.django_db

PATH = "/api/process-client"


def post(caller, client_id, **headers):
    return caller.post(PATH, {"client_id": str(client_id)}, format="json", headers=headers)


@pytest.fixture
def sent(monkeypatch):
    """The names and arguments of the tasks that were sent."""
    tasks = []
    monkeypatch.setattr(waking.current_app, "send_task", lambda name, args, **_: tasks.append((name, args)))
    return tasks


def test_processing_starts(program, customer, sent, counted, django_capture_on_commit_callbacks):
    post(program, uuid.uuid4())
    with counted("POST /api/process-client"), django_capture_on_commit_callbacks(execute=True):
        answer = post(program, customer.pk, **{"X-Request-ID": "abc-123"})
    assert answer.status_code == 200
    job = ProcessingJob.objects.get()
    assert answer.json() == {
        "success": True,
        "job_id": str(job.pk),
        "client_id": str(customer.pk),
        "message": "Processing started",
    }
    assert (job.client, job.status, job.kind, job.requested_count) == (customer, "pending", "process", 10)
    assert (job.attempt_count, job.progress, job.request_id) == (0, {}, "abc-123")
    assert ("trackimmo.tasks.run_job", [str(job.pk), str(job.organization_id)]) in sent


def test_a_client_is_due_as_many_addresses_as_the_setting_says_unless_told_otherwise(program, in_scope, settings):
    settings.DEFAULT_ADDRESSES_PER_REPORT = 7
    client = Client.objects.create(first_name="Jean", last_name="Petit", email="jean@agence.test")
    post(program, client.pk)
    assert ProcessingJob.objects.get().requested_count == 7


def test_it_is_audited_with_the_key_that_called(program, customer):
    post(program, customer.pk)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"]) == ("create", "processing_job")
    assert entry["resource_id"] == str(ProcessingJob.objects.get().pk)
    assert entry["key_id"] == "environment:API_KEY"


def test_a_client_with_an_active_job_gets_that_one(program, job, customer, counted):
    post(program, uuid.uuid4())
    with counted("POST /api/process-client (in progress)"):
        answer = post(program, customer.pk)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "job_id": str(job.pk),
        "client_id": str(customer.pk),
        "message": "Job already in progress",
    }
    assert ProcessingJob.objects.count() == 1
    assert audited() == []


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.FAILED])
def test_a_job_that_has_ended_is_not_in_the_way(program, customer, status):
    JobFactory(client=customer, status=status)
    assert post(program, customer.pk).json()["message"] == "Processing started"
    assert ProcessingJob.objects.count() == 2


def assert_not_found(answer, client_id) -> None:
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {client_id} not found or inactive"}
    assert not ProcessingJob.unscoped.exists()


def test_an_unknown_client_is_404(program, in_scope):
    client_id = uuid.uuid4()
    assert_not_found(post(program, client_id), client_id)


@pytest.mark.parametrize("status", [ClientStatus.INACTIVE, ClientStatus.PENDING, ClientStatus.TEST])
def test_a_client_who_is_not_active_is_404(program, customer, status):
    customer.status = status
    customer.save(update_fields=["status"])
    assert_not_found(post(program, customer.pk), customer.pk)


def test_a_client_of_another_organization_is_404(program, their_client):
    assert_not_found(post(program, their_client.pk), their_client.pk)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"client_id": "not-a-uuid"}, {"client_id": ["Must be a valid UUID."]}),
        ({"client_id": 5}, {"client_id": ["Must be a valid UUID."]}),
        ({"client_id": None}, {"client_id": ["This field may not be null."]}),
        ({"client_id": ["e86f4960-f848-4236-b45c-0759b95db5a3"]}, {"client_id": ["Must be a valid UUID."]}),
        ({}, {"client_id": ["This field is required."]}),
        (
            {"client_id": "e86f4960-f848-4236-b45c-0759b95db5a3", "count": 5},
            {"count": ["Unknown field."]},
        ),
    ],
)
def test_a_bad_body_is_400_and_names_the_field(program, in_scope, body, errors):
    answer = program.post(PATH, json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == errors
    assert not ProcessingJob.objects.exists()


def test_without_a_key_it_is_401(http, customer):
    answer = post(http, customer.pk)
    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]
    assert not ProcessingJob.objects.exists()


@pytest.mark.parametrize("key", ["wrong", "demo-admin-key", "demo-checkout-key"])
def test_a_key_that_does_not_open_it_is_401(http, customer, key):
    answer = post(http, customer.pk, **{"X-API-Key": key})
    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]
    assert not ProcessingJob.objects.exists()


def test_calls_are_limited_per_key(program, customer, settings):
    settings.RATE_LIMIT_REQUESTS, settings.RATE_LIMIT_WINDOW = 2, 60
    first, second, third = (post(program, customer.pk) for _ in range(3))
    assert [first["X-RateLimit-Remaining"], second["X-RateLimit-Remaining"]] == ["1", "0"]
    assert third.status_code == 429
    assert "Retry-After" in third
    assert third.json()["detail"].startswith("Rate limit exceeded: 2 requests per 60 seconds.")


def test_a_repeated_request_gets_the_first_answer(program, customer):
    answers = [post(program, customer.pk, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].json()["message"] == "Processing started"
    assert ProcessingJob.objects.count() == 1


def test_a_dead_broker_does_not_fail_the_request(
    program, customer, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    def refuse(*arguments, **options):
        raise OperationalError("no broker")

    monkeypatch.setattr(waking.current_app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        assert post(program, customer.pk).status_code == 200
    assert ProcessingJob.objects.get().status == "pending"
    assert "job_wake_failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_fifty_simultaneous_calls_make_one_job(customer):
    """Fifty callers with connections of their own, released at once."""
    answers = []
    start = threading.Barrier(50)

    def call() -> None:
        caller = APIClient(headers={"X-API-Key": "demo-api-key"})
        start.wait()
        answers.append(post(caller, customer.pk))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 50
    with tenancy.scope(customer.organization_id):
        job = ProcessingJob.objects.get()
    assert {answer.json()["job_id"] for answer in answers} == {str(job.pk)}
    messages = sorted(answer.json()["message"] for answer in answers)
    assert messages == ["Job already in progress"] * 49 + ["Processing started"]


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_somebody_holds_is_waited_for_and_then_503(program, customer, settings):
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with tenancy.scope(customer.organization_id), transaction.atomic():
            Client.objects.select_for_update().get(pk=customer.pk)
            held.set()
            let_go.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    answer = post(program, customer.pk)
    let_go.set()
    holder.join()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert answer.json() == {"detail": "The service is temporarily unavailable."}
    assert not ProcessingJob.unscoped.exists()

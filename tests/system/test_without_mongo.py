"""With MongoDB stopped, the business goes on: log in, process a client, get the e-mail. The audit log catches up."""

import email
import email.policy

import pytest
from rest_framework.test import APIClient

from audit.documents import AUDIT_LOGS
from core import tenancy
from core.outbox.models import OutboxEvent
from core.testing.mongo import start_empty
from core.testing.waiting import eventually
from tests.conftest import PASSWORD
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory
from trackimmo.models import ProcessingJob

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def undelivered() -> list[str]:
    return list(OutboxEvent.unscoped.filter(delivered_at=None).values_list("topic", flat=True))


def test_login_processing_and_mail_go_on_and_the_log_catches_up(
    ours, settings, private_mongo, private_mail, start_worker, start_beat
):
    settings.MONGODB_URI, settings.EMAIL_PORT = private_mongo.url, private_mail.port
    start_empty(AUDIT_LOGS)
    with tenancy.scope(ours.organization.pk):
        city = CityFactory()
        PropertyFactory.create_batch(12, city=city)
        client = ClientFactory(cities=[city], email="jeanne@immo.test")
    start_worker()
    start_beat()
    private_mongo.kill()

    login = {"email": ours.admin.email, "password": PASSWORD}
    assert APIClient().post("/api/v1/auth/login/", login, format="json").status_code == 200
    program = APIClient(headers={"X-API-Key": "demo-api-key"})
    accepted = program.post("/api/process-client", {"client_id": str(client.pk)}, format="json")
    assert accepted.status_code == 200
    status = f"/api/job-status/{accepted.json()['job_id']}"
    eventually(lambda: program.get(status).json()["status"] == "completed")
    assert program.get(f"/api/get-client-properties/{client.pk}").json()["total_count"] == 10
    eventually(lambda: len(private_mail.messages()) == 1)
    [path] = private_mail.messages()
    assert email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["To"] == "jeanne@immo.test"
    assert APIClient().get("/readyz").json()["status"] == "degraded"
    assert set(undelivered()) == {"audit.entry"}
    held = len(undelivered())

    private_mongo.start()
    eventually(lambda: undelivered() == [], seconds=60)
    entries = list(AUDIT_LOGS.unscoped().find())
    assert len(entries) == held
    actions = {(entry["action"], entry["resource_type"]) for entry in entries}
    assert {("login", "user"), ("create", "processing_job"), ("execute", "processing_job")} <= actions
    assert len(private_mail.messages()) == 1
    assert ProcessingJob.unscoped.get().properties_assigned == 10

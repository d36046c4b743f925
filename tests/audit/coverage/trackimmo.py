"""Calls of TrackImmo."""

from typing import Any, Final

from tests.audit.coverage.calls import Call, left
from tests.audit.coverage.world import World, a_failed_attempt, an_ended_job, assigned
from trackimmo.models import City, Client, ProcessingJob

SOMEBODY: Final = {"first_name": "Jean", "last_name": "Petit", "email": "jean@agence.test"}
WHOLE_CLIENT: Final = (
    "addresses_per_report chosen_cities email first_name language last_name property_type_preferences send_day status"
    " subscription_type unsubscribed_at"
)
WHOLE_CITY: Final = "department_code insee_code name population postal_code postal_codes region_name"
OPENED: Final = [left("create processing_job", ProcessingJob)]
ENDED: Final = [left("delete ended_jobs", "organization_id", "jobs older_than_days")]
RENAMED: Final = Call(
    by="operator", body={"first_name": "Jo"}, leaves=[left("update client", "client_id", "first_name")]
)
DEACTIVATED: Final = Call(by="operator", leaves=[left("update client", "client_id", "status")])
RESET: Final = Call(by="operator", given=assigned, leaves=[left("update client", "client_id", "assignments")])


def _of_the_client(world: World, **more: Any) -> dict[str, Any]:
    return {"client_id": str(world.client.pk), **more}


CALLS: Final = {
    "POST /unsubscribe/<str:token>": Call(by="http", leaves=[left("update client", "client_id", "unsubscribed_at")]),
    "POST /api/process-client": Call(
        by="program", body=_of_the_client, refused={"client_id": "somebody"}, leaves=OPENED
    ),
    "POST /api/add-addresses": Call(
        by="program",
        body=lambda w: _of_the_client(w, count=2),
        refused=lambda w: _of_the_client(w, count=-2),
        leaves=[left("create processing_job", ProcessingJob, "kind requested_count")],
    ),
    "POST /api/process-retry-queue": Call(
        by="program",
        given=a_failed_attempt,
        refused={"jobs": 1},
        leaves=[
            left("execute retry_queue", "organization_id", "jobs_made_due"),
            left("execute processing_job", "job_id", "properties_assigned status"),
        ],
    ),
    "POST /api/cleanup-jobs": Call(by="program", given=an_ended_job, refused={"days": "all"}, leaves=ENDED),
    "PATCH /api/client-properties/<str:client_id>/<str:address_id>": Call(
        by="program",
        given=assigned,
        body={"status": "contacted", "notes": "Calls back"},
        leaves=[left("update assignment", "assignment_id", "notes status")],
    ),
    "POST /admin/clients": Call(
        by="operator",
        body=lambda w: {**SOMEBODY, "chosen_cities": [str(w.city.pk)], "property_type_preferences": ["house"]},
        refused={**SOMEBODY, "email": "nobody"},
        leaves=[left("create client", Client, WHOLE_CLIENT)],
    ),
    "PATCH /admin/client/<str:client_id>": RENAMED,
    "DELETE /admin/client/<str:client_id>": DEACTIVATED,
    "PATCH /admin/clients/<str:client_id>": RENAMED,
    "DELETE /admin/clients/<str:client_id>": DEACTIVATED,
    "POST /admin/client/<str:client_id>/reset-assignments": RESET,
    "POST /admin/clients/<str:client_id>/reset-assignments": RESET,
    "POST /admin/test-client-processing": Call(
        by="operator",
        body=lambda w: _of_the_client(w, count=1),
        refused={"client_id": "somebody"},
        leaves=[left("execute client", "client_id", "properties_assigned")],
    ),
    "POST /admin/test-email": Call(
        by="operator",
        body={"recipient": "test@example.com"},
        refused={"recipient": "nobody"},
        leaves=[left("execute test_email", None, "template_type")],
    ),
    "DELETE /admin/jobs/cleanup": Call(by="operator", given=an_ended_job, refused={"days": "all"}, leaves=ENDED),
    "POST /admin/cities": Call(
        by="operator",
        body={"insee_code": "2A004", "name": "Ajaccio"},
        refused={"insee_code": "2C004", "name": "Ajaccio"},
        leaves=[left("create city", City, WHOLE_CITY)],
    ),
    "PATCH /admin/cities/<str:city_id>": Call(
        by="operator", body={"name": "Elsewhere"}, leaves=[left("update city", "city_id", "name postal_codes")]
    ),
}

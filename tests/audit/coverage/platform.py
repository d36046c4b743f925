"""Calls of accounts, profiles, check-in, the audit log and analytics."""

from typing import Any, Final

from rest_framework.test import APIClient

from checkin.models import RefreshRun
from profiles.models import LoggedOutProfile
from tests.audit.coverage.calls import Call, left
from tests.audit.coverage.world import World, fetched_users, upstream_users
from tests.conftest import PASSWORD

NEW_PASSWORD = "a-long-and-new-one"
RECORD = {"agent_name": "Ann", "profile_name": "ann@gmail"}
WHOLE = "agent_name profile_name"
COUNTED = "added listed logged_in problems removed resumed"
CREATED = [left("create logged_out_profile", LoggedOutProfile, WHOLE)]


def _login(world: World) -> dict[str, str]:
    said = {"email": world.ours.client.email, "password": PASSWORD}
    return APIClient().post("/api/v1/auth/login/", said, format="json").json()


def _logged_in(world: World) -> None:
    world.ids["refresh"] = _login(world)["refresh"]


def _refreshed(world: World, path: str, body: Any) -> Any:
    return APIClient().post(path, {"refresh": world.ids["refresh"]} if body is None else body, format="json")


CALLS: Final = {
    "POST /api/v1/auth/login": Call(
        by="http",
        body=lambda w: {"email": w.ours.client.email, "password": PASSWORD},
        refused=lambda w: {"email": w.ours.client.email, "password": "a-wrong-one"},
        leaves=[left("login user", "user_id")],
    ),
    "POST /api/v1/auth/logout": Call(
        by="admin", body={}, refused={"refresh": "of nobody"}, leaves=[left("logout user", "admin_id")]
    ),
    "POST /api/v1/auth/password": Call(
        by="admin",
        body={"old_password": PASSWORD, "new_password": NEW_PASSWORD},
        refused={"old_password": "a-wrong-one", "new_password": NEW_PASSWORD},
        leaves=[left("update user", "admin_id", "password"), left("login user", "admin_id")],
    ),
    "POST /api/v1/auth/refresh": Call(
        by="http", given=_logged_in, send=_refreshed, refused={"refresh": "of nobody"}, leaves=[]
    ),
    "POST /gmail-automation/logged-out-profiles": Call(
        by="program", body=RECORD, refused={"agent_name": ""}, leaves=CREATED
    ),
    "POST /api/v1/logged-out-profiles": Call(by="program", body=RECORD, refused={"agent_name": ""}, leaves=CREATED),
    "POST /api/v1/logged-out-profiles/bulk": Call(
        by="program", body={"items": [RECORD, RECORD]}, refused={"items": [RECORD, {}]}, leaves=CREATED
    ),
    "POST /api/v1/logged-out-profiles/bulk-delete": Call(
        by="program",
        body=lambda w: {"ids": [w.record.pk]},
        refused={"ids": "all"},
        leaves=[left("delete logged_out_profile", "record_id", WHOLE)],
    ),
    "PUT /api/v1/logged-out-profiles/<str:record_id>": Call(
        by="program", body=RECORD, leaves=[left("update logged_out_profile", "record_id", WHOLE)]
    ),
    "PATCH /api/v1/logged-out-profiles/<str:record_id>": Call(
        by="program", body={"reason": "kicked"}, leaves=[left("update logged_out_profile", "record_id", "reason")]
    ),
    "DELETE /api/v1/logged-out-profiles/<str:record_id>": Call(
        by="program", leaves=[left("delete logged_out_profile", "record_id", WHOLE)]
    ),
    "GET /api/v1/logged-out-profiles/export": Call(
        by="program", leaves=[left("export logged_out_profiles", "organization_id")]
    ),
    "GET /api/v1/audit-logs/export": Call(
        by="admin", leaves=[left("export audit_log", "organization_id", "format")]
    ),
    "POST /api/v1/auth/test": Call(by="gatekeeper", leaves=[]),
    "POST /api/v1/analytics/events": Call(
        by="admin",
        body={"events": [{"metric": "messages_sent", "value": 1}]},
        refused={"events": [{"metric": "messages_sent", "value": 1}, {"metric": "no such", "value": 1}]},
        leaves=[left("create metric_events", None, "events metrics")],
    ),
}  # fmt: skip

for verb in ("GET", "POST"):
    CALLS |= {
        f"{verb} /api/v1/refresh": Call(
            by="gatekeeper", given=fetched_users, leaves=[left("execute checkin_refresh", RefreshRun)]
        ),
        f"{verb} /api/v1/refresh-session/<path:email>": Call(
            by="gatekeeper", given=fetched_users, leaves=[left("execute checkin_refresh", RefreshRun)]
        ),
        f"{verb} /api/v1/fetch-users": Call(
            by="gatekeeper", given=upstream_users, leaves=[left("execute checkin_users", "organization_id", COUNTED)]
        ),
    }

"""Reporting a logout."""

import pytest

from profiles.models import LoggedOutProfile

pytestmark = pytest.mark.django_db

HANDLER = "/gmail-automation/logged-out-profiles"
LOG = "/api/v1/logged-out-profiles/"
BODY = {"agent_name": "Agent_001", "profile_name": "profile_gmail_1"}


@pytest.mark.parametrize("path", [HANDLER, HANDLER + "/", LOG, LOG.rstrip("/")])
def test_a_logout_is_written_down_and_answered(program, path, in_scope):
    answer = program.post(path, BODY, format="json")
    assert answer.status_code == 201, answer.content
    record = LoggedOutProfile.objects.select_related("profile").get()
    assert answer.json() == {
        "id": record.pk,
        **BODY,
        "timestamp": f"{record.timestamp:%Y-%m-%dT%H:%M:%SZ}",
        "created_at": f"{record.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "updated_at": f"{record.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        "reason": None,
    }
    assert (record.profile.agent_name, record.profile.profile_name) == ("Agent_001", "profile_gmail_1")

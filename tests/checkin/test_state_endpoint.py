"""GET /api/v1/state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from checkin.models import CheckinSession, UpstreamStanding
from core import tenancy

pytestmark = pytest.mark.django_db

PATH = "/api/v1/state"
THEN = datetime(2024, 3, 21, 10, 30, tzinfo=UTC)
TOKEN = "planted-session-token-0123456789"


@pytest.fixture
def two_users(in_scope, upstream) -> None:
    """One whose session is fine, and one who has never been refreshed."""
    CheckinSession.objects.create(
        email="bob@uni.test",
        token=TOKEN,
        status="normal",
        checkin_report="Normal",
        checkin_report_time=THEN,
        last_refreshed_at=THEN + timedelta(minutes=1),
    )
    CheckinSession.objects.create(email="alice@uni.test", token="short")
    UpstreamStanding.objects.create(
        connected=True,
        checked_at=timezone.now(),
        users_fetched_at=THEN,
        all_refreshed_at=THEN + timedelta(minutes=5),
        one_refreshed_at=THEN + timedelta(minutes=10),
    )


def test_it_tells_everything_but_the_tokens(gatekeeper, two_users):
    answer = gatekeeper.get(PATH)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": "Global State",
        "data": {
            "connected": True,
            "stored_data": {
                "last_users_fetch": "2024-03-21T10:30:00Z",
                "last_all_session_refresh": "2024-03-21T10:35:00Z",
                "last_individual_session_refresh": "2024-03-21T10:40:00Z",
                "autoCheckinUsers": [
                    {
                        "email": "alice@uni.test",
                        "checkintoken": "…",
                        "status": None,
                        "checkinReport": None,
                        "checkinReportTime": None,
                        "last_refreshed_at": None,
                        "error": None,
                    },
                    {
                        "email": "bob@uni.test",
                        "checkintoken": "…6789",
                        "status": "normal",
                        "checkinReport": "Normal",
                        "checkinReportTime": "2024-03-21T10:30:00Z",
                        "last_refreshed_at": "2024-03-21T10:31:00Z",
                        "error": None,
                    },
                ],
            },
        },
    }
    assert TOKEN not in answer.content.decode()


def test_what_never_happened_is_null(gatekeeper, in_scope, upstream):
    assert gatekeeper.get(PATH).json()["data"] == {
        "connected": False,
        "stored_data": {
            "last_users_fetch": None,
            "last_all_session_refresh": None,
            "last_individual_session_refresh": None,
            "autoCheckinUsers": [],
        },
    }


def test_users_who_are_listed_no_more_are_left_out(gatekeeper, two_users):
    CheckinSession.objects.filter(email="bob@uni.test").update(is_listed=False)
    users = gatekeeper.get(PATH).json()["data"]["stored_data"]["autoCheckinUsers"]
    assert [user["email"] for user in users] == ["alice@uni.test"]


def test_another_organizations_users_do_not_show(gatekeeper, theirs, upstream):
    with tenancy.scope(theirs.organization.pk):
        CheckinSession.objects.create(email="carol@other.test", token=TOKEN)
    assert gatekeeper.get(PATH).json()["data"]["stored_data"]["autoCheckinUsers"] == []


def test_the_number_of_users_does_not_change_the_number_of_queries(gatekeeper, two_users, counted):
    gatekeeper.get(PATH)
    CheckinSession.objects.bulk_create([CheckinSession(email=f"{n}@uni.test", token=TOKEN) for n in range(50)])
    with counted("GET /api/v1/state"):
        assert len(gatekeeper.get(PATH).json()["data"]["stored_data"]["autoCheckinUsers"]) == 52

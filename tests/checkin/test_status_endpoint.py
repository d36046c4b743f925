"""GET /api/v1/status."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from checkin.models import UpstreamStanding
from core import tenancy

pytestmark = pytest.mark.django_db

PATH = "/api/v1/status"
NOW = datetime(2026, 3, 21, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_noon(upstream):
    with time_machine.travel(NOW, tick=False):
        yield


def stand(**fields) -> UpstreamStanding:
    return UpstreamStanding.objects.create(**{"connected": True, "checked_at": NOW, **fields})


def told(gatekeeper) -> dict:
    answer = gatekeeper.get(PATH)
    assert answer.status_code == 200
    body = answer.json()
    assert (body.pop("success"), body.pop("message"), body.keys()) == (True, "API Status", {"data"})
    return body["data"]


def test_it_tells_what_the_last_check_found(gatekeeper, in_scope):
    stand()
    assert told(gatekeeper) == {"connected": True, "checked_at": "2026-03-21T10:30:00Z", "error": None}


def test_it_tells_why_there_is_no_connection(gatekeeper, in_scope):
    stand(connected=False, error="127.0.0.1:9 cannot be reached.")
    assert told(gatekeeper) == {
        "connected": False,
        "checked_at": "2026-03-21T10:30:00Z",
        "error": "127.0.0.1:9 cannot be reached.",
    }


def test_before_the_first_check_nothing_is_connected(gatekeeper, in_scope):
    nothing_yet = {"connected": False, "checked_at": None, "error": "The upstream has not been asked yet."}
    assert told(gatekeeper) == nothing_yet
    stand(connected=None, checked_at=None)
    assert told(gatekeeper) == nothing_yet


@pytest.mark.parametrize(("seconds", "connected"), [(0, True), (180, True), (181, False), (86_400, False)])
def test_what_was_found_long_ago_says_nothing_any_more(gatekeeper, in_scope, seconds, connected):
    standing = stand(checked_at=NOW - timedelta(seconds=seconds))
    answer = told(gatekeeper)
    assert answer["connected"] is connected
    assert answer["error"] == (
        None
        if connected
        else f"The upstream has not been asked since {standing.checked_at:%Y-%m-%d %H:%M:%S} UTC:"
        " do beat and the workers run?"
    )


def test_the_upstream_is_not_asked_for_it(gatekeeper, in_scope, upstream):
    stand()
    told(gatekeeper)
    assert upstream.facts()["api_requests"] == {}


@pytest.mark.parametrize("name", ["CHECKOUT_API_URL", "CHECKIN_URL"])
def test_without_an_upstream_it_is_off(gatekeeper, in_scope, settings, name):
    stand()
    setattr(settings, name, "")
    assert told(gatekeeper) == {
        "connected": False,
        "checked_at": None,
        "error": f"Check-in is switched off: {name} is empty.",
    }


def test_another_organizations_connection_is_not_ours(gatekeeper, theirs):
    with tenancy.scope(theirs.organization.pk):
        stand()
    assert told(gatekeeper)["connected"] is False


def test_it_costs_one_query(gatekeeper, in_scope, counted):
    stand()
    told(gatekeeper)
    with counted("GET /api/v1/status"):
        told(gatekeeper)


def test_only_get_is_allowed(gatekeeper):
    assert gatekeeper.post(PATH).status_code == 405

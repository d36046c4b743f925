"""Whether the upstream's API is there."""

import pytest

from checkin import services
from checkin.models import UpstreamStanding
from core import tenancy
from devstack.upstream.faults import ApiFault


def test_an_api_that_answers_is_connected(upstream, in_scope):
    assert services.check_connection() is True

    standing = UpstreamStanding.objects.get()
    assert (standing.connected, standing.error) == (True, None)
    assert standing.checked_at is not None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ApiFault.REDIRECT, "sends us elsewhere"),
        (ApiFault.GARBAGE, "not JSON"),
        (ApiFault.UNSUCCESSFUL, "not in order"),
    ],
)
def test_one_that_does_not_is_not_and_the_reason_is_kept(fault, error, upstream, in_scope):
    upstream.set_api_fault(fault)

    assert services.check_connection() is False

    standing = UpstreamStanding.objects.get()
    assert standing.connected is False
    assert error in standing.error


def test_a_wrong_key_is_not_connected_and_is_not_shown(upstream, in_scope, settings):
    settings.CHECKOUT_API_KEY = "planted-key-0123456789"

    assert services.check_connection() is False

    error = UpstreamStanding.objects.get().error
    assert "refuses our key" in error
    assert "planted-key" not in error


def test_an_organization_without_an_upstream_is_not_connected_and_nothing_is_written(upstream, ours, theirs):
    with tenancy.scope(theirs.organization.pk):
        assert services.check_connection() is False
    assert UpstreamStanding.unscoped.count() == 0
    assert upstream.facts()["api_requests"] == {}

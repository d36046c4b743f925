"""What was done to one object is read back: newest first, bounded, and of one's own organization only."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from audit.documents import AUDIT_LOGS
from audit.selectors import history_of
from audit.selectors.filters import NEWEST_FIRST
from core import tenancy
from core.errors import Unavailable
from core.scope import TenantScopeMissing
from core.testing.mongo import start_anew

pytestmark = pytest.mark.django_db

CITY = UUID("770e8400-e29b-41d4-a716-446655440002")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def entry(number: int, organization_id: UUID, **other) -> dict:
    """The entry of so many minutes after NOW."""
    return {
        "_id": uuid4(),
        "organization_id": organization_id,
        "user_id": None,
        "key_id": None,
        "action": "update",
        "resource_type": "city",
        "resource_id": str(CITY),
        "changes": {"number": [number - 1, number]},
        "ip_address": None,
        "user_agent": "",
        "request_id": "",
        "created_at": NOW + timedelta(minutes=number),
        "seq": number,
        "prev_hash": "",
        "hash": "",
        **other,
    }


def numbers(**asked) -> list[int]:
    return [found["changes"]["number"][1] for found in history_of(resource_type="city", resource_id=CITY, **asked)]


def test_an_object_s_entries_come_newest_first(in_scope, ours, audit_logs):
    here = ours.organization.pk
    others = [entry(5, here, resource_id=str(uuid4())), entry(6, here, resource_type="client")]
    audit_logs.insert_many([entry(2, here), entry(3, here), entry(1, here), *others])
    assert numbers() == [3, 2, 1]
    assert numbers(limit=2) == [3, 2]


def test_no_more_are_read_than_a_page_shows_whatever_is_asked(in_scope, ours, audit_logs):
    audit_logs.insert_many([entry(number, ours.organization.pk) for number in range(205)])
    assert numbers() == numbers(limit=10_000) == list(range(204, 4, -1))
    assert numbers(limit=0) == numbers(limit=-5) == [204]


def test_entries_of_another_organization_are_not_read_though_the_object_has_the_same_id(ours, theirs, audit_logs):
    audit_logs.insert_many([entry(1, ours.organization.pk), entry(2, theirs.organization.pk)])
    for company, found in ((ours, [1]), (theirs, [2])):
        with tenancy.scope(company.organization.pk):
            assert numbers() == found
    with pytest.raises(TenantScopeMissing):
        history_of(resource_type="city", resource_id=CITY)


def test_an_index_finds_them_in_their_order(in_scope, ours, audit_logs):
    start_anew(AUDIT_LOGS)
    audit_logs.insert_many([entry(number, ours.organization.pk) for number in range(20)])
    audit_logs.insert_many([entry(number, ours.organization.pk, resource_id="another") for number in range(20, 70)])
    found = AUDIT_LOGS.here().find({"resource_type": "city", "resource_id": str(CITY)})
    told = found.sort(NEWEST_FIRST).limit(5).explain()
    assert "organization_id_1_resource_id_1_created_at_-1_seq_-1_resource_type_1" in str(
        told["queryPlanner"]["winningPlan"]
    )
    assert "'stage': 'SORT'" not in str(told["queryPlanner"]["winningPlan"])
    assert told["executionStats"]["totalDocsExamined"] == 5


def test_a_mongo_that_is_down_is_no_crash_of_ours(in_scope, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    with pytest.raises(Unavailable, match="The audit log is not available"):
        history_of(resource_type="city", resource_id=CITY)

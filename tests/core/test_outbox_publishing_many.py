"""Many events of one topic in one statement: each is as `publish` would have written it."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import outbox, tenancy
from core.actor import Origin, origin_of
from core.outbox.consuming import UnknownTopic
from core.outbox.models import OutboxEvent

PAYLOADS = [{"n": 1, "deep": {"list": [1.5, None, "é'\"\\"]}}, {"n": 2}]


def test_they_are_published_in_one_statement_and_delivered_each(inbox, in_scope):
    with origin_of(Origin(request_id="abc-1")), CaptureQueriesContext(connection) as queries:
        outbox.publish_many("test.one", PAYLOADS)
    assert len(queries) == 1
    events = OutboxEvent.objects.all()
    assert len({event.pk for event in events}) == 2
    assert {(event.organization_id, event.request_id, event.state) for event in events} == {
        (in_scope.pk, "abc-1", "open")
    }
    assert outbox.relay("test.one") == 2
    assert sorted(inbox.payloads, key=lambda payload: payload["n"]) == PAYLOADS


def test_none_is_no_statement(inbox, in_scope, django_assert_num_queries):
    with django_assert_num_queries(0):
        outbox.publish_many("test.one", [])


def test_one_that_is_not_json_leaves_nothing(inbox, in_scope):
    with pytest.raises(ValueError, match="not JSON compliant"):
        outbox.publish_many("test.one", [{"n": 1}, {"n": float("nan")}])
    assert not OutboxEvent.objects.exists()


def test_a_topic_nobody_consumes_is_refused_even_for_none(in_scope):
    with pytest.raises(UnknownTopic, match=r"'test\.nobody'"):
        outbox.publish_many("test.nobody", [])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_raises(inbox, ours):
    with tenancy.scope(ours.organization.pk), pytest.raises(transaction.TransactionManagementError):
        outbox.publish_many("test.one", PAYLOADS)
    assert not OutboxEvent.unscoped.exists()

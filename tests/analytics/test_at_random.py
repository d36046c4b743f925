"""Whatever is handed over, how often, in whatever batches: the sums equal a recount."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from analytics.metrics import IDS
from analytics.services import rebuilding
from analytics.services.counting import count
from tests.analytics.conftest import NOW
from tests.analytics.handing import handed
from tests.analytics.recount import recounted, rolled_up

VALUES = st.one_of(st.integers(-(10**12), 10**12), st.decimals(-(10**6), 10**6, places=6, allow_nan=False), st.just(1))
EVENTS = st.lists(st.tuples(st.sampled_from(IDS), st.integers(-300, 300), VALUES), min_size=1, max_size=30)
# Batches by position, wherever they begin and end: overlapping, again, backwards.
BATCHES = st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=12, unique=True), min_size=1, max_size=8)


@pytest.mark.parametrize("by_client", [False, True], ids=["ours", "clients"])
@given(events=EVENTS, batches=BATCHES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_sums_equal_a_recount(in_scope, by_client, events, batches):
    METRIC_EVENTS.unscoped().delete_many({})
    METRIC_ROLLUPS.unscoped().delete_many({})
    made = [
        handed(
            [(NOW + timedelta(minutes=minute), value)], organization_id=in_scope.pk, metric=metric, by_client=by_client
        )[0]
        for metric, minute, value in events
    ]
    counted = set()
    for batch in batches:
        chosen = [made[position] for position in batch if position < len(made)]
        count(events=chosen)
        counted |= {event.id for event in chosen}
        assert rolled_up(in_scope.pk) == recounted(in_scope.pk)
    assert {event["_id"] for event in METRIC_EVENTS.unscoped().find({})} == counted
    assert sum(row[1] for row in rolled_up(in_scope.pk).values()) == len(counted)
    for window in rebuilding.windows(metrics=IDS, since=None, until=None):
        assert rebuilding.rebuild(window=window, check_only=True) == []

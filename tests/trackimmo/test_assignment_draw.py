"""The draw follows the documented weights: of n sales by date the oldest weighs n, the newest 1."""

from collections import Counter
from itertools import combinations
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest
from django.db import transaction
from scipy.stats import chisquare

from tests.trackimmo.factories import PropertyFactory, days_ago
from trackimmo.models import Assignment, Property
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import assign_properties

pytestmark = pytest.mark.django_db

NEWEST = 6 * 365


def make_sale(city, age: int) -> Property:
    """A sale, the older the greater `age`. Its id is fixed, so that a seed draws the same in every run of the test."""
    return PropertyFactory(city=city, pk=uuid5(NAMESPACE_OID, str(age)), sale_date=days_ago(NEWEST + 30 * age))


def draw(client, *, count: int, seed: int) -> frozenset:
    """The properties of one seeded draw, which is undone."""
    with transaction.atomic():
        result = assign_properties(client=client, count=count, today=today_in_paris(), seed=seed)
        transaction.set_rollback(True)
    assert len(set(result.property_ids)) == count
    return frozenset(result.property_ids)


def test_first_picks_follow_the_weights(customer, city):
    weights = {make_sale(city, age).pk: age + 1 for age in range(10)}
    draws = 2000
    picks = Counter(pick for seed in range(draws) for pick in draw(customer, count=1, seed=seed))
    expected = [draws * weight / sum(weights.values()) for weight in weights.values()]
    result = chisquare([picks[pk] for pk in weights], expected)
    assert result.pvalue > 0.001
    assert not Assignment.objects.exists()


def test_pairs_follow_the_weights_without_repeats(customer, city):
    weights = {make_sale(city, age).pk: age + 1 for age in range(6)}
    total = sum(weights.values())
    draws = 2000
    picks = Counter(draw(customer, count=2, seed=seed) for seed in range(draws))
    pairs = list(combinations(weights, 2))
    # Either may come first; what is drawn leaves its weight to the others.
    expected = [
        draws * sum(weights[a] / total * weights[b] / (total - weights[a]) for a, b in ((one, two), (two, one)))
        for one, two in pairs
    ]
    result = chisquare([picks[frozenset(pair)] for pair in pairs], expected)
    assert result.pvalue > 0.001


def test_sales_of_one_day_are_ranked_by_id(customer, city):
    """Three sales of one day weigh 3, 2 and 1, the lowest id being the oldest."""
    sales = [PropertyFactory(city=city, pk=UUID(int=number)) for number in (1, 2, 3)]
    draws = 1200
    picks = Counter(pick for seed in range(draws) for pick in draw(customer, count=1, seed=seed))
    result = chisquare([picks[sale.pk] for sale in sales], [draws / 2, draws / 3, draws / 6])
    assert result.pvalue > 0.001

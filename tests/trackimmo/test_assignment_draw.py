"""The draw follows the documented weights: of n sales by date the oldest weighs n, the newest 1."""

from collections import Counter
from itertools import combinations

import pytest
from django.db import transaction
from scipy.stats import chisquare

from tests.trackimmo.factories import PropertyFactory, days_ago
from trackimmo.models import Assignment
from trackimmo.services import assign_properties
from trackimmo.services.processing import today_in_paris

pytestmark = pytest.mark.django_db

NEWEST = 6 * 365


def draw(client, *, count: int, seed: int) -> frozenset:
    """The properties of one seeded draw, which is undone."""
    with transaction.atomic():
        result = assign_properties(client=client, count=count, today=today_in_paris(), seed=seed)
        transaction.set_rollback(True)
    assert len(set(result.property_ids)) == count
    return frozenset(result.property_ids)


def test_first_picks_follow_the_weights(customer, city):
    weights = {PropertyFactory(city=city, sale_date=days_ago(NEWEST + 30 * age)).pk: age + 1 for age in range(10)}
    draws = 2000
    picks = Counter(pick for seed in range(draws) for pick in draw(customer, count=1, seed=seed))
    expected = [draws * weight / sum(weights.values()) for weight in weights.values()]
    assert chisquare([picks[pk] for pk in weights], expected).pvalue > 0.001
    assert not Assignment.objects.exists()


def test_pairs_follow_the_weights_without_repeats(customer, city):
    weights = {PropertyFactory(city=city, sale_date=days_ago(NEWEST + 30 * age)).pk: age + 1 for age in range(6)}
    total = sum(weights.values())
    draws = 2000
    picks = Counter(draw(customer, count=2, seed=seed) for seed in range(draws))
    pairs = list(combinations(weights, 2))
    # Either may come first; what is drawn leaves its weight to the others.
    expected = [
        draws * sum(weights[a] / total * weights[b] / (total - weights[a]) for a, b in ((one, two), (two, one)))
        for one, two in pairs
    ]
    assert chisquare([picks[frozenset(pair)] for pair in pairs], expected).pvalue > 0.001


def test_sales_of_one_day_are_ranked_by_id(customer, city):
    """Three sales of one day weigh 3, 2 and 1, the lowest id being the oldest."""
    sales = sorted(PropertyFactory.create_batch(3, city=city), key=lambda sale: sale.pk)
    draws = 1200
    picks = Counter(pick for seed in range(draws) for pick in draw(customer, count=1, seed=seed))
    assert chisquare([picks[sale.pk] for sale in sales], [draws / 2, draws / 3, draws / 6]).pvalue > 0.001

"""Thousands of ids in one condition."""

from uuid import uuid4

import pytest

from accounts.models import Organization
from core.lookups import among

pytestmark = pytest.mark.django_db


def test_rows_are_found_by_many_ids_in_one_parameter(ours, theirs, django_assert_num_queries):
    ids = [ours.organization.pk, *(uuid4() for _ in range(5000)), ours.organization.pk]
    with django_assert_num_queries(1) as queries:
        assert list(Organization.objects.filter(among("pk", ids))) == [ours.organization]
    assert " = ANY(" in queries[0]["sql"]


def test_no_ids_find_nothing(ours):
    assert not Organization.objects.filter(among("pk", [])).exists()


def test_the_others_can_be_found(ours, theirs):
    assert list(Organization.objects.exclude(among("pk", [ours.organization.pk]))) == [theirs.organization]

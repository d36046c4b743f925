"""The demonstration's log of logged-out profiles."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from demo.profiles import DAYS, seed_log
from profiles import selectors
from profiles.models import BrowserProfile, LoggedOutProfile
from profiles.selectors import Filters

pytestmark = pytest.mark.django_db


def test_it_has_weeks_of_records_in_the_order_of_their_ids(in_scope):
    seed_log(records=300, seed=1)
    times = list(LoggedOutProfile.objects.order_by("pk").values_list("timestamp", flat=True))
    assert times == sorted(times)
    assert len(times) == 300
    assert timezone.now() - timedelta(days=DAYS) <= times[0] < times[-1] <= timezone.now()
    assert times[-1] - times[0] > timedelta(days=DAYS - 7)
    counted = selectors.statistics(Filters())
    assert len(counted.repeat_offenders) == 10
    assert selectors.rows(Filters(agent_name="Agent_001", profile_name="profile_gmail_1"), skip=0, limit=1)


def test_it_is_seeded_once_and_the_same_for_the_same_seed(in_scope, theirs):
    seed_log(records=50, seed=1)
    LoggedOutProfile.objects.order_by("pk").last().delete()
    seed_log(records=50, seed=1)
    assert LoggedOutProfile.objects.count() == 49
    with tenancy.scope(theirs.organization.pk):
        seed_log(records=50, seed=1)
        assert LoggedOutProfile.objects.count() == 50
        names = set(BrowserProfile.objects.values_list("agent_name", "profile_name"))
    assert names >= set(BrowserProfile.objects.values_list("agent_name", "profile_name"))

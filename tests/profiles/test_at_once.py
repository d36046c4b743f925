"""What many do at the same moment: first reports of a name, batches, and forgetting."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import tenancy
from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from profiles import services
from profiles.models import BrowserProfile, LoggedOutProfile
from profiles.services import NewRecord
from tests.profiles.factories import BrowserProfileFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return cursor.fetchone()[0]


def test_first_reports_of_one_name_all_succeed_and_share_the_profile(ours):
    for name in range(5):
        report = partial(services.report_logout, agent_name="Ann", profile_name=f"{name}")
        at_once([report] * 6, organization_id=ours.organization.pk)
    assert BrowserProfile.unscoped.count() == 5
    assert LoggedOutProfile.unscoped.count() == 30


def test_batches_of_the_same_names_in_different_orders_do_not_wait_for_each_other_in_a_circle(ours):
    items = [NewRecord("Ann", str(number)) for number in range(200)]
    works = [lambda order=order: services.report_logouts(items=order) for order in (items, items[::-1], items * 2)]
    at_once(works, organization_id=ours.organization.pk)
    assert BrowserProfile.unscoped.count() == 200
    assert LoggedOutProfile.unscoped.count() == 800


def test_bulk_deletions_of_the_same_records_delete_each_once(ours):
    with tenancy.scope(ours.organization.pk):
        ids = [row["id"] for row in services.report_logouts(items=[NewRecord("Ann", "x")] * 300)]
    counts = []
    works = [
        lambda order=order: counts.append(services.delete_records(ids=order).deleted_count)
        for order in (ids, ids[::-1], ids)
    ]
    at_once(works, organization_id=ours.organization.pk)
    assert sum(counts) == 300
    assert not LoggedOutProfile.unscoped.exists()


def test_a_report_that_waits_for_another_first_report_has_its_profile(ours):
    """The second is in the middle of its statement while the first has not committed."""
    rows = []

    def second() -> None:
        with tenancy.scope(ours.organization.pk):
            rows.append(services.report_logout(agent_name="Ann", profile_name="x"))
        connection.close()

    thread = threading.Thread(target=second)
    with tenancy.scope(ours.organization.pk), transaction.atomic():
        services.report_logout(agent_name="Ann", profile_name="x")
        thread.start()
        assert eventually(somebody_waits)
        assert rows == []
    thread.join(10)
    assert len(rows) == 1
    assert BrowserProfile.unscoped.count() == 1
    assert LoggedOutProfile.unscoped.count() == 2


def test_a_profile_that_is_being_reported_is_not_forgotten_as_unused(ours):
    with tenancy.scope(ours.organization.pk):
        BrowserProfileFactory(agent_name="Ann", profile_name="reported")
        BrowserProfileFactory(agent_name="Ann", profile_name="unused")
        forgotten = []

        def forget() -> None:
            forgotten.append(services.forget_unused_profiles())
            connection.close()

        with transaction.atomic():
            services.report_logout(agent_name="Ann", profile_name="reported")
            thread = threading.Thread(target=forget)
            thread.start()
            thread.join(10)
        assert forgotten == [1]
        assert BrowserProfile.objects.get().profile_name == "reported"


def test_reporting_and_forgetting_go_together(ours):
    with tenancy.scope(ours.organization.pk):
        for number in range(40):
            BrowserProfileFactory(agent_name="Ann", profile_name=str(number))

    def report() -> None:
        for number in range(40):
            services.report_logout(agent_name="Ann", profile_name=str(number))

    def forget() -> None:
        for _ in range(10):
            services.forget_unused_profiles()

    at_once([report, report, forget, forget], organization_id=ours.organization.pk)
    assert LoggedOutProfile.unscoped.count() == 80
    assert BrowserProfile.unscoped.count() == 40


def while_it_is_renamed(ours, work: Callable[[int], object]) -> object:
    """What `work` comes to that begins while somebody else gives the record another profile, and waits for him."""
    with tenancy.scope(ours.organization.pk):
        record_id = services.report_logout(agent_name="Ann", profile_name="x")["id"]
    results = []

    def wait() -> None:
        with tenancy.scope(ours.organization.pk):
            results.append(work(record_id))
        connection.close()

    thread = threading.Thread(target=wait)
    with tenancy.scope(ours.organization.pk), transaction.atomic():
        services.update_record(record_id=record_id, profile_name="renamed")
        thread.start()
        assert eventually(somebody_waits)
    thread.join(10)
    [result] = results
    return result


def test_a_record_that_is_renamed_meanwhile_is_found_by_who_corrects_it(ours):
    row = while_it_is_renamed(ours, lambda pk: services.update_record(record_id=pk, reason="why"))
    assert (row["profile_name"], row["reason"]) == ("renamed", "why")
    record = LoggedOutProfile.unscoped.select_related("profile").get()
    assert (record.profile.profile_name, record.reason) == ("renamed", "why")


def test_a_record_that_is_renamed_meanwhile_is_found_by_who_deletes_it(ours):
    row = while_it_is_renamed(ours, lambda pk: services.delete_record(record_id=pk))
    assert row["profile_name"] == "renamed"
    assert not LoggedOutProfile.unscoped.exists()


def test_a_record_that_is_renamed_meanwhile_is_found_by_who_deletes_many(ours):
    deletion = while_it_is_renamed(ours, lambda pk: services.delete_records(ids=[pk]))
    assert (deletion.deleted_count, deletion.failed_ids) == (1, [])
    assert not LoggedOutProfile.unscoped.exists()


def test_retention_waits_for_nobody_who_corrects_an_old_record(ours):
    with tenancy.scope(ours.organization.pk):
        ids = [row["id"] for row in services.report_logouts(items=[NewRecord("Ann", "x")] * 3)]
        LoggedOutProfile.objects.update(timestamp=timezone.now() - timedelta(days=2))
    forgotten = []

    def forget() -> None:
        forgotten.append(services.forget_old_records(older_than_days=1))
        connection.close()

    thread = threading.Thread(target=forget)
    with tenancy.scope(ours.organization.pk), transaction.atomic():
        services.update_record(record_id=ids[1], reason="why")
        thread.start()
        thread.join(10)
    assert forgotten == [2]
    assert list(LoggedOutProfile.unscoped.values_list("pk", flat=True)) == [ids[1]]
    assert services.forget_old_records(older_than_days=1) == 1


def test_retention_that_leaves_everything_to_others_is_not_told_as_a_deletion(ours):
    with tenancy.scope(ours.organization.pk):
        record_id = services.report_logout(agent_name="Ann", profile_name="x")["id"]
        LoggedOutProfile.objects.update(timestamp=timezone.now() - timedelta(days=2))
    told = OutboxEvent.unscoped.count()
    forgotten = []

    def forget() -> None:
        forgotten.append(services.forget_old_records(older_than_days=1))
        connection.close()

    thread = threading.Thread(target=forget)
    with transaction.atomic():
        LoggedOutProfile.unscoped.select_for_update().get(pk=record_id)
        thread.start()
        thread.join(10)
    assert forgotten == [0]
    assert OutboxEvent.unscoped.count() == told

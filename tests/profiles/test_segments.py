"""Closed segments: when they are closed, and that nothing makes their counts differ from their rows."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core import tenancy
from core.testing.waiting import eventually
from profiles import selectors, tasks
from profiles.models import Block, BrowserProfile, DayCount, LoggedOutProfile, ProfileCount, Segment, Tally
from profiles.selectors import Filters
from profiles.services import segments
from tests.profiles.counting import assert_counts_equal_rows
from tests.profiles.factories import BrowserProfileFactory, LoggedOutProfileFactory
from tests.stored import somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def records(in_scope, small_segments) -> list[LoggedOutProfile]:
    """Fourteen records of two profiles, a quarter of a day apart: two segments of two blocks of three, and two more."""
    small_segments()
    return [
        LoggedOutProfileFactory(
            profile__profile_name=f"gmail_{number % 2}", timestamp=NOON + timedelta(hours=6 * number)
        )
        for number in range(14)
    ]


@pytest.fixture
def closed(records) -> list[LoggedOutProfile]:
    """The same, closed."""
    assert segments.close_segments() == 2
    return records


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def nothing_is_known() -> bool:
    tables = (Tally.unscoped, Block.unscoped, Segment.unscoped, ProfileCount.objects, DayCount.objects)
    return not any(table.exists() for table in tables)


def test_a_segment_knows_its_range_its_days_and_its_profiles(closed):
    first = Segment.objects.earliest("last_id")
    assert (first.first_id, first.last_id, first.count) == (closed[0].pk, closed[5].pk, 6)
    assert (first.earliest, first.latest) == (closed[0].timestamp, closed[5].timestamp)
    counts = ProfileCount.objects.filter(segment=first).order_by("profile_id").values_list("profile_id", "count")
    assert list(counts) == [(closed[0].profile_id, 3), (closed[1].profile_id, 3)]
    days = DayCount.objects.filter(segment=first).order_by("day").values_list("day", "agent_name", "count")
    assert list(days) == [(NOON.date(), "Agent_001", 2), (NOON.date() + timedelta(days=1), "Agent_001", 4)]


def test_what_is_too_little_for_a_segment_is_tallied(closed):
    assert Segment.objects.count() == 2
    assert list(Block.objects.order_by("last_id").values_list("count", flat=True)) == [3, 3, 3, 3]
    assert Tally.objects.get().count == 14
    assert Tally.objects.get().last_id == closed[-1].pk


def test_closing_again_closes_nothing_and_asks_once(closed, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert segments.close_segments() == 0
    assert_counts_equal_rows()


def test_the_task_closes(records):
    tasks.close_segments()
    assert Segment.objects.count() == 2


def test_few_records_are_left_alone(in_scope):
    LoggedOutProfileFactory.create_batch(3)
    assert segments.close_segments() == 0
    assert nothing_is_known()


def test_each_organizations_records_are_its_own(in_scope, theirs, small_segments):
    small_segments()
    for _ in range(7):
        LoggedOutProfileFactory(profile__profile_name="x")
        with tenancy.scope(theirs.organization.pk):
            LoggedOutProfileFactory(profile__profile_name="x")
    assert segments.close_segments() == 2
    assert_counts_equal_rows()
    for organization in (in_scope, theirs.organization):
        with tenancy.scope(organization.pk):
            assert Segment.objects.get().count == 6
            assert selectors.page(Filters(agent_name="Agent_001"), skip=0, limit=1).total == 7


def test_a_segment_reaches_as_far_as_its_blocks_though_their_ends_were_deleted(in_scope, small_segments):
    """Its blocks are found by its range: the part of it that a window cuts is read from them."""
    small_segments()
    made = [LoggedOutProfileFactory(timestamp=NOON + timedelta(hours=number)) for number in range(7)]
    assert segments.close_segments() == 1
    made += [LoggedOutProfileFactory(timestamp=NOON + timedelta(hours=number)) for number in range(7, 11)]
    assert segments.close_segments() == 0
    ends = [made[6].pk, made[8].pk]
    LoggedOutProfile.objects.filter(pk__in=ends).delete()
    made += [LoggedOutProfileFactory(timestamp=NOON + timedelta(hours=number)) for number in range(11, 14)]
    assert segments.close_segments() == 1
    assert_counts_equal_rows()
    blocks = list(Block.objects.order_by("last_id").values_list("first_id", "last_id"))
    ranges = list(Segment.objects.order_by("last_id").values_list("first_id", "last_id"))
    assert ranges == [(blocks[0][0], blocks[1][1]), (blocks[2][0], blocks[3][1])]
    left = [record for record in made if record.pk not in ends]
    for number, record in enumerate(left):
        since = Filters(since=record.timestamp, search="agent")
        assert selectors.page(since, skip=0, limit=1).total == len(left) - number
        assert selectors.statistics(since, days=2).total_logouts == len(left) - number


def test_what_is_left_when_the_time_is_up_is_closed_the_next_time(records):
    assert segments.close_segments(seconds=0) == 0
    assert not Segment.objects.exists()
    assert segments.close_segments() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM logged_out_profiles WHERE id = (SELECT min(id) FROM logged_out_profiles)",
        "DELETE FROM logged_out_profiles WHERE id % 2 = 0",
        "DELETE FROM logged_out_profiles WHERE id > (SELECT min(id) + 2 FROM logged_out_profiles)",
        "UPDATE logged_out_profiles SET timestamp = timestamp - interval '9 days' WHERE id % 3 = 0",
        "UPDATE logged_out_profiles SET timestamp = '2027-01-01'",
        "UPDATE logged_out_profiles SET profile_id = (SELECT min(profile_id) FROM logged_out_profiles)",
        "UPDATE logged_out_profiles SET reason = 'none'",
    ],
)
def test_whatever_writes_the_counts_stay_right(closed, statement):
    execute(statement)
    assert_counts_equal_rows()


def test_a_segment_without_records_is_forgotten(closed):
    LoggedOutProfile.objects.filter(pk__lte=closed[6].pk).delete()
    last = Segment.objects.get()
    assert (last.count, last.last_id) == (5, closed[11].pk)
    assert Block.objects.count() == 2
    assert set(ProfileCount.objects.values_list("segment_id", flat=True)) == {last.pk}
    assert set(DayCount.objects.values_list("segment_id", flat=True)) == {last.pk}
    LoggedOutProfile.objects.all().delete()
    assert not Segment.objects.exists()
    assert Tally.objects.get().count == 0


def test_what_arrives_after_the_last_segment_went_is_closed_too(closed):
    LoggedOutProfile.objects.all().delete()
    LoggedOutProfileFactory.create_batch(6)
    assert segments.close_segments() == 1
    assert_counts_equal_rows()


def test_an_emptied_table_has_no_segments(closed):
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("TRUNCATE logged_out_profiles")
    assert nothing_is_known()


def test_no_record_comes_into_a_segment_by_its_id(closed):
    LoggedOutProfile.objects.filter(pk=closed[1].pk).delete()
    with pytest.raises(DatabaseError, match="cannot insert a non-DEFAULT value"), transaction.atomic():
        LoggedOutProfile.objects.create(pk=closed[1].pk, profile=closed[0].profile)
    with pytest.raises(DatabaseError, match="can only be updated to DEFAULT"), transaction.atomic():
        LoggedOutProfile.objects.filter(pk=closed[-1].pk).update(id=closed[1].pk)
    assert_counts_equal_rows()


def test_a_record_stays_in_its_organization(closed, theirs):
    with pytest.raises(IntegrityError, match="a record stays in its organization"), transaction.atomic():
        LoggedOutProfile.objects.update(organization=theirs.organization)
    assert_counts_equal_rows()


def test_a_profile_stays_with_its_agent_but_may_be_renamed(closed):
    with pytest.raises(IntegrityError, match="stays with its agent"), transaction.atomic():
        BrowserProfile.objects.update(agent_name="Another")
    BrowserProfile.objects.filter(pk=closed[0].profile_id).update(profile_name="another")
    assert selectors.statistics(Filters()).top_profiles == [("another", 7), ("gmail_1", 7)]


@pytest.fixture
def elsewhere(in_scope):
    """Run something in a thread with a connection of its own, in our organization."""
    threads = []

    def run(work) -> threading.Thread:
        def connected() -> None:
            try:
                with tenancy.scope(in_scope.pk):
                    work()
            finally:
                connection.close()

        threads.append(threading.Thread(target=connected))
        threads[-1].start()
        return threads[-1]

    yield run
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_an_insert_under_way_holds_off_the_closing_only_as_long(records, elsewhere):
    is_inserted, may_commit = threading.Event(), threading.Event()

    def insert() -> None:
        with transaction.atomic():
            LoggedOutProfile.objects.create(profile_id=records[0].profile_id)
            is_inserted.set()
            may_commit.wait(10)

    inserting = elsewhere(insert)
    assert is_inserted.wait(10)
    LoggedOutProfileFactory.create_batch(4)
    assert segments.close_segments() == 0
    assert nothing_is_known()
    may_commit.set()
    inserting.join()
    assert segments.close_segments() == 3
    assert Tally.objects.get().count == 19
    assert_counts_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_meets_a_closing_is_counted(records, elsewhere):
    final = segments._final_id([records[0].organization_id])
    with transaction.atomic():
        assert segments._close_next(final=final)
        deleting = elsewhere(LoggedOutProfile.objects.filter(pk=records[1].pk).delete)
        eventually(somebody_waits_for_a_lock)
    deleting.join()
    assert Segment.objects.get().count == 5
    assert_counts_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_a_closing_leaves_an_organization_in_which_somebody_deletes(records, elsewhere):
    final = segments._final_id([records[0].organization_id])
    closed = []
    with transaction.atomic():
        LoggedOutProfile.objects.filter(pk=records[1].pk).delete()
        elsewhere(lambda: closed.append(segments._close_next(final=final))).join()
    assert closed == [False]
    assert not Segment.objects.exists()
    assert segments.close_segments() == 2
    assert_counts_equal_rows()


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_that_may_not_show_the_segments_deletes_nothing(closed):
    with transaction.atomic():
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(DatabaseError, match="READ COMMITTED only"), transaction.atomic():
            LoggedOutProfile.objects.filter(pk=closed[0].pk).delete()
    assert LoggedOutProfile.objects.count() == 14


@pytest.mark.django_db(transaction=True)
def test_many_write_while_segments_are_closed(in_scope, small_segments, elsewhere):
    small_segments(4, 3)
    profiles = [BrowserProfileFactory(profile_name=f"x{number}").pk for number in range(3)]

    def insert() -> None:
        for number in range(40):
            with transaction.atomic():
                for _ in range(1 + number % 3):
                    LoggedOutProfile.objects.create(profile_id=profiles[number % 3])

    def delete() -> None:
        for number in range(25):
            with transaction.atomic():
                oldest = LoggedOutProfile.objects.order_by("id").values_list("pk", flat=True)
                pair = sorted(oldest[number % 7 : number % 7 + 2])
                deleted.extend(LoggedOutProfile.objects.filter(pk=pk).delete()[0] for pk in pair)

    deleted: list[int] = []
    writers = [elsewhere(insert) for _ in range(3)] + [elsewhere(delete)]
    closed = 0
    while any(writer.is_alive() for writer in writers):
        closed += segments.close_segments()
    closed += segments.close_segments()
    assert closed >= 10
    assert_counts_equal_rows()
    rows = LoggedOutProfile.objects.count()
    assert rows == 3 * 79 - sum(deleted)
    assert sum(deleted) > 25
    assert selectors.page(Filters(), skip=0, limit=1).total == rows
    assert selectors.page(Filters(agent_name="Agent_001"), skip=0, limit=1).total == rows

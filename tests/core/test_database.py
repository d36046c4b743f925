"""Statements whose rows come in binary."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.database import binary_cursor

pytestmark = pytest.mark.django_db

VALUES = "SELECT %(id)s::uuid, %(number)s::bigint, %(text)s::text, %(time)s::timestamptz, %(nothing)s::text"
GIVEN = {
    "id": UUID("e86f4960-f848-4236-b45c-0759b95db5a3"),
    "number": 2**40,
    "text": "élan % 'quoted'",
    "time": datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC),
    "nothing": None,
}


@pytest.mark.parametrize("keeps_plan", [False, True])
def test_values_are_what_djangos_cursor_reads(keeps_plan):
    with connection.cursor() as cursor:
        cursor.execute(VALUES, GIVEN)
        expected = cursor.fetchall()
    for _ in range(8):
        with binary_cursor(keeps_plan=keeps_plan) as cursor:
            cursor.execute(VALUES, GIVEN)
            assert cursor.fetchall() == expected == [tuple(GIVEN.values())]


def test_a_kept_plan_is_for_any_parameters():
    for number in range(12):
        with binary_cursor(keeps_plan=True) as cursor:
            cursor.execute("SELECT %(number)s::int * 2", {"number": number})
            assert cursor.fetchone() == (number * 2,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%::int * 2'")
        assert cursor.fetchone() == (1,)


def test_errors_are_djangos():
    with pytest.raises(DataError), transaction.atomic(), binary_cursor() as cursor:
        cursor.execute("SELECT 1 / %(zero)s::int", {"zero": 0})


def test_queries_are_counted():
    with CaptureQueriesContext(connection) as captured, binary_cursor() as cursor:
        cursor.execute("SELECT %(text)s::text", {"text": "counted"})
    assert [query["sql"] for query in captured.captured_queries] == ["SELECT $1::text"]

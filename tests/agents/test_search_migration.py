"""Building the index of what customers are searched by, on a table that is in use."""

from threading import Event

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from agents.models import Customer
from core import tenancy
from core.testing.waiting import eventually
from tests.agents.factories import CustomerFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

COLUMN, INDEX = "0006_search_without_accents", "0007_search_without_accents_indexed"
WAITS = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND clock_timestamp() - query_start > interval '0.3 s')
"""


def migrate(name):
    MigrationExecutor(connection).migrate([("agents", name)])


def one(statement):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_it_waits_for_whoever_is_at_work_longer_than_a_request_would(ours):
    migrate(COLUMN)
    is_at_work = Event()

    def work():
        with tenancy.scope(ours.organization.pk), transaction.atomic():
            CustomerFactory()
            is_at_work.set()
            eventually(lambda: one(WAITS))

    def build():
        assert is_at_work.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '0.1s'")
        migrate(INDEX)
        assert (one("SHOW lock_timeout"), one("SHOW statement_timeout")) == ("3s", "10s")

    try:
        at_once([work, build])
        assert one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'customer_search'::regclass")
        assert Customer.unscoped.count() == 1
    finally:
        migrate(INDEX)

"""Emptying the database after a test that committed. A pytest plugin, named in tests/conftest.py.

Django truncates every table and then makes content types and permissions anew, whatever the test touched. Here only
tables that have pages are looked at, and what is the same before each test, content types and permissions, is kept.
"""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {ContentType._meta.db_table, Permission._meta.db_table}
LARGE_BYTES = 1_000_000  # from here on truncating a table is quicker than deleting its rows


@pytest.fixture(scope="session", autouse=True)
def _empty_what_was_written() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_tables())
        yield


def empty_tables() -> None:
    """Empty all tables of models but those that are KEPT."""
    tables = [name for name in connection.introspection.django_table_names(include_views=False) if name not in KEPT]
    with transaction.atomic(), connection.cursor() as cursor:
        # All of them are emptied: neither what refers to a row nor what refuses its end has a say.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT relname, pg_relation_size(oid) > %s FROM pg_class"
            " WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0",
            [LARGE_BYTES, tables],
        )
        written = {connection.ops.quote_name(name): is_large for name, is_large in cursor.fetchall()}
        if written:
            # Whoever the test left at work there is waited for: his rows, uncommitted, would not be seen, and stay.
            cursor.execute(f"LOCK TABLE {', '.join(written)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(
                "; ".join(
                    f"TRUNCATE {name} CASCADE" if is_large else f"DELETE FROM {name}"
                    for name, is_large in written.items()
                )
            )

"""An import may be told how much it may take."""

import gzip
import io
import signal
import threading

import psycopg
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection

from core.testing.waiting import eventually
from tests.trackimmo.sales_files import flat, geo_file, import_lines, stored_rows
from trackimmo.dvf import storing
from trackimmo.dvf.errors import UnreadableFile
from trackimmo.errors import ImportsBusy
from trackimmo.services.importing import ImportLimits, import_sales

CONTENT = geo_file(flat())


def import_within(content: bytes = CONTENT, **limits):
    return import_sales(io.BytesIO(content), name="sales.csv", limits=ImportLimits(**limits))


@pytest.mark.django_db
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_may_be_as_large_as_it_may_be(in_scope, pack):
    assert import_within(pack(CONTENT), most_bytes=len(CONTENT)).new_properties == 1


@pytest.mark.django_db
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_that_is_larger_is_refused_packed_or_not(in_scope, pack):
    with pytest.raises(UnreadableFile, match=f"^sales.csv: has more than {len(CONTENT) - 1} bytes$"):
        import_within(pack(CONTENT), most_bytes=len(CONTENT) - 1)
    assert stored_rows() == set()


@pytest.mark.django_db(transaction=True)
def test_who_is_in_a_hurry_does_not_wait_for_another_import(in_scope):
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trackimmo.import {in_scope.pk}"])
        with pytest.raises(ImportsBusy):
            import_within(patience_seconds=0.1)
        assert stored_rows() == set()
    assert import_within(patience_seconds=0.1).new_properties == 1


@pytest.mark.django_db(transaction=True)
def test_its_hurry_is_nothing_to_the_next_import(in_scope):
    import_within(patience_seconds=0.1)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
    assert import_lines(flat()).unchanged_properties == 1


@pytest.fixture
def celery_limit(monkeypatch):
    """Celery's way of telling a task that its time is over."""

    def tell(*_: object) -> None:
        raise SoftTimeLimitExceeded

    before = signal.signal(signal.SIGUSR1, tell)
    yield
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.django_db(transaction=True)
def test_who_leaves_in_the_middle_leaves_nothing_running(in_scope, celery_limit, monkeypatch):
    """The statements of an import have no limit of their own, and hold what other imports wait for."""
    monkeypatch.setattr(storing, "judge", lambda cursor: cursor.execute("SELECT pg_sleep(60)"))
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        other.autocommit = True

        def is_running() -> bool:
            return bool(other.execute("SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'").rowcount)

        def leave() -> None:
            eventually(is_running)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)

        leaving = threading.Thread(target=leave)
        leaving.start()
        with pytest.raises(SoftTimeLimitExceeded):
            import_within()
        leaving.join()
        eventually(lambda: not is_running(), seconds=10)
    assert stored_rows() == set()
    monkeypatch.undo()
    assert import_within(patience_seconds=0.1).new_properties == 1

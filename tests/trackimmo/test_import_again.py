"""Importing again, importing at once, and whose data it is."""

import io
import threading

import pytest
from django.db import connection, connections

from accounts.models import Organization
from core import tenancy
from core.testing.waiting import eventually
from tests.stored import somebody_waits_for_a_lock
from tests.trackimmo.sales_files import (
    FLAT,
    HOUSE,
    MEADOW,
    OFF_PLAN,
    SHOP,
    flat,
    geo_file,
    import_bytes,
    import_lines,
    stored_rows,
)
from trackimmo.dvf.sample import write_sample
from trackimmo.models import City, Property
from trackimmo.services.importing import import_sales

MIXED = [
    flat(),
    flat(**HOUSE, id_parcelle="35024000AO0300"),
    flat(**SHOP, date_mutation="2019-05-06"),
    flat(**MEADOW, date_mutation="2019-07-08"),
    flat(**OFF_PLAN, date_mutation="2020-09-10"),
]


def row_versions() -> set[tuple]:
    """Every city and property with the transaction that wrote it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, xmin::text FROM trackimmo_property UNION ALL SELECT id, xmin::text FROM trackimmo_city"
        )
        return set(cursor.fetchall())


def test_a_second_import_writes_no_row(in_scope):
    first = import_lines(*MIXED)
    before = row_versions()
    second = import_lines(*MIXED)
    assert (first.new_properties, first.unchanged_properties) == (5, 0)
    assert (second.new_properties, second.updated_properties, second.unchanged_properties) == (0, 0, 5)
    assert row_versions() == before


def test_a_second_import_of_many_sales_writes_no_row(in_scope, tmp_path):
    path = tmp_path / "sample.csv.gz"
    write_sample(path, lines=5_000, seed=3, cities=12)
    first = import_sales(path)
    before = row_versions()
    second = import_sales(path)
    assert first.new_properties == second.unchanged_properties == Property.objects.count() > 2_000
    assert (second.new_properties, second.updated_properties) == (0, 0)
    assert row_versions() == before


def test_a_correction_is_taken_over(in_scope):
    import_lines(FLAT)
    before = Property.objects.get()
    summary = import_lines(flat(adresse_nom_voie="ALLEE DES PENETTES", longitude="-1.62", code_postal="35831"))
    after = Property.objects.get()
    assert (summary.new_properties, summary.updated_properties, summary.unchanged_properties) == (0, 1, 0)
    assert after.pk == before.pk
    assert (after.address_raw, after.longitude, after.postal_code) == ("1 ALLEE DES PENETTES", -1.62, "35831")
    assert after.address_key != before.address_key
    assert after.imported_at == before.imported_at


def test_another_organization_has_its_own_properties(in_scope, theirs):
    import_lines(*MIXED)
    ours, our_versions = stored_rows(), row_versions()
    with tenancy.scope(theirs.organization.pk):
        assert import_lines(*MIXED).new_properties == 5
        assert not {row[0] for row in stored_rows()} & {row[0] for row in ours}
        assert City.objects.count() == 1
        import_lines(flat(adresse_nom_voie="ELSEWHERE"))
    assert stored_rows() == ours
    assert our_versions < row_versions()


def test_without_an_organization_nothing_is_imported(db):
    with pytest.raises(tenancy.TenantScopeMissing):
        import_bytes(geo_file(FLAT))
    assert not Property.unscoped.exists()


def test_an_import_waits_longer_than_a_request_may(in_scope, settings):
    """The limits of requests are lifted for the import, and only for it."""
    statements = []

    def note(execute, sql, params, many, context):
        with connection.connection.cursor() as cursor:
            statements.append(cursor.execute("SHOW statement_timeout").fetchone()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        import_lines(FLAT)
    assert statements[0] == "10s"
    assert statements[-1] == "0"


@pytest.mark.django_db(transaction=True)
def test_limits_are_back_after_an_import(ours):
    with tenancy.scope(ours.organization.pk):
        import_lines(FLAT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert cursor.fetchone() == ("10s", "3s")
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'dvf%'")
        assert cursor.fetchone() == (0,)


class Import(threading.Thread):
    """An import on a connection of its own."""

    def __init__(self, organization: Organization, content: bytes) -> None:
        super().__init__()
        self.organization = organization
        self.content = content
        self.summary = None

    def run(self) -> None:
        try:
            with tenancy.scope(self.organization.pk):
                self.summary = import_sales(io.BytesIO(self.content))
        finally:
            connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_imports_at_once_take_turns(ours, theirs):
    """Eight imports of one file by one organization, and two by another: one of each creates, the others find."""
    content = geo_file(*(flat(lot1_numero=str(lot), code_commune=f"350{lot % 90 + 10}") for lot in range(2_000)))
    imports = [Import(company.organization, content) for company in [ours] * 8 + [theirs] * 2]
    for thread in imports:
        thread.start()
    for thread in imports:
        thread.join()
    created = [thread.summary.new_properties for thread in imports]
    assert sorted(created[:8]) == [0] * 7 + [2_000]
    assert sorted(created[8:]) == [0, 2_000]
    assert Property.unscoped.count() == 4_000
    assert City.unscoped.count() == 180


@pytest.mark.django_db(transaction=True)
def test_an_import_waits_for_another_one_without_giving_up(ours):
    """It holds no lock that others need while it waits, and no time-out ends it."""
    with tenancy.scope(ours.organization.pk), connection.cursor() as cursor:
        key = [f"trackimmo.import {ours.organization.pk}"]
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key)
        thread = Import(ours.organization, geo_file(FLAT))
        thread.start()
        eventually(somebody_waits_for_a_lock)
        City.objects.create(insee_code="35024", name="Betton")
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)
        thread.join()
        assert thread.summary.new_properties == 1
        assert City.objects.get().properties.count() == 1

"""Where a city has too few sales, its files are fetched before anything is assigned."""

import gzip
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.stored import audited
from tests.trackimmo.factories import JobFactory, PropertyFactory, days_ago
from tests.trackimmo.preparing.conftest import TODAY
from tests.trackimmo.publisher import cut_off, status
from tests.trackimmo.sales_files import HOUSE, REAL, flat, geo_file
from trackimmo import services
from trackimmo.errors import LeaseLost, PreparationTooLong, SourceUnavailable
from trackimmo.models import City, ProcessingJob, Property, SalesFile
from trackimmo.services import fetching, preparation
from trackimmo.services.preparation import prepare
from trackimmo.tasks import run_job

pytestmark = pytest.mark.django_db
REAL_FILE = REAL / "dvf" / "33001_abzac_2021.csv"


def sales_of(year: int, number: int = 2) -> bytes:
    """A file of so many houses in Abzac, sold in August of that year."""
    where = {"code_commune": "33001", "nom_commune": "Abzac", "code_postal": "33230", "code_departement": "33"}
    return geo_file(
        *(
            flat(
                **HOUSE,
                **where,
                adresse_numero=str(day),
                date_mutation=f"{year}-08-{day:02}",
                id_parcelle=f"33001000AO{day:04}",
            )
            for day in range(1, number + 1)
        )
    )


def remembered() -> dict[int, tuple[bool, str, bool]]:
    """What is remembered of each year's file of Abzac: published, the edition, whether it was imported."""
    files = SalesFile.objects.filter(insee_code="33001")
    return {file.year: (file.is_published, file.etag, file.imported_at is not None) for file in files}


@pytest.fixture(autouse=True)
def _few_are_enough(settings) -> None:
    settings.MIN_PROPERTIES_PER_CITY = 5


def test_where_there_are_too_few_the_files_of_the_windows_years_are_imported(lease, client, publisher, reported):
    for year in (2018, 2019, 2020):
        publisher.publish("33001", year, sales_of(year), etag=f'"{year}"')
    prepare(lease, client)
    assert Property.objects.count() == 6
    assert publisher.asked == [f"/dvf/{year}/communes/33/33001.csv" for year in (2018, 2019, 2020)]
    assert remembered() == {year: (True, f'"{year}"', True) for year in (2018, 2019, 2020)}
    facts = {"step": "fetching_sales", "city": "Abzac", "total": 3}
    assert reported == [
        {**facts, "percent": 30, "year": 2018, "number": 1},
        {**facts, "percent": 38, "year": 2019, "number": 2},
        {**facts, "percent": 46, "year": 2020, "number": 3},
    ]


def test_an_import_is_recorded(lease, client, publisher):
    publisher.publish("33001", 2019, sales_of(2019))
    prepare(lease, client)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"]) == ("update", "sales_file")
    assert entry["resource_id"] == str(SalesFile.objects.get(year=2019).pk)
    assert entry["changes"] == {"properties": [None, 2], "new_properties": [None, 2]}


@pytest.mark.parametrize(("there", "requests"), [(4, 3), (5, 0)])
def test_how_many_are_enough_is_a_setting(lease, client, abzac, publisher, there, requests):
    PropertyFactory.create_batch(there, city=abzac)
    prepare(lease, client)
    assert len(publisher.requests) == requests


def test_sales_outside_the_window_do_not_count(lease, client, abzac, publisher):
    for days in (6 * 365 - 1, 8 * 365 + 1):
        PropertyFactory.create_batch(5, city=abzac, sale_date=days_ago(days))
    prepare(lease, client)
    assert len(publisher.requests) == 3


def test_sales_of_every_type_count_at_both_ends_of_the_window(lease, client, abzac, publisher):
    ends = [days_ago(6 * 365), days_ago(8 * 365)]
    for number, kind in enumerate(["house", "apartment", "land", "commercial", "other"]):
        PropertyFactory(city=abzac, property_type=kind, sale_date=ends[number % 2])
    prepare(lease, client)
    assert publisher.requests == []


def test_what_is_not_published_is_looked_for_again_after_a_week(lease, client, publisher):
    prepare(lease, client)
    assert remembered() == dict.fromkeys((2018, 2019, 2020), (False, "", False))
    prepare(lease, client)
    assert len(publisher.requests) == 3
    SalesFile.objects.update(checked_at=timezone.now() - timedelta(days=8))
    prepare(lease, client)
    assert len(publisher.requests) == 6


def test_the_edition_that_was_imported_is_not_fetched_again(lease, client, publisher, settings, tmp_path):
    publisher.publish("33001", 2019, sales_of(2019), etag='"a"')
    prepare(lease, client)
    week_ago = timezone.now() - timedelta(days=8)
    SalesFile.objects.update(checked_at=week_ago)
    settings.DVF_CACHE_DIR = str(tmp_path / "emptied")
    prepare(lease, client)
    assert publisher.headers("If-None-Match") == [None, None, None, None, '"a"', None]
    file = SalesFile.objects.get(year=2019)
    assert (file.etag, file.is_published) == ('"a"', True)
    assert file.checked_at > week_ago


def test_another_edition_is(lease, client, publisher, settings, tmp_path):
    publisher.publish("33001", 2019, sales_of(2019), etag='"a"')
    prepare(lease, client)
    SalesFile.objects.update(checked_at=timezone.now() - timedelta(days=8))
    settings.DVF_CACHE_DIR = str(tmp_path / "emptied")
    publisher.publish("33001", 2019, sales_of(2019, 4), etag='"b"')
    prepare(lease, client)
    assert Property.objects.count() == 4
    assert remembered()[2019] == (True, '"b"', True)


def test_what_was_looked_for_somewhere_else_is_looked_for_at_once(lease, client, publisher, settings):
    publisher.publish("33001", 2018, sales_of(2018), etag='"m"')
    prepare(lease, client)
    settings.DVF_YEAR_URLS = {2018: f"http://{publisher.host}/mirror"}
    publisher.files["/mirror/2018/communes/33/33001.csv"] = sales_of(2018, 4), '"m"'
    publisher.requests.clear()
    prepare(lease, client)
    assert publisher.asked == ["/mirror/2018/communes/33/33001.csv"]
    assert Property.objects.count() == 4


def test_a_mirror_on_this_machine_works(lease, client, publisher, settings, tmp_path):
    files = tmp_path / "dvf" / "2018" / "communes" / "33"
    files.mkdir(parents=True)
    (files / "33001.csv").write_bytes(sales_of(2018))
    settings.DVF_YEAR_URLS = {2018: f"file://{tmp_path}/dvf"}
    prepare(lease, client)
    assert Property.objects.count() == 2


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real file is not beside this checkout")
def test_a_real_file_is_imported(lease, client, abzac, publisher):
    publisher.publish("33001", 2020, REAL_FILE.read_bytes())
    prepare(lease, client)
    assert Property.objects.filter(city=abzac, sale_date__year=2021).count() == 51


def test_the_communes_that_merged_into_one_are_looked_for_too(lease, client, abzac, publisher):
    City.objects.update(former_codes=["33999"])
    prepare(lease, client)
    assert sorted(publisher.asked) == sorted(
        f"/dvf/{year}/communes/33/{code}.csv" for year in (2018, 2019, 2020) for code in ("33001", "33999")
    )


def test_a_file_in_two_parts_is_imported_whole(lease, client, publisher):
    content = sales_of(2018, 9)
    publisher.publish("33001", 2018, content)
    publisher.next = [cut_off(content, after=1000)]
    prepare(lease, client)
    assert Property.objects.count() == 9
    assert publisher.headers("Range")[:2] == [None, "bytes=1000-"]


@pytest.mark.parametrize(
    "content",
    [b"<html>Maintenance</html>\n", b"", b"\x1f\x8b damaged", b"PK\x03\x04 zip", b"a,b,c\n1,2,3\n"],
)
def test_what_is_no_file_of_sales_may_be_one_at_the_next_attempt(lease, client, publisher, content):
    publisher.publish("33001", 2018, content)
    with pytest.raises(SourceUnavailable) as raised:
        prepare(lease, client)
    assert str(raised.value) == (f"{publisher.host}: what it gives for 33001 in 2018 is not a whole file of sales")
    assert not SalesFile.objects.exists()
    publisher.publish("33001", 2018, sales_of(2018))
    prepare(lease, client)
    assert Property.objects.count() == 2


def test_a_bomb_is_defused(lease, client, publisher, settings):
    settings.DVF_MAX_FILE_MB = 1
    bomb = gzip.compress(sales_of(2018) + b"0" * 3_000_000)
    assert len(bomb) < 10_000
    publisher.publish("33001", 2018, bomb)
    with pytest.raises(SourceUnavailable, match=r"is not a whole file of sales$"):
        prepare(lease, client)
    assert not Property.objects.exists()


def test_when_the_second_year_fails_the_first_stays_imported(lease, client, publisher):
    publisher.publish("33001", 2018, sales_of(2018))
    publisher.next = [publisher.usual, *[status(503)] * 3]
    with pytest.raises(SourceUnavailable, match=f"^{publisher.host}: answered 503$"):
        prepare(lease, client)
    assert Property.objects.count() == 2
    assert set(remembered()) == {2018}
    publisher.requests.clear()
    prepare(lease, client)
    assert publisher.asked == [f"/dvf/{year}/communes/33/33001.csv" for year in (2019, 2020)]


def test_a_long_download_says_that_it_goes_on(lease, client, publisher, reported, monkeypatch):
    monkeypatch.setattr(preparation, "REPORT_SECONDS", 0.0)
    content = sales_of(2018)
    publisher.publish("33001", 2018, content)
    prepare(lease, client)
    assert {
        "step": "fetching_sales",
        "percent": 30,
        "city": "Abzac",
        "year": 2018,
        "number": 1,
        "total": 3,
        "bytes": len(content),
    } in reported


def test_who_lost_the_lease_goes_no_further(lease, client, publisher):
    ProcessingJob.objects.update(lease_token="00000000-0000-0000-0000-000000000007")
    with pytest.raises(LeaseLost):
        prepare(lease, client)
    assert publisher.requests == []


def test_it_ends_before_the_workers_time_limit(lease, client, publisher, monkeypatch):
    monkeypatch.setattr(preparation, "SECONDS", 0.0)
    with pytest.raises(PreparationTooLong):
        prepare(lease, client)
    assert publisher.requests == []
    monkeypatch.undo()
    assert preparation.SECONDS + 60 <= run_job.soft_time_limit < run_job.time_limit


def test_a_job_fetches_what_it_then_assigns(client, publisher, settings):
    settings.MIN_PROPERTIES_PER_CITY = 50
    with time_machine.travel(TODAY):
        publisher.publish("33001", 2019, sales_of(2019, 12))
        job = JobFactory(client=client, available_at=timezone.now() - timedelta(days=9000))
        services.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.error_message, job.properties_assigned) == ("completed", None, 10)


def test_a_file_that_cannot_be_read_is_said_so(lease, client, publisher, monkeypatch):
    def refuse(*_arguments, **_options) -> None:
        raise PermissionError(13, "Permission denied", "/srv/secret/33001.csv")

    monkeypatch.setattr(fetching, "import_sales", refuse)
    publisher.publish("33001", 2018, sales_of(2018))
    with pytest.raises(SourceUnavailable) as raised:
        prepare(lease, client)
    assert str(raised.value) == f"{publisher.host}: Permission denied: the file of 33001 in 2018"
    assert not SalesFile.objects.exists()

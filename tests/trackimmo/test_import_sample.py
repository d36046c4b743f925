"""The generator of made-up sales."""

import csv
import gzip
from collections import Counter
from datetime import date, timedelta

import pytest

from trackimmo.dvf.geo import GEO_COLUMNS
from trackimmo.dvf.sample import write_sample
from trackimmo.dvf.sample_communes import REAL, sample_communes
from trackimmo.dvf.summary import SkipReason
from trackimmo.models import City, Property
from trackimmo.services.importing import import_sales


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for name, seed in [("a.csv.gz", 1), ("b.csv.gz", 1), ("c.csv.gz", 2), ("d.csv", 1)]:
        write_sample(tmp_path / name, lines=500, seed=seed)
    a, b, c, d = ((tmp_path / name).read_bytes() for name in ["a.csv.gz", "b.csv.gz", "c.csv.gz", "d.csv"])
    assert a == b
    assert a != c
    assert gzip.decompress(a) == d


@pytest.mark.parametrize("lines", [0, 1, 19_999, 20_001])
def test_it_has_as_many_lines_as_asked_for(tmp_path, lines):
    write_sample(tmp_path / "s.csv", lines=lines, seed=1)
    rows = list(csv.reader((tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()))
    assert tuple(rows[0]) == GEO_COLUMNS
    assert len(rows) == lines + 1
    assert {len(row) for row in rows} == {40}


def test_sales_spread_evenly_over_the_days_and_the_communes(tmp_path):
    first_day, last_day = date(2018, 11, 23), date(2020, 11, 22)
    write_sample(tmp_path / "s.csv", lines=20_000, seed=1, cities=8, first_day=first_day, last_day=last_day)
    rows = list(csv.DictReader((tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()))
    sales = {row["id_mutation"]: row for row in rows}.values()
    days = [date.fromisoformat(sale["date_mutation"]) for sale in sales]
    assert min(days) - first_day < timedelta(5) > last_day - max(days)
    assert 0.48 < sum(day < date(2019, 11, 23) for day in days) / len(days) < 0.52
    by_commune = Counter(sale["code_commune"] for sale in sales)
    assert set(by_commune) == {commune.insee_code for commune in REAL[:8]}
    assert max(by_commune.values()) < 1.2 * min(by_commune.values())


def test_communes_have_codes_of_their_own():
    communes = sample_communes(5_000)
    assert len({commune.insee_code for commune in communes}) == 5_000
    assert communes[: len(REAL)] == list(REAL)
    assert all(len(commune.insee_code) == len(commune.postal_code) == 5 for commune in communes)


def test_it_has_what_real_files_have(in_scope, tmp_path):
    write_sample(tmp_path / "s.csv", lines=20_000, seed=1, cities=8)
    summary = import_sales(tmp_path / "s.csv")
    reasons = {reason for reason, number in summary.skipped_lines.items() if number}
    assert reasons == set(SkipReason) - {SkipReason.MALFORMED, SkipReason.NO_DATE}
    assert {kind for (kind,) in Property.objects.values_list("property_type").distinct()} == {
        *("house", "apartment", "land", "commercial", "other")
    }
    assert City.objects.count() == 8
    assert 9_000 < summary.new_properties < 12_000
    assert Property.objects.filter(longitude=None).exists()
    assert summary.sales < summary.new_properties

"""The published files beside the checkout, with the figures they must give."""

import csv
import gzip
import io
from collections import Counter
from decimal import Decimal

import pytest

from tests.trackimmo.sales_files import REAL, geo_file, import_bytes, skipped, stored_rows
from tests.trackimmo.test_import_again import row_versions
from trackimmo.dvf.summary import SkipReason
from trackimmo.models import City, Property
from trackimmo.services.importing import import_sales

pytestmark = [
    pytest.mark.usefixtures("in_scope"),
    pytest.mark.skipif(not (REAL / "dvf").is_dir(), reason=f"the published files are not in {REAL / 'dvf'}"),
]
MERGED = REAL / "dvf" / "geo_dvf_merged.csv.gz"
AIN = [REAL / "dvf" / f"valeursfoncieres-{year}.ain.txt.gz" for year in (2018, 2019, 2020)]


def test_the_merged_file_gives_one_property_per_dwelling_of_a_sale():
    summary = import_sales(MERGED)
    assert (summary.lines_read, summary.kept_lines) == (65_183, 37_296)
    assert skipped(summary) == {
        SkipReason.REPEATED: 4_540,
        SkipReason.NOT_A_SALE: 289,
        SkipReason.NO_PRICE: 239,
        SkipReason.DEPENDENCY: 16_399,
        SkipReason.DEPENDENCY_ONLY: 2_388,
        SkipReason.SOLD_WITH_BUILDING: 2_978,
        SkipReason.NO_ADDRESS: 1_054,
    }
    assert summary.kept_lines + summary.skipped_lines.total() == summary.lines_read
    assert (summary.new_properties, summary.sales) == (30_855, 27_353)
    assert Counter(Property.objects.values_list("property_type", flat=True)) == {
        "apartment": 18_297,
        "house": 6_695,
        "commercial": 2_578,
        "land": 1_800,
        "other": 1_485,
    }
    assert City.objects.count() == 1_073


def test_prices_of_the_merged_file_are_counted_once_per_sale():
    summary = import_sales(MERGED)
    assert summary.price_per_line == Decimal("95028186656.86")
    assert summary.price_per_sale == Decimal("8110477077.06")
    stored = dict(Property.objects.values_list("mutation_key", "price"))
    assert (len(stored), sum(stored.values())) == (27_353, 7_881_421_272)


def test_a_second_import_of_the_merged_file_writes_no_row():
    import_sales(MERGED)
    before = row_versions()
    summary = import_sales(MERGED)
    assert (summary.new_properties, summary.updated_properties, summary.unchanged_properties) == (0, 0, 30_855)
    assert row_versions() == before


def test_a_commune_that_is_in_the_merged_file_too_adds_nothing():
    import_sales(MERGED)
    summary = import_sales(REAL / "dvf" / "33001_abzac_2021.csv")
    assert (summary.lines_read, summary.kept_lines) == (164, 107)
    assert (summary.new_properties, summary.updated_properties, summary.unchanged_properties) == (0, 0, 51)


def test_the_raw_files_of_the_ain():
    summaries = [import_sales(path) for path in AIN]
    assert [summary.lines_read for summary in summaries] == [10_000] * 3
    assert [summary.kept_lines for summary in summaries] == [6_387, 6_716, 6_511]
    assert [summary.new_properties for summary in summaries] == [4_173, 4_266, 4_210]
    assert not [
        summary.skipped_lines[SkipReason.MALFORMED]
        for summary in summaries
        if summary.skipped_lines[SkipReason.MALFORMED]
    ]


def as_geo(row: dict[str, str]) -> dict[str, str]:
    """A raw line as Etalab publishes it: its rules, written down once more and in another way than the import's."""
    department = row["Code departement"]
    insee_code = f"{department}{int(row['Code commune']):0{5 - len(department)}d}"
    section, plan = row["Section"].rjust(2, "0"), row["No plan"].rjust(4, "0")
    day, month, year = row["Date mutation"].split("/")
    lots = {f"lot{n}_numero": row[f"{name} lot"] for n, name in enumerate(["1er", "2eme", "3eme", "4eme", "5eme"], 1)}
    price = row["Valeur fonciere"].replace(",", ".")
    return {
        "id_mutation": "2018-1",
        "date_mutation": f"{year}-{month}-{day}",
        "nature_mutation": row["Nature mutation"],
        "valeur_fonciere": f"{float(price):g}" if price.endswith(".00") and len(price) < 9 else price,
        "adresse_numero": row["No voie"],
        "adresse_suffixe": row["B/T/Q"],
        "adresse_nom_voie": " ".join(filter(None, [row["Type de voie"], row["Voie"]])),
        "adresse_code_voie": row["Code voie"],
        "code_postal": f"{int(row['Code postal']):05d}" if row["Code postal"] else "",
        "code_commune": insee_code,
        "nom_commune": row["Commune"].title(),
        "code_departement": department,
        "id_parcelle": insee_code + (row["Prefixe de section"].rjust(3, "0")) + section + plan,
        **lots,
        "code_type_local": row["Code type local"],
        "surface_reelle_bati": row["Surface reelle bati"],
        "nombre_pieces_principales": row["Nombre pieces principales"],
        "code_nature_culture": row["Nature culture"],
        "code_nature_culture_speciale": row["Nature culture speciale"],
        "surface_terrain": row["Surface terrain"],
    }


@pytest.mark.parametrize("path", AIN, ids=lambda path: path.name)
def test_a_raw_file_and_its_geo_dvf_form_give_the_same_properties(path):
    raw = gzip.decompress(path.read_bytes())
    first = import_bytes(raw)
    before = stored_rows()
    rows = csv.DictReader(io.StringIO(raw.decode()), delimiter="|", quoting=csv.QUOTE_NONE)
    second = import_bytes(geo_file(*map(as_geo, rows)))
    assert second.kept_lines > 6_000
    assert (second.new_properties, second.updated_properties) == (0, 0)
    assert second.unchanged_properties == first.new_properties
    assert stored_rows() == before

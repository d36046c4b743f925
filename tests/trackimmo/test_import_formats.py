"""Which files are read, and how they are told apart."""

import gzip
import io
import zipfile

import pytest

from tests.trackimmo.sales_files import FLAT, flat, geo_file, import_bytes, skipped, stored_rows
from trackimmo.dvf.errors import UnreadableFile
from trackimmo.dvf.geo import GEO_COLUMNS
from trackimmo.dvf.raw import RAW
from trackimmo.dvf.summary import SkipReason
from trackimmo.models import City, Property
from trackimmo.services.importing import import_sales

pytestmark = pytest.mark.usefixtures("in_scope")

# The flat of FLAT, as the DGFiP would publish it.
RAW_HEADER = (
    "Code service CH|Reference document|1 Articles CGI|2 Articles CGI|3 Articles CGI|4 Articles CGI|5 Articles CGI"
    "|No disposition|Date mutation|Nature mutation|Valeur fonciere|No voie|B/T/Q|Type de voie|Code voie|Voie"
    "|Code postal|Commune|Code departement|Code commune|Prefixe de section|Section|No plan|No Volume"
    "|1er lot|Surface Carrez du 1er lot|2eme lot|Surface Carrez du 2eme lot|3eme lot|Surface Carrez du 3eme lot"
    "|4eme lot|Surface Carrez du 4eme lot|5eme lot|Surface Carrez du 5eme lot|Nombre de lots"
    "|Code type local|Type local|Identifiant local|Surface reelle bati|Nombre pieces principales"
    "|Nature culture|Nature culture speciale|Surface terrain"
)
RAW_FLAT = (
    "|||||||000001|01/03/2018|Vente|142500,00|1||ALL|0242|DES PENETTES|35830|BETTON|35|24||AO|220|"
    "|24||||||||||1|2|Appartement||75|4|||"
)


def raw_file(*lines: str) -> bytes:
    """A raw DGFiP file of these lines."""
    return "\n".join([RAW_HEADER, *lines, ""]).encode()


def raw_flat(**changes: str) -> str:
    """The raw line of the flat, some columns changed."""
    values = dict(zip(RAW_HEADER.split("|"), RAW_FLAT.split("|"), strict=True))
    assert set(changes) <= set(values)
    return "|".join((values | changes).values())


def test_both_formats_give_the_same_property():
    import_bytes(raw_file(RAW_FLAT))
    [sold] = Property.objects.all()
    assert (sold.longitude, sold.latitude) == (None, None)
    summary = import_bytes(geo_file(FLAT))
    [same] = Property.objects.all()
    assert (summary.new_properties, summary.updated_properties) == (0, 1)
    assert (same.pk, same.mutation_key, same.address_key) == (sold.pk, sold.mutation_key, sold.address_key)
    assert (same.address_raw, same.price, same.surface, same.rooms) == ("1 ALL DES PENETTES", 142_500, 75, 4)
    assert (same.longitude, same.latitude) == (-1.627159, 48.193891)


def test_what_a_file_does_not_tell_stays():
    """Raw files have no coordinates; those of an earlier geo-dvf import are not lost."""
    import_bytes(geo_file(FLAT))
    before = stored_rows()
    summary = import_bytes(raw_file(RAW_FLAT))
    assert (summary.updated_properties, summary.unchanged_properties) == (0, 1)
    assert stored_rows() == before


def test_a_city_first_seen_in_capitals_takes_the_better_spelling():
    import_bytes(raw_file(RAW_FLAT))
    assert City.objects.get().name == "BETTON"
    import_bytes(geo_file(FLAT))
    assert City.objects.get().name == "Betton"
    import_bytes(raw_file(RAW_FLAT))
    assert City.objects.get().name == "Betton"


@pytest.mark.parametrize(
    ("columns", "insee_code", "postal_code"),
    [
        ({"Code departement": "01", "Code commune": "4", "Code postal": "1500"}, "01004", "01500"),
        ({"Code departement": "1", "Code commune": "53", "Code postal": "1000"}, "01053", "01000"),
        ({"Code departement": "2A", "Code commune": "4", "Code postal": "20000"}, "2A004", "20000"),
        ({"Code departement": "971", "Code commune": "5", "Code postal": "97100"}, "97105", "97100"),
        ({"Code departement": "974", "Code commune": "11", "Code postal": "97400"}, "97411", "97400"),
        ({"Code departement": "75", "Code commune": "111", "Code postal": ""}, "75111", ""),
    ],
)
def test_raw_codes_get_their_zeros_back(columns, insee_code, postal_code):
    import_bytes(raw_file(raw_flat(**columns)))
    assert stored_rows(["city__insee_code", "postal_code"]) == {(insee_code, postal_code)}


def test_raw_dates_have_the_day_first():
    import_bytes(raw_file(raw_flat(**{"Date mutation": "03/12/2018"}), raw_flat(**{"Date mutation": "30/01/2019"})))
    assert sorted(str(day) for (day,) in stored_rows(["sale_date"])) == ["2018-12-03", "2019-01-30"]


def test_a_raw_price_has_a_decimal_comma():
    import_bytes(raw_file(raw_flat(**{"Valeur fonciere": "109000,50"})))
    assert Property.objects.get().price == 109_001


def test_a_quotation_mark_is_nothing_special_in_a_raw_file():
    import_bytes(raw_file(raw_flat(Voie='DU "LAC')))
    assert Property.objects.get().address_raw == '1 ALL DU "LAC'


def test_gzipped_files_are_known_by_their_content():
    import_bytes(gzip.compress(geo_file(FLAT)), name="whatever")
    import_bytes(gzip.compress(raw_file(raw_flat(Voie="DU LAC", Section="B"))))
    assert Property.objects.count() == 2


def test_a_gzip_of_several_parts_is_read_to_its_end():
    content = geo_file(FLAT, flat(lot1_numero="25"))
    import_bytes(gzip.compress(content[:500]) + gzip.compress(content[500:]))
    assert Property.objects.count() == 2


def test_a_byte_order_mark_does_no_harm():
    import_bytes(b"\xef\xbb\xbf" + geo_file(FLAT))
    assert Property.objects.count() == 1


def test_lines_may_end_as_on_windows():
    summary = import_bytes(geo_file(FLAT, flat(longitude="", latitude="")).replace(b"\n", b"\r\n"))
    assert (summary.kept_lines, Property.objects.count()) == (2, 1)


def test_the_last_line_needs_no_newline():
    assert import_bytes(geo_file(FLAT).rstrip(b"\n")).kept_lines == 1


def test_columns_may_come_in_another_order():
    import_bytes(geo_file(FLAT))
    before = stored_rows()
    header, line = geo_file(FLAT).decode().splitlines()
    turned = [",".join(["new_column", *reversed(header.split(","))]), ",".join(["x", *reversed(line.split(","))])]
    summary = import_bytes("\n".join(turned).encode())
    assert summary.unchanged_properties == 1
    assert stored_rows() == before


def test_quoted_fields_are_read():
    content = geo_file(flat(adresse_nom_voie='RUE DU "LAC", NORD'))
    assert b'"RUE DU ""LAC"", NORD"' in content
    import_bytes(content)
    assert Property.objects.get().address_raw == '1 RUE DU "LAC", NORD'


def test_backslashes_and_tabs_are_ordinary_characters():
    import_bytes(geo_file(flat(adresse_nom_voie="RUE\\N DU\tLAC\\")))
    assert Property.objects.get().address_raw == "1 RUE\\N DU\tLAC\\"


def test_a_file_may_have_no_sales():
    summary = import_bytes(geo_file())
    assert (summary.lines_read, summary.properties, skipped(summary)) == (0, 0, {})


class Answer:
    """The body of an HTTP answer: it comes in small pieces and cannot go back."""

    def __init__(self, content: bytes) -> None:
        self.content = io.BytesIO(content)

    def read(self, size: int, /) -> bytes:
        return self.content.read(min(size, 7))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_is_read_from_anything_that_can_be_read(pack):
    assert import_sales(Answer(pack(geo_file(FLAT)))).new_properties == 1


def test_progress_is_told_in_bytes_of_the_packed_file():
    packed = gzip.compress(geo_file(*(flat(lot1_numero=str(lot)) for lot in range(100))))
    told = []

    class Watcher:
        def reading(self, taken_bytes):
            told.append(taken_bytes)

        def storing(self):
            told.append("storing")

    import_sales(io.BytesIO(packed), progress=Watcher())
    assert told == [*sorted(told[:-1]), "storing"]
    assert told[-2] == len(packed)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "the.csv: the file is empty"),
        (b"\n", "the.csv: neither geo-dvf CSV nor a raw DGFiP file: its first line is ''"),
        (b"\x89PNG\r\n\x1a\n", "the.csv: neither geo-dvf CSV nor a raw DGFiP file"),
        (b"name,price\nhouse,3\n", "the.csv: neither geo-dvf CSV nor a raw DGFiP file: its first line is 'name,price'"),
        (
            ",".join(c for c in GEO_COLUMNS if c not in ("code_commune", "valeur_fonciere")).encode(),
            "the.csv: looks like geo-dvf CSV, but lacks the columns valeur_fonciere, code_commune",
        ),
        (
            "|".join(c for c in RAW.columns if c != "Voie").encode(),
            "the.csv: looks like a raw DGFiP file, but lacks the columns Voie",
        ),
        (
            ",".join([*GEO_COLUMNS, "code_commune"]).encode(),
            "the.csv: has these columns more than once: code_commune",
        ),
    ],
)
def test_another_file_is_refused_by_name(content, complaint):
    with pytest.raises(UnreadableFile) as refusal:
        import_bytes(content, name="the.csv")
    assert str(refusal.value).startswith(complaint)
    assert not Property.objects.exists()


def test_a_zip_archive_is_refused_with_advice():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("sales.csv", geo_file(FLAT))
    with pytest.raises(UnreadableFile, match=r"sales\.zip: this is a zip archive; unpack it first"):
        import_bytes(archive.getvalue(), name="sales.zip")


@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_a_gzip_that_ends_too_early_imports_nothing(kept):
    packed = gzip.compress(geo_file(*(flat(lot1_numero=str(lot)) for lot in range(30_000))))
    with pytest.raises(UnreadableFile, match=r"cut\.gz: the compressed data ends too early: the file is incomplete"):
        import_bytes(packed[: int(len(packed) * kept)], name="cut.gz")
    assert not Property.objects.exists()
    assert not City.objects.exists()
    assert import_bytes(packed).new_properties == 30_000


def test_a_damaged_gzip_imports_nothing():
    packed = bytearray(gzip.compress(geo_file(*(flat(lot1_numero=str(lot)) for lot in range(30_000)))))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(UnreadableFile, match="the compressed data is damaged"):
        import_bytes(bytes(packed))
    assert not Property.objects.exists()


def test_lines_that_are_malformed_are_counted_as_such():
    content = geo_file(FLAT) + b"2018-1,2018-03-01,000001\n\n" + geo_file(flat(lot1_numero="25")).split(b"\n", 1)[1]
    summary = import_bytes(content)
    assert (summary.lines_read, summary.kept_lines) == (4, 2)
    assert skipped(summary) == {SkipReason.MALFORMED: 2}

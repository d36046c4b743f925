"""The stand-in of the open-data sites, over HTTP as the tests' own servers run it."""

import csv
import io
from datetime import UTC, datetime

import httpx
import pytest

from demo.data import CLIENTS
from trackimmo.dvf.geo import GEO_COLUMNS
from trackimmo.models import Property
from trackimmo.services.importing import import_sales

BETTON_2019 = "/2019/communes/35/35024.csv"


@pytest.fixture
def communes(settings):
    """Ask for communes."""
    return lambda **query: httpx.get(f"{settings.GEO_API_URL}/communes", params=query).json()


@pytest.fixture
def sales(settings):
    """Ask for a file of sales."""
    return lambda path=BETTON_2019, **headers: httpx.get(f"{settings.DVF_BASE_URL}{path}", headers=headers)


def test_a_commune_is_described_as_the_api_describes_it(communes):
    assert communes(code="35024") == [
        {
            "nom": "Betton",
            "code": "35024",
            "codesPostaux": ["35830"],
            "codeDepartement": "35",
            "codeRegion": "53",
            "population": 12964,
        }
    ]


def test_of_the_fields_only_those_asked_for_come_with_name_and_code(communes):
    region = {"code": "94", "nom": "Corse"}
    assert communes(code="2A004", fields="region") == [{"nom": "Ajaccio", "code": "2A004", "region": region}]


def test_an_arrondissement_is_found_by_its_type(communes):
    assert communes(code="75111") == []
    [found] = communes(code="75111", type="commune-actuelle,arrondissement-municipal")
    assert found["nom"] == "Paris 11e Arrondissement"


def test_an_unknown_commune_is_an_empty_list(communes):
    assert communes(code="99999") == communes() == []


def test_the_communes_of_the_demonstration_are_known(communes):
    wanted = {code for client in CLIENTS for code in client.cities}
    assert {code for code in wanted if communes(code=code)} == wanted


def test_a_file_has_the_sales_of_its_commune_and_year(sales):
    answer = sales()
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(rows[0]) == GEO_COLUMNS
    assert {(row["code_commune"], row["date_mutation"][:4]) for row in rows} == {("35024", "2019")}
    assert sales().content == answer.content != sales("/2018/communes/35/35024.csv").content


def test_a_file_of_a_village_is_enough_for_a_city_not_to_be_fetched_again(in_scope, settings, sales):
    import_sales(io.BytesIO(sales("/2019/communes/35/35197.csv").content))
    assert Property.objects.filter(city__insee_code="35197").count() > settings.MIN_PROPERTIES_PER_CITY


@pytest.mark.parametrize(
    "path",
    [
        "/2019/communes/99/99999.csv",
        "/2019/communes/36/35024.csv",
        "/2013/communes/35/35024.csv",
        f"/{datetime.now(UTC).year}/communes/35/35024.csv",
        "/2019/communes/35/35024.csv.gz",
        "/2019/communes/35/",
    ],
)
def test_what_is_not_published_is_404(sales, path):
    assert sales(path).status_code == 404


def test_a_download_that_broke_off_can_be_resumed(sales):
    whole = sales()
    rest = sales(Range="bytes=1000-", **{"If-Range": whole.headers["ETag"]})
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    assert whole.content[:1000] + rest.content == whole.content
    assert sales(Range="bytes=2-5").content == whole.content[2:6]
    assert sales(Range="bytes=2-9999999").content == whole.content[2:]


def test_a_part_of_another_edition_is_answered_with_the_whole(sales):
    answer = sales(Range="bytes=1000-", **{"If-Range": '"another"'})
    assert (answer.status_code, answer.content) == (200, sales().content)


def test_a_part_behind_the_end_cannot_be_had(sales):
    size = len(sales().content)
    answer = sales(Range=f"bytes={size}-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")


def test_an_edition_that_the_caller_has_is_not_sent_again(sales):
    whole = sales()
    answer = sales(**{"If-None-Match": f'"another", {whole.headers["ETag"]}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == whole.headers["ETag"]
    assert sales(**{"If-None-Match": '"another"'}).status_code == 200

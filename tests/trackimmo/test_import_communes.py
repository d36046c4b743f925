"""The list of communes, and the communes that have merged."""

from pathlib import Path

import pytest
from django.utils import timezone

from core import tenancy
from tests.trackimmo.factories import ClientFactory
from tests.trackimmo.sales_files import REAL, flat, import_lines, stored_rows
from trackimmo.dvf.errors import UnreadableFile
from trackimmo.models import City, Client, Property
from trackimmo.services.communes import import_communes
from trackimmo.services.importing import import_sales

HEADER = "code_insee,nom,type,codes_postaux,code_departement,departement,code_region,region,population,siren"
BETTON = "35024,Betton,commune-actuelle,35830,35,Ille-et-Vilaine,53,Bretagne,13101,213500242"
BELLEVILLE = "69019,Belleville-en-Beaujolais,commune-actuelle,69220;69221,69,Rhône,84,Auvergne-Rhône-Alpes,13245,1"
KERGUELEN = "98412,Archipel des Kerguelen,commune-actuelle,,984,TAAF,984,TAAF,,"
MOVED = '"MOD","DATE_EFF","TYPECOM_AV","COM_AV","TNCC_AV","TYPECOM_AP","COM_AP"'


@pytest.fixture
def write(tmp_path):
    """Write lines to a file and return its path."""

    def write_file(*lines: str, name: str = "communes.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return path

    return write_file


def movement(before: str, after: str, *, day: str = "2019-01-01", kinds: tuple[str, str] = ("COM", "COM")) -> str:
    """A line of INSEE's list."""
    return f'"32","{day}","{kinds[0]}","{before}","0","{kinds[1]}","{after}"'


def test_communes_become_cities(in_scope, write):
    begin = timezone.now()
    summary = import_communes(communes=write(HEADER, BETTON, BELLEVILLE, KERGUELEN))
    assert (summary.read, summary.created, summary.merged, summary.moved_properties) == (3, 3, 0, 0)
    city = City.objects.get(insee_code="69019")
    assert (city.name, city.postal_code, city.postal_codes) == ("Belleville-en-Beaujolais", "69220", ["69220", "69221"])
    assert (city.department_code, city.region_name, city.population) == ("69", "Auvergne-Rhône-Alpes", 13_245)
    assert begin <= city.refreshed_at <= timezone.now()
    assert City.objects.get(insee_code="98412").population is None


def test_a_city_that_a_sale_brought_is_confirmed(in_scope, write):
    import_lines(flat(nom_commune="BETTON", code_postal="35831"))
    before = City.objects.get()
    assert import_communes(communes=write(HEADER, BETTON)).created == 0
    after = City.objects.get()
    assert (after.pk, after.name, after.postal_codes, after.population) == (before.pk, "Betton", ["35830"], 13_101)
    assert after.properties.count() == 1
    import_lines(flat(nom_commune="BETTON", code_postal="35832"))
    assert City.objects.get().postal_codes == ["35830"]


def test_sales_of_a_merged_commune_go_to_todays(in_scope, write):
    import_communes(communes=write(HEADER, BELLEVILLE), movements=write(MOVED, movement("69211", "69019"), name="m"))
    import_lines(flat(code_commune="69211", id_parcelle="69211000AH1462"))
    assert stored_rows(["city__insee_code"]) == {("69019",)}
    assert City.objects.get().former_codes == ["69211"]


def test_todays_commune_inherits_properties_and_clients(in_scope, write):
    import_lines(flat(code_commune="69211"), flat(code_commune="35024"))
    import_communes(communes=write(HEADER, BELLEVILLE, BETTON))
    gone, heir = City.objects.get(insee_code="69211"), City.objects.get(insee_code="69019")
    betton = City.objects.get(insee_code="35024")
    only_gone, both = ClientFactory(cities=[gone, betton]), ClientFactory(cities=[gone, heir])
    ids = stored_rows(["id"])
    summary = import_communes(
        communes=write(HEADER, BELLEVILLE, BETTON), movements=write(MOVED, movement("69211", "69019"), name="m")
    )
    assert (summary.created, summary.merged, summary.moved_properties) == (0, 1, 1)
    assert set(City.objects.values_list("insee_code", flat=True)) == {"69019", "35024"}
    assert set(only_gone.chosen_cities.all()) == {heir, betton}
    assert set(both.chosen_cities.all()) == {heir}
    assert stored_rows(["id"]) == ids
    assert heir.properties.count() == 1
    import_lines(flat(code_commune="69211"))
    assert (Property.objects.count(), City.objects.count()) == (2, 2)


def test_mergers_of_mergers_are_followed_by_their_latest_step(in_scope, write):
    movements = [
        movement("69211", "69300", day="2012-01-01"),
        movement("69300", "69019", day="2019-01-01"),
        movement("69301", "69302", day="1970-01-01"),
        movement("69301", "69019", day="1990-01-01"),
    ]
    import_communes(communes=write(HEADER, BELLEVILLE), movements=write(MOVED, *movements, name="m"))
    assert City.objects.get().former_codes == ["69211", "69300", "69301"]


def test_what_is_no_merger_is_not_followed(in_scope, write):
    movements = [
        movement("35024", "69019"),  # Betton is a commune today: a part of it left.
        movement("69302", "35024"),
        movement("69302", "69019"),  # Divided.
        movement("69303", "69304"),
        movement("69304", "69303"),  # In circles.
        movement("69305", "99999"),  # Nowhere.
        movement("69306", "69019", kinds=("COMD", "COM")),
    ]
    import_communes(communes=write(HEADER, BELLEVILLE, BETTON), movements=write(MOVED, *movements, name="m"))
    assert list(City.objects.values_list("former_codes", flat=True)) == [[], []]


def test_without_movements_former_codes_stay(in_scope, write):
    communes = write(HEADER, BELLEVILLE)
    import_communes(communes=communes, movements=write(MOVED, movement("69211", "69019"), name="m"))
    import_communes(communes=communes)
    assert City.objects.get().former_codes == ["69211"]


def test_other_organizations_keep_their_cities(in_scope, theirs, write):
    with tenancy.scope(theirs.organization.pk):
        import_lines(flat(code_commune="69211"))
    import_communes(communes=write(HEADER, BELLEVILLE), movements=write(MOVED, movement("69211", "69019"), name="m"))
    with tenancy.scope(theirs.organization.pk):
        assert City.objects.get().insee_code == "69211"
        assert City.objects.get().properties.count() == 1


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "lacks the columns code_insee, nom, codes_postaux, code_departement, region, population"),
        (["code_insee,nom,region,population"], "lacks the columns codes_postaux, code_departement"),
        ([HEADER, BETTON, "35X24,Betton,,35830,35,,,,,"], "line 3 is no commune: 35X24, Betton, 35830, 35, , "),
        ([HEADER, "35024,,,35830,35,,,,,"], "line 2 is no commune"),
        ([HEADER, "35024,Betton,,358300,35,,,,,"], "line 2 is no commune"),
        ([HEADER, "35024"], "line 2 is no commune"),
        ([HEADER, BETTON.replace("Betton", "Bet\0ton")], "has NUL bytes"),
        ([HEADER, BETTON.replace("Betton", "B" * 200_000)], "line 1: field larger than field limit"),
    ],
)
def test_a_list_that_is_none_changes_nothing(in_scope, write, lines, complaint):
    path = write(*lines)
    with pytest.raises(UnreadableFile) as refusal:
        import_communes(communes=path)
    assert str(refusal.value).startswith(f"{path}: {complaint}")
    assert not City.objects.exists()


def test_movements_that_are_none_change_nothing(in_scope, write, tmp_path):
    latin = tmp_path / "latin.csv"
    latin.write_bytes(MOVED.encode() + "\n\xc9vian".encode("latin-1"))
    with pytest.raises(UnreadableFile, match=r"latin\.csv: is not UTF-8 at byte \d+"):
        import_communes(communes=write(HEADER, BETTON), movements=latin)
    with pytest.raises(UnreadableFile, match="lacks the columns DATE_EFF, TYPECOM_AV, COM_AV, TYPECOM_AP, COM_AP"):
        import_communes(communes=write(HEADER, BETTON), movements=write(HEADER, name="m"))
    assert not City.objects.exists()


@pytest.mark.skipif(not (REAL / "communes").is_dir(), reason=f"the published lists are not in {REAL / 'communes'}")
def test_the_published_lists(in_scope):
    folder = REAL / "communes"
    import_sales(REAL / "dvf" / "geo_dvf_merged.csv.gz")
    import_sales(REAL / "dvf" / "valeursfoncieres-2018.ain.txt.gz")
    before, ids = City.objects.count(), stored_rows(["id"])
    client = ClientFactory(cities=list(City.objects.filter(insee_code__in=["69152", "01091"])))
    summary = import_communes(
        communes=folder / "communes_2026.csv.gz", movements=folder / "insee_mvt_commune_2026.csv.gz"
    )
    assert (before, summary.read, summary.created, summary.merged) == (1_207, 35_014, 33_812, 5)
    assert City.objects.count() == 35_014
    assert sum(map(len, City.objects.values_list("former_codes", flat=True))) == 4_234
    assert stored_rows(["id"]) == ids
    assert set(Client.objects.get(pk=client.pk).chosen_cities.values_list("insee_code", flat=True)) == {
        "69149",
        "01033",
    }
    again = import_sales(REAL / "dvf" / "geo_dvf_merged.csv.gz")
    assert (again.new_properties, again.updated_properties) == (0, 0)

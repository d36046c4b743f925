"""`manage.py import_dvf` and `import_communes`, as an operator calls them."""

import gzip

import pytest
from django.core.management import CommandError, call_command

from core import tenancy
from tests.trackimmo.sales_files import FLAT, HOUSE, flat, geo_file
from trackimmo.models import City, Property

COMMUNES = "code_insee,nom,codes_postaux,code_departement,region,population\n35024,Betton,35830,35,Bretagne,13101\n"


@pytest.fixture
def sales(tmp_path):
    """A file of two sales on five lines."""
    path = tmp_path / "sales.csv"
    path.write_bytes(geo_file(FLAT, FLAT, flat(**HOUSE, date_mutation="2019-01-01"), flat(valeur_fonciere=""), flat()))
    return path


def test_it_says_what_became_of_the_lines(ours, sales, capsys):
    call_command("import_dvf", sales)
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert shown == [
        ["Lines", "read", "5"],
        ["kept", "2"],
        ["skipped:", "repeats", "another", "line", "2"],
        ["skipped:", "no", "price", "1"],
        ["Properties", "2"],
        ["new", "2"],
        ["updated", "0"],
        ["unchanged", "0"],
        ["Sales", "(mutations)", "that", "gave", "a", "property", "2"],
        ["Prices,", "counted", "once", "per", "line", "570,000.00", "€"],
        ["Prices,", "counted", "once", "per", "sale", "285,000.00", "€"],
    ]
    with tenancy.scope(ours.organization.pk):
        assert Property.objects.count() == 2


def test_several_files_are_added_up(ours, sales, tmp_path, capsys):
    packed = tmp_path / "sales.csv.gz"
    packed.write_bytes(gzip.compress(sales.read_bytes()))
    call_command("import_dvf", sales, packed)
    shown = {line.strip().rsplit(None, 1)[0].strip(): line.split()[-1] for line in capsys.readouterr().out.splitlines()}
    assert (shown["Lines read"], shown["Properties"], shown["new"], shown["unchanged"]) == ("10", "4", "2", "2")


def test_the_organization_can_be_named(ours, theirs, sales):
    call_command("import_dvf", sales, organization="other")
    with tenancy.scope(ours.organization.pk):
        assert not Property.objects.exists()
    with tenancy.scope(theirs.organization.pk):
        assert Property.objects.count() == 2


@pytest.mark.parametrize("command", ["import_dvf", "import_communes"])
def test_an_unknown_organization_is_refused(db, command, sales):
    with pytest.raises(CommandError, match=r"There is no organization 'nobody'\."):
        call_command(command, sales, organization="nobody")


@pytest.mark.parametrize("command", ["import_dvf", "import_communes"])
def test_a_file_that_is_not_there_is_named(db, command, tmp_path):
    with pytest.raises(CommandError, match=r"no such file: .*absent\.csv"):
        call_command(command, str(tmp_path / "absent.csv"))


def test_a_file_that_is_none_is_named_and_does_not_stop_the_others(ours, sales, tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_text("name,price\n")
    with pytest.raises(CommandError, match=r"other\.csv: neither geo-dvf CSV nor a raw DGFiP file"):
        call_command("import_dvf", other, sales)
    assert "Lines read" in capsys.readouterr().out
    with tenancy.scope(ours.organization.pk):
        assert Property.objects.count() == 2


def test_without_any_import_there_is_no_table(ours, tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_text("name,price\n")
    with pytest.raises(CommandError):
        call_command("import_dvf", other)
    assert capsys.readouterr().out == ""


def test_communes_are_imported_and_counted(ours, tmp_path, capsys):
    path = tmp_path / "communes.csv"
    path.write_text(COMMUNES)
    movements = tmp_path / "movements.csv"
    movements.write_text("DATE_EFF,TYPECOM_AV,COM_AV,TYPECOM_AP,COM_AP\n2019-01-01,COM,35002,COM,35024\n")
    call_command("import_communes", path, movements=movements)
    assert capsys.readouterr().out == (
        "1 communes read, 1 cities created. 0 cities joined with their successors, 0 properties moved.\n"
    )
    with tenancy.scope(ours.organization.pk):
        assert City.objects.get().former_codes == ["35002"]


def test_a_list_of_communes_that_is_none_is_named(ours, sales):
    with pytest.raises(CommandError, match=r"sales\.csv: lacks the columns code_insee"):
        call_command("import_communes", sales)

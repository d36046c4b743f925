"""`manage.py explain_client`: the dry run in a terminal."""

import uuid

import pytest
from django.core.management import CommandError, call_command

from core import tenancy
from tests.trackimmo.factories import PropertyFactory, days_ago
from trackimmo.models import Assignment
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import assign_properties

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wide(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def run(client, capsys, *options) -> str:
    with tenancy.no_scope():
        call_command("explain_client", str(client.pk), *options)
    return capsys.readouterr().out


def cells(shown: str) -> list[list[str]]:
    """The rows of the tables, cell by cell."""
    rows = [line for line in shown.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]


def test_it_shows_the_picks_and_why_the_others_are_left_out(customer, city, capsys):
    PropertyFactory(city=city, address_raw="12 [RUE] DE LA PAIX", sale_date=days_ago(7 * 365 + 1))
    PropertyFactory(city=city, address_raw="3 RUE NEUVE", sale_date=days_ago(7 * 365), price=1_234_567)
    young = PropertyFactory(city=city, sale_date=days_ago(100))
    shown = run(customer, capsys, "--seed", "7")
    assert "Marie Durand (active): 2 sales are eligible" in shown
    assert "10 asked for, short by 8. Seed 7." in shown
    rows = cells(shown)
    assert sorted(row[1:] for row in rows[:2]) == [
        ["12 [RUE] DE LA PAIX", "Lyon", str(days_ago(7 * 365 + 1)), "apartment", "450,000 €", "1", "2", "66.667%"],
        ["3 RUE NEUVE", "Lyon", str(days_ago(7 * 365)), "apartment", "1,234,567 €", "2", "1", "33.333%"],
    ]
    assert [row[0] for row in rows[:2]] == ["1", "2"]
    assert rows[2:] == [
        ["outside age window", "1", f"{young.address_raw}, {young.sale_date}"],
        ["other property type", "0", ""],
        ["already assigned", "0", ""],
        ["address already given", "0", ""],
        ["newer sale at same address", "0", ""],
    ]
    assert not Assignment.objects.exists()


def test_its_seed_draws_the_same(customer, sales, capsys):
    shown = cells(run(customer, capsys, "--seed", "11", "--count", "3"))
    result = assign_properties(client=customer, count=3, today=today_in_paris(), seed=11)
    given = {sale.address_raw for sale in sales if sale.pk in result.property_ids}
    assert {row[1] for row in shown[:3]} == given


def test_an_unknown_client_and_one_of_another_organization_are_refused(in_scope, their_client):
    for client_id in (uuid.uuid4(), their_client.pk):
        with pytest.raises(CommandError, match=f"Client {client_id} not found"):
            call_command("explain_client", str(client_id))


@pytest.mark.parametrize("options", [["--count", "0"], ["--count", "501"], ["--seed", str(2**63)], ["--seed", "x"]])
def test_a_bad_number_is_refused(customer, options):
    with pytest.raises(CommandError, match=options[0]):
        call_command("explain_client", str(customer.pk), *options)

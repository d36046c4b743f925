"""What becomes of the lines of a sale."""

from datetime import date
from decimal import Decimal

import pytest

from tests.trackimmo.sales_files import (
    CELLAR,
    HOUSE,
    MEADOW,
    NO_LOCAL,
    OFF_PLAN,
    SHOP,
    flat,
    import_lines,
    skipped,
    stored_rows,
)
from trackimmo.dvf.summary import SkipReason
from trackimmo.models import City, Property

pytestmark = pytest.mark.usefixtures("in_scope")


def test_a_flat_becomes_a_property():
    summary = import_lines(flat())
    sold = Property.objects.get()
    assert (sold.property_type, sold.sale_date, sold.price) == ("apartment", date(2018, 3, 1), 142_500)
    assert (sold.surface, sold.rooms, sold.land_surface) == (75, 4, None)
    assert (sold.address_raw, sold.postal_code) == ("1 ALL DES PENETTES", "35830")
    assert (sold.longitude, sold.latitude) == (-1.627159, 48.193891)
    assert (summary.lines_read, summary.kept_lines, summary.new_properties, summary.sales) == (1, 1, 1, 1)


def test_an_unknown_commune_becomes_a_city():
    import_lines(flat(), flat(code_postal="35831", lot1_numero="25"))
    city = City.objects.get()
    assert (city.insee_code, city.name, city.department_code) == ("35024", "Betton", "35")
    assert (city.postal_code, city.postal_codes) == ("35830", ["35830", "35831"])
    assert city.refreshed_at is None


@pytest.mark.parametrize(
    ("columns", "property_type"),
    [(HOUSE, "house"), ({}, "apartment"), (SHOP, "commercial"), (MEADOW, "land"), (OFF_PLAN, "other")],
)
def test_the_local_tells_the_type(columns, property_type):
    import_lines(flat(**columns))
    assert Property.objects.get().property_type == property_type


def test_a_house_on_several_lines_is_one_property_with_all_its_land():
    summary = import_lines(
        flat(**HOUSE),
        flat(**HOUSE | {"code_nature_culture": "J", "nature_culture": "jardins", "surface_terrain": "800"}),
    )
    assert stored_rows(["property_type", "land_surface"]) == {("house", 1_393)}
    assert (summary.kept_lines, summary.new_properties) == (2, 1)


def test_land_that_several_lines_repeat_counts_once():
    """A dependency on the parcel repeats the parcel's land."""
    import_lines(flat(**HOUSE), flat(**HOUSE | CELLAR))
    assert Property.objects.get().land_surface == 593


def test_two_flats_sold_together_share_the_sale_and_its_price():
    summary = import_lines(flat(), flat(lot1_numero="25", surface_reelle_bati="40"))
    assert stored_rows(["price", "surface"]) == {(142_500, 75), (142_500, 40)}
    assert len(stored_rows(["mutation_key"])) == 1
    assert (summary.sales, summary.price_per_line, summary.price_per_sale) == (1, Decimal(285_000), Decimal(142_500))


def test_equal_flats_of_one_building_differ_by_their_lots():
    import_lines(flat(), flat(lot1_numero="25"))
    assert Property.objects.count() == 2


def test_equal_houses_differ_by_their_parcels():
    import_lines(flat(**HOUSE), flat(**HOUSE, id_parcelle="35024000AO0221"))
    assert Property.objects.count() == 2


def test_a_line_that_is_there_twice_counts_once():
    summary = import_lines(flat(), flat(lot1_numero="25"), flat())
    assert Property.objects.count() == 2
    assert skipped(summary) == {SkipReason.REPEATED: 1}


def test_dependencies_are_no_properties():
    summary = import_lines(flat(), flat(**CELLAR))
    assert stored_rows(["property_type"]) == {("apartment",)}
    assert skipped(summary) == {SkipReason.DEPENDENCY: 1}


def test_a_sale_of_dependencies_only_gives_nothing():
    summary = import_lines(flat(**CELLAR), flat(**CELLAR | {"lot1_numero": "68"}))
    assert not Property.objects.exists()
    assert skipped(summary) == {SkipReason.DEPENDENCY_ONLY: 2}
    assert (summary.sales, summary.price_per_sale) == (0, Decimal(142_500))


def test_land_sold_with_a_house_is_its_land_and_no_property():
    summary = import_lines(flat(**HOUSE), flat(**MEADOW, id_parcelle="35024000AO0300"))
    assert stored_rows(["property_type", "land_surface"]) == {("house", 2_093)}
    assert skipped(summary) == {SkipReason.SOLD_WITH_BUILDING: 1}


def test_a_sale_of_land_is_one_property_at_the_address_of_its_largest_piece():
    summary = import_lines(
        flat(**MEADOW, adresse_numero="", adresse_nom_voie="LES GRANGES"),
        flat(**MEADOW | {"surface_terrain": "4000"}, id_parcelle="35024000AO0300", adresse_nom_voie="LE BOIS"),
        flat(**MEADOW | {"surface_terrain": "9000"}, id_parcelle="35024000AO0301", adresse_nom_voie=""),
    )
    assert stored_rows(["property_type", "address_raw", "land_surface"]) == {("land", "1 LE BOIS", 14_500)}
    assert summary.kept_lines == 2
    assert skipped(summary) == {SkipReason.NO_ADDRESS: 1}


def test_lots_sold_off_plan_are_one_property():
    """Nothing tells the flat from its parking space before it is built."""
    import_lines(flat(**OFF_PLAN), flat(**OFF_PLAN | {"lot1_numero": "107"}))
    assert stored_rows(["property_type", "surface"]) == {("other", None)}


@pytest.mark.parametrize("nature", ["Vente", "Vente terrain à bâtir", "Adjudication"])
def test_what_changes_hands_for_a_price_is_a_sale(nature):
    import_lines(flat(nature_mutation=nature))
    assert Property.objects.count() == 1


@pytest.mark.parametrize("nature", ["Echange", "Expropriation", ""])
def test_what_is_no_sale_is_skipped(nature):
    summary = import_lines(flat(nature_mutation=nature))
    assert not Property.objects.exists()
    assert skipped(summary) == {SkipReason.NOT_A_SALE: 1}


@pytest.mark.parametrize(
    ("price", "euros"), [("505.5", 506), ("505.49", 505), ("0.5", 1), ("1", 1), ("1.50", 2), ("50399360", 50_399_360)]
)
def test_prices_are_whole_euros_rounded_half_up(price, euros):
    import_lines(flat(valeur_fonciere=price))
    assert Property.objects.get().price == euros


@pytest.mark.parametrize("price", ["", "0", "0.15", "-5", "1000000000000", "1e30", "NaN", "Infinity"])
def test_without_a_price_there_is_no_property(price):
    summary = import_lines(flat(valeur_fonciere=price))
    assert not Property.objects.exists()
    assert skipped(summary) == {SkipReason.NO_PRICE: 1}


@pytest.mark.parametrize("day", ["", "1789-07-14", "infinity", "9999-12-31"])
def test_without_a_date_there_is_no_property(day):
    summary = import_lines(flat(date_mutation=day))
    assert not Property.objects.exists()
    assert skipped(summary) == {SkipReason.NO_DATE: 1}


@pytest.mark.parametrize("street", ["", "   "])
def test_without_a_street_there_is_no_property(street):
    summary = import_lines(flat(adresse_nom_voie=street))
    assert not Property.objects.exists()
    assert not City.objects.exists()
    assert skipped(summary) == {SkipReason.NO_ADDRESS: 1}


def test_a_place_without_a_number_is_an_address():
    import_lines(flat(adresse_numero="", adresse_nom_voie="LES GRANGES"))
    assert Property.objects.get().address_raw == "LES GRANGES"


def test_a_suffix_follows_its_number():
    import_lines(flat(adresse_suffixe="B"))
    assert Property.objects.get().address_raw == "1B ALL DES PENETTES"


def test_the_same_address_has_the_same_key_however_it_is_spelt():
    import_lines(
        flat(adresse_nom_voie="RUE DE L'ELYSEE"),
        flat(adresse_nom_voie="Rue de l’Élysée", date_mutation="2019-01-01"),
        flat(adresse_nom_voie="RUE DE L  ELYSEE", date_mutation="2020-01-01"),
        flat(adresse_nom_voie="RUE DE L ELYSEE", adresse_numero="2", date_mutation="2021-01-01"),
    )
    keys = Property.objects.order_by("sale_date").values_list("address_key", flat=True)
    assert len(set(keys[:3])) == 1
    assert len(set(keys)) == 2


def test_places_without_a_number_are_told_apart_by_their_parcels():
    import_lines(
        flat(adresse_numero=""),
        flat(adresse_numero="", date_mutation="2019-01-01"),
        flat(adresse_numero="", id_parcelle="35024000AO0300", date_mutation="2020-01-01"),
    )
    first, again, elsewhere = Property.objects.order_by("sale_date").values_list("address_key", flat=True)
    assert first == again != elsewhere


def test_mutation_numbers_are_not_trusted():
    """They differ between editions, and one number stands for sales of two departments."""
    import_lines(flat(), flat(id_mutation="2018-2"), flat(code_commune="42218", code_departement="42"))
    assert Property.objects.count() == 2


def test_a_sale_keeps_its_key_when_its_commune_merges():
    import_lines(flat(code_commune="69211", id_parcelle="69211000AH1462"))
    before = Property.objects.get()
    summary = import_lines(flat(code_commune="69019", ancien_code_commune="69211", id_parcelle="69211000AH1462"))
    after = Property.objects.get()
    assert (summary.new_properties, summary.updated_properties) == (0, 1)
    assert (before.pk, before.city.insee_code) == (after.pk, "69211")
    assert after.city.insee_code == "69019"


def test_an_id_begins_with_the_commune():
    import_lines(flat(code_commune="2A004", code_departement="2A"))
    assert str(Property.objects.get().pk).startswith("2a004")


@pytest.mark.parametrize(
    ("column", "attribute"),
    [("surface_reelle_bati", "surface"), ("nombre_pieces_principales", "rooms"), ("surface_terrain", "land_surface")],
)
@pytest.mark.parametrize("number", ["1e12", "1e300", "-1", "NaN", "Infinity", "0"])
def test_an_absurd_number_is_no_number(column, attribute, number):
    import_lines(flat(**{column: number}))
    assert stored_rows([attribute]) == {(None,)}


@pytest.mark.parametrize(("longitude", "latitude"), [("NaN", "48"), ("500", "48"), ("-1.6", "-Infinity"), ("", "")])
def test_a_position_that_is_nowhere_is_none(longitude, latitude):
    import_lines(flat(longitude=longitude, latitude=latitude))
    assert stored_rows(["longitude", "latitude"]) == {(None, None)}


def test_a_local_of_unknown_kind_counts_as_land_or_lots():
    import_lines(flat(**NO_LOCAL | {"code_type_local": "9", "type_local": "Pigeonnier"}))
    assert Property.objects.get().property_type == "other"

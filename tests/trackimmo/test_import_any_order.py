"""What is stored depends on the sales in the files, not on the order of lines, on repeats, or on how files are cut."""

import random
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trackimmo.sales_files import CELLAR, HOUSE, MEADOW, OFF_PLAN, SHOP, flat, import_lines, stored_rows
from trackimmo.models import City, Property

# Few of each, so that sales of one day, price and commune meet.
SALES = st.fixed_dictionaries(
    {
        "date_mutation": st.sampled_from(["2018-03-01", "2018-03-02", ""]),
        "valeur_fonciere": st.sampled_from(["1", "142500", "142500.50", ""]),
        "code_commune": st.sampled_from(["35024", "35051"]),
        "nature_mutation": st.sampled_from(["Vente", "Vente", "Vente", "Adjudication", "Echange"]),
        "ancien_code_commune": st.sampled_from(["", "", "35002"]),
    }
)
LINES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["flat", "house", "shop", "cellar", "meadow", "lots"]),
        "id_parcelle": st.sampled_from(["35024000AO0220", "35024000AO0221"]),
        "lot1_numero": st.sampled_from(["", "1", "2"]),
        "lot2_numero": st.sampled_from(["", "1"]),
        "surface_reelle_bati": st.sampled_from(["", "40", "75"]),
        "surface_terrain": st.sampled_from(["", "100", "593"]),
        "adresse_nom_voie": st.sampled_from(["RUE DU LAC", "LES GRANGES", ""]),
        "adresse_numero": st.sampled_from(["", "1", "2"]),
        "code_postal": st.sampled_from(["35830", ""]),
        "longitude": st.sampled_from(["", "-1.6"]),
    }
)
MUTATIONS = st.lists(st.tuples(SALES, st.lists(LINES, min_size=1, max_size=5)), min_size=1, max_size=8)
KINDS = {"flat": {}, "house": HOUSE, "shop": SHOP, "cellar": CELLAR, "meadow": MEADOW, "lots": OFF_PLAN}
TYPES = {"flat": "apartment", "house": "house", "shop": "commercial", "meadow": "land", "lots": "other"}


def line_of(sale: dict, columns: dict) -> dict:
    """A line of geo-dvf; the sale decides what its lines have in common."""
    changes = {**columns, **sale}
    kind = changes.pop("kind")
    if kind in ("cellar", "meadow", "lots"):
        changes["surface_reelle_bati"] = ""
    if kind == "lots":
        changes["surface_terrain"] = ""
    return flat(**{**KINDS[kind], **changes})


def identity(sale: dict) -> tuple:
    """What makes lines those of one mutation."""
    commune = sale["ancien_code_commune"] or sale["code_commune"]
    return commune, sale["date_mutation"], sale["valeur_fonciere"], sale["nature_mutation"] != "Echange"


def expected_types(mutations: list) -> list[tuple]:
    """The (commune, date, price, type) of every property there should be, by the rules as docs/import.md has them."""
    grouped = defaultdict(list)
    for sale, lines in mutations:
        if all(identity(sale)):
            grouped[identity(sale)].extend(lines)
    expected = []
    for (commune, day, price, _), lines in grouped.items():
        euros = 142_501 if "." in price else int(price)
        built = [line for line in lines if line["kind"] in ("flat", "house", "shop")]
        dwellings = defaultdict(bool)
        for line in built:
            lots = (line["lot1_numero"], line["lot2_numero"])
            dwelling = (line["kind"], line["id_parcelle"], lots, line["surface_reelle_bati"])
            dwellings[dwelling] |= bool(line["adresse_nom_voie"])
        if not built:
            rest = [kind for kind in ("lots", "meadow") if any(line["kind"] == kind for line in lines)][:1]
            for line in lines:
                if line["kind"] in rest:
                    dwellings[line["kind"],] |= bool(line["adresse_nom_voie"])
        expected += [(commune, day, euros, TYPES[kind[0]]) for kind, has_address in dwellings.items() if has_address]
    return sorted(expected)


def stored_types() -> list[tuple]:
    """The same of what is stored; the id says which commune it was published for."""
    rows = Property.objects.values_list("id", "sale_date", "price", "property_type")
    return sorted((str(row_id)[:5], str(day), price, kind) for row_id, day, price, kind in rows)


def import_afresh(*files: list[dict]) -> None:
    """Import the files, one after the other, where nothing is."""
    Property.objects.all().delete()
    City.objects.all().delete()
    for lines in files:
        import_lines(*lines)


@pytest.mark.usefixtures("in_scope")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations=MUTATIONS, order=st.randoms(use_true_random=False))
def test_any_order_repetition_and_division_gives_the_same_rows(mutations, order: random.Random):
    lines = [line_of(sale, columns) for sale, members in mutations for columns in members]
    import_afresh(lines)
    expected = stored_rows()
    assert stored_types() == expected_types(mutations)

    shuffled = lines + order.choices(lines, k=3)
    order.shuffle(shuffled)
    import_afresh(shuffled)
    assert stored_rows() == expected

    # Divided between sales, as the publishers' files are: a sale's lines of one commune stand in one file.
    files = defaultdict(list)
    place = defaultdict(lambda: order.randrange(3))
    for line in shuffled:
        files[place[identity(line)]].append(line)
    import_afresh(*files.values(), *files.values())
    assert stored_rows() == expected

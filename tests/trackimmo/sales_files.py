"""Files of sales, written by hand: a line is the columns that matter to a test."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from trackimmo.dvf.geo import GEO_COLUMNS
from trackimmo.dvf.summary import ImportSummary, SkipReason
from trackimmo.models import Property
from trackimmo.services.importing import import_sales

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
# A flat in Betton; every test says only what is different.
FLAT = {
    "id_mutation": "2018-1",
    "date_mutation": "2018-03-01",
    "numero_disposition": "000001",
    "nature_mutation": "Vente",
    "valeur_fonciere": "142500",
    "adresse_numero": "1",
    "adresse_nom_voie": "ALL DES PENETTES",
    "adresse_code_voie": "0242",
    "code_postal": "35830",
    "code_commune": "35024",
    "nom_commune": "Betton",
    "code_departement": "35",
    "id_parcelle": "35024000AO0220",
    "lot1_numero": "24",
    "nombre_lots": "1",
    "code_type_local": "2",
    "type_local": "Appartement",
    "surface_reelle_bati": "75",
    "nombre_pieces_principales": "4",
    "longitude": "-1.627159",
    "latitude": "48.193891",
}
NO_LOCAL = {"code_type_local": "", "type_local": "", "surface_reelle_bati": "", "nombre_pieces_principales": ""}
HOUSE = {
    "code_type_local": "1",
    "type_local": "Maison",
    "lot1_numero": "",
    "nombre_lots": "0",
    "code_nature_culture": "S",
    "nature_culture": "sols",
    "surface_terrain": "593",
}
SHOP = {"code_type_local": "4", "type_local": "Local industriel. commercial ou assimilé"}
CELLAR = {"code_type_local": "3", "type_local": "Dépendance", "surface_reelle_bati": "", "lot1_numero": "67"}
MEADOW = {
    **NO_LOCAL,
    "lot1_numero": "",
    "nombre_lots": "0",
    "code_nature_culture": "P",
    "nature_culture": "prés",
    "surface_terrain": "1500",
}
OFF_PLAN = {**NO_LOCAL, "nature_mutation": "Vente en l'état futur d'achèvement"}

Line = Mapping[str, str]


def flat(**changes: str) -> dict[str, str]:
    """The line of the flat, some columns changed."""
    return {**FLAT, **changes}


def geo_file(*lines: Line) -> bytes:
    """A geo-dvf file of these lines."""
    text = io.StringIO()
    writer = csv.DictWriter(text, GEO_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def import_bytes(content: bytes, *, name: str = "sales.csv") -> ImportSummary:
    """Import a file that is only in memory; its figures add up."""
    summary = import_sales(io.BytesIO(content), name=name)
    assert summary.kept_lines + summary.skipped_lines.total() == summary.lines_read
    return summary


def import_lines(*lines: Line) -> ImportSummary:
    """Import these lines of geo-dvf."""
    return import_bytes(geo_file(*lines))


def skipped(summary: ImportSummary) -> dict[SkipReason, int]:
    """The reasons that occurred."""
    return {reason: number for reason, number in summary.skipped_lines.items() if number}


def stored_rows(columns: Iterable[str] = ()) -> set[tuple[Any, ...]]:
    """Every property of the organization in scope: all that an import decides, or some columns of it."""
    every = (
        *("id", "organization_id", "city__insee_code", "mutation_key", "address_key", "address_raw", "postal_code"),
        *("property_type", "sale_date", "price", "surface", "land_surface", "rooms", "longitude", "latitude"),
    )
    return set(Property.objects.values_list(*(columns or every)))

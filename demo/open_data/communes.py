"""Communes, as geo.api.gouv.fr answers about them (https://geo.api.gouv.fr/decoupage-administratif/communes)."""

from collections.abc import Mapping
from typing import Any, Final

from demo.open_data.regions import REGION_OF
from trackimmo.dvf.sample_communes import SampleCommune, sample_communes

# As many as a file of made-up sales has where nobody says how many.
COMMUNES: Final = {commune.insee_code: commune for commune in sample_communes(40)}
COMMUNE, ARRONDISSEMENT = "commune-actuelle", "arrondissement-municipal"
ALWAYS: Final = ("nom", "code")
UNLESS_ASKED: Final = "codesPostaux,codeDepartement,codeRegion,population"


def communes(query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those with the `code`, of the `type`s and with the `fields` that are asked for; none where it is unknown.

    Arrondissements of Paris, Lyon and Marseille are only found by those who name their type.
    """
    commune = COMMUNES.get(query.get("code", ""))
    if commune is None or _kind(commune) not in query.get("type", COMMUNE).split(","):
        return []
    fields = (*ALWAYS, *query.get("fields", UNLESS_ASKED).split(","))
    return [{name: value for name, value in _facts(commune).items() if name in fields}]


def _kind(commune: SampleCommune) -> str:
    return ARRONDISSEMENT if commune.name.endswith(" Arrondissement") else COMMUNE


def _facts(commune: SampleCommune) -> dict[str, Any]:
    region = REGION_OF[commune.department_code]
    return {
        "nom": commune.name,
        "code": commune.insee_code,
        "codesPostaux": [commune.postal_code],
        "codeDepartement": commune.department_code,
        "codeRegion": region.code,
        "region": {"code": region.code, "nom": region.name},
        "population": commune.population,
    }

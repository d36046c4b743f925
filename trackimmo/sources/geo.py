"""geo.api.gouv.fr: what the State says of a commune (https://geo.api.gouv.fr/decoupage-administratif/communes)."""

import json
from typing import Any, Final

import httpx
from django.conf import settings

from core.jsontypes import JSON
from core.outgoing import Deadline, connect
from trackimmo.dvf.communes import (
    DEPARTMENT_CODE,
    INSEE_CODE,
    LONGEST_NAME,
    LONGEST_REGION_NAME,
    MOST_PEOPLE,
    POSTAL_CODES,
    Commune,
)
from trackimmo.errors import SourceUnavailable
from trackimmo.sources.asking import ask, in_words, refuse
from trackimmo.sources.places import Place, place_at

FIELDS: Final = "nom,code,codesPostaux,codeDepartement,region,population"
# Without it, arrondissements of Paris, Lyon and Marseille are not found.
TYPES: Final = "commune-actuelle,arrondissement-municipal"
SECONDS: Final = 30.0
MOST_BYTES: Final = 1 << 20
# What is packed, and packed again, unpacks to gigabytes before anybody can count.
UNPACKED: Final = {"Accept-Encoding": "identity"}


class GeoClient:
    """Asks about communes at GEO_API_URL."""

    def commune(self, insee_code: str, *, deadline: Deadline) -> Commune | None:
        """The commune or arrondissement with this code, or None if there is none today.

        What the answer leaves out is empty, or None for the population. Raises SourceUnavailable.
        """
        if not INSEE_CODE.fullmatch(insee_code):
            return None
        place = place_at(settings.GEO_API_URL, setting="GEO_API_URL")
        if not place.is_web:
            raise SourceUnavailable("GEO_API_URL", "only addresses that begin with http:// or https:// are asked")
        sooner = deadline.within(SECONDS)
        answer = ask(place.host, lambda: self._ask(place, insee_code, sooner), deadline=sooner)
        return read_commune(answer, insee_code=insee_code, host=place.host)

    def _ask(self, place: Place, insee_code: str, deadline: Deadline) -> bytes:
        parameters = {"code": insee_code, "fields": FIELDS, "type": TYPES}
        address = f"{place.address}/communes"
        with (
            in_words(place.host, deadline),
            connect(deadline, timeout_seconds=settings.OPEN_DATA_TIMEOUT_SECONDS) as http,
            http.stream("GET", address, params=parameters, headers=UNPACKED, auth=place.credentials) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise refuse(place.host, response)
            body = b""
            for piece in response.iter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    raise SourceUnavailable(place.host, "answered more than a commune takes")
            return body


def read_commune(answer: bytes, *, insee_code: str, host: str) -> Commune | None:
    """The commune in an answer, None in an empty one. Raises SourceUnavailable for anything else."""
    try:
        found: JSON = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise SourceUnavailable(host, "answered something that is not JSON") from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise SourceUnavailable(host, "answered JSON that is not a list of communes")
    of_this_code = [one for one in found if isinstance(one, dict) and one.get("code") == insee_code]
    if found and not of_this_code:
        raise SourceUnavailable(host, f"answered about other communes than {insee_code}")
    try:
        return _commune(of_this_code[0]) if of_this_code else None
    except (KeyError, TypeError, ValueError) as error:
        raise SourceUnavailable(host, f"answered about {insee_code} what cannot be used") from error


def _commune(said: dict[str, Any]) -> Commune:
    """Raises KeyError, TypeError or ValueError where something is not what it should be."""
    postal_codes = said.get("codesPostaux") or []
    department_code = said.get("codeDepartement") or ""
    if not POSTAL_CODES.fullmatch(";".join(postal_codes)):
        raise ValueError("postal codes")
    if department_code and not DEPARTMENT_CODE.fullmatch(department_code):
        raise ValueError("department code")
    return Commune(
        insee_code=said["code"],
        name=_line(said["nom"])[:LONGEST_NAME],
        postal_codes=tuple(postal_codes),
        department_code=department_code,
        region_name=_line(region["nom"])[:LONGEST_REGION_NAME] if (region := said.get("region")) else "",
        population=_people(said.get("population")),
    )


def _line(text: Any) -> str:  # noqa: ANN401 -- whatever stood in the JSON
    if not isinstance(text, str) or not text.strip() or not text.isprintable():
        raise ValueError("a name")
    return text.strip()


def _people(number: Any) -> int | None:  # noqa: ANN401 -- whatever stood in the JSON
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < MOST_PEOPLE:
        raise ValueError("population")
    return number

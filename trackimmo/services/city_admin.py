"""Setting cities up by hand. What a publisher says of them comes from imports and refreshes, which confirm it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from audit import services as audit
from core.jsontypes import JSON
from trackimmo.errors import CityCodeTaken, CityNotFound
from trackimmo.models import City


class CityFields(TypedDict, total=False):
    """What is said of a city; what is left out stays as it is, or gets its default."""

    insee_code: str
    name: str
    postal_code: str
    postal_codes: Sequence[str]
    department_code: str
    region_name: str
    population: int | None


FIELDS: Final = tuple(CityFields.__annotations__)


@transaction.atomic
def create_city(**fields: Unpack[CityFields]) -> City:
    """Create a city of the organization in scope. Nobody has confirmed it yet. Raises CityCodeTaken."""
    city = City()
    _take_over(city, fields)
    with _refusals_in_words():
        city.save(force_insert=True)
    audit.record(
        action="create",
        resource_type="city",
        resource_id=city.pk,
        changes={name: (None, value) for name, value in _facts(city).items()},
    )
    return city


@transaction.atomic
def update_city(*, city_id: UUID, **fields: Unpack[CityFields]) -> City:
    """Change what is given. With another INSEE code nobody has confirmed it yet. Raises CityNotFound, CityCodeTaken."""
    city = City.objects.select_for_update(no_key=True).filter(pk=city_id).first()
    if city is None:
        raise CityNotFound(city_id)
    before = _facts(city)
    _take_over(city, fields)
    after = _facts(city)
    changes = {name: (before[name], after[name]) for name in FIELDS if before[name] != after[name]}
    if changes:
        if "insee_code" in changes:
            city.refreshed_at = None
        with _refusals_in_words():
            city.save(update_fields=[*changes, "refreshed_at"])
        audit.record(action="update", resource_type="city", resource_id=city.pk, changes=changes)
    return city


def _take_over(city: City, fields: CityFields) -> None:
    """Set what is given. The main postal code is the first of all; the department is in the INSEE code."""
    for name, value in fields.items():
        setattr(city, name, value)
    if "insee_code" in fields and "department_code" not in fields:
        city.department_code = _department_of(city.insee_code)
    if "postal_codes" in fields and "postal_code" not in fields:
        city.postal_code = next(iter(city.postal_codes), "")
    others = [code for code in city.postal_codes if code != city.postal_code]
    city.postal_codes = list(dict.fromkeys(filter(None, [city.postal_code, *others])))


def _department_of(insee_code: str) -> str:
    """The department that a code begins with: two characters, overseas three."""
    return insee_code[:3] if insee_code.startswith(("97", "98")) else insee_code[:2]


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """What only the database can tell, since others write at the same time."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise CityCodeTaken from error
        raise


def _facts(city: City) -> dict[str, JSON]:
    """The city as the audit log keeps it."""
    return {name: getattr(city, name) for name in FIELDS}

"""What a job does before it assigns: true cities, and sales in them. Nothing here runs inside a transaction."""

import time
from collections.abc import Sequence
from typing import Final

from core.jsontypes import JSON
from trackimmo.errors import ClientIncomplete, PreparationTooLong
from trackimmo.models import Client
from trackimmo.selectors.eligibility import AgeWindow, age_window, today_in_paris
from trackimmo.selectors.supply import CitySupply, supply_of
from trackimmo.services import jobs
from trackimmo.services.cities import refresh_city
from trackimmo.services.fetching import fetch_sales
from trackimmo.services.jobs import Lease
from trackimmo.sources import Deadline, GeoClient, SalesFiles

# Below the soft time limit of `run_job`, which leaves a minute for what follows.
SECONDS: Final = 240.0
# Each report extends the lease; somebody who looks wants to see that it goes on.
REPORT_SECONDS: Final = 5.0


class Progress:
    """What the job's report says while one thing is being done."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._begun: dict[str, JSON] = {}
        self._reported_at = 0.0

    def begin(self, *, step: str, percent: int, **facts: JSON) -> None:
        """Say that it begins. Raises LeaseLost."""
        self._begun = {"step": step, "percent": percent, **facts}
        self._report()

    def watch(self, received_bytes: int) -> None:
        """Say how many bytes have come, every REPORT_SECONDS. Raises LeaseLost."""
        if time.monotonic() - self._reported_at >= REPORT_SECONDS:
            self._report(bytes=received_bytes)

    def _report(self, **facts: JSON) -> None:
        jobs.report(self._lease, **{**self._begun, **facts})  # type: ignore[arg-type]  # `begin` has named them
        self._reported_at = time.monotonic()


def prepare(lease: Lease, client: Client) -> None:
    """See to it that the client can be served. Raises ClientIncomplete where nothing can be found for him.

    Cities whose data is old are refreshed; where a city has too few sales in the age window, the files of its years are
    fetched. Where there is nothing to do this is one query. Raises SourceUnavailable, ImportsBusy or
    PreparationTooLong, which another attempt may mend, and LeaseLost; what was done until then stays.
    """
    window = age_window(today=today_in_paris())
    files = SalesFiles()
    cities = supply_of(client.pk, window=window, places={year: files.place(year).name for year in years_of(window)})
    if not cities:
        raise ClientIncomplete(client.pk, missing="chosen cities")
    if not client.property_type_preferences:
        raise ClientIncomplete(client.pk, missing="property type preferences")
    deadline = Deadline.after(SECONDS)
    progress = Progress(lease)
    _refresh_cities([city for city in cities if city.is_stale], deadline, progress)
    _fetch_sales([city for city in cities if city.files], files, deadline, progress)


def years_of(window: AgeWindow) -> Sequence[int]:
    """The years that the window has days of."""
    return range(window.earliest.year, window.latest.year + 1)


def _refresh_cities(cities: Sequence[CitySupply], deadline: Deadline, progress: Progress) -> None:
    geo = GeoClient()
    for done, city in enumerate(cities):
        _check(deadline)
        progress.begin(
            step="refreshing_cities",
            percent=15 + 15 * done // len(cities),
            city=city.name,
            number=done + 1,
            total=len(cities),
        )
        refresh_city(city_id=city.city_id, insee_code=city.insee_code, geo=geo, deadline=deadline)


def _fetch_sales(cities: Sequence[CitySupply], files: SalesFiles, deadline: Deadline, progress: Progress) -> None:
    due = [(city, file) for city in cities for file in city.files]
    if due:
        files.remove_old()
    for done, (city, file) in enumerate(due):
        _check(deadline)
        progress.begin(
            step="fetching_sales",
            percent=30 + 25 * done // len(due),
            city=city.name,
            year=file.year,
            number=done + 1,
            total=len(due),
        )
        fetch_sales(insee_code=file.insee_code, year=file.year, files=files, deadline=deadline, watch=progress.watch)


def _check(deadline: Deadline) -> None:
    if deadline.is_over:
        raise PreparationTooLong(SECONDS)

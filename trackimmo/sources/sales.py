"""Files of sales as they are published: one per commune and year (https://files.data.gouv.fr/geo-dvf/latest/csv/)."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.conf import settings

from core.outgoing import Deadline
from trackimmo.dvf.communes import INSEE_CODE
from trackimmo.errors import SourceUnavailable
from trackimmo.sources import storing
from trackimmo.sources.asking import ask
from trackimmo.sources.downloading import MEGABYTE, NOT_PUBLISHED, Download, SalesAnswer, Watch
from trackimmo.sources.places import Place, place_at

# For a file of a few megabytes. Less than a job is leased for: a server that is silent for long loses nobody his job.
SECONDS: Final = 90.0
OVERSEAS: Final = ("97", "98")


def _unwatched(_bytes: int) -> None:
    """Nobody follows the download."""


class SalesFiles:
    """Gets files of sales from DVF_BASE_URL, or from where DVF_YEAR_URLS says that a year's are."""

    def place(self, year: int) -> Place:
        """Where the files of a year are. Raises SourceUnavailable if the setting names no such place."""
        if year in settings.DVF_YEAR_URLS:
            return place_at(settings.DVF_YEAR_URLS[year], setting="DVF_YEAR_URLS")
        return place_at(settings.DVF_BASE_URL, setting="DVF_BASE_URL")

    def get(
        self, *, insee_code: str, year: int, known_etag: str = "", deadline: Deadline, watch: Watch = _unwatched
    ) -> SalesAnswer:
        """What is published for a commune and a year, the file itself unless it is the known edition.

        A file from the web stays in DVF_CACHE_DIR for a day. Raises SourceUnavailable.
        """
        if not INSEE_CODE.fullmatch(insee_code):
            return NOT_PUBLISHED
        place = self.place(year)
        address = _address(place, insee_code=insee_code, year=year)
        try:
            if place.is_web:
                sooner = deadline.within(SECONDS)
                return _from_the_web(place, address, known_etag=known_etag, deadline=sooner, watch=watch)
            return _from_disk(place, address, known_etag=known_etag)
        except OSError as error:
            at_fault = "DVF_CACHE_DIR" if place.is_web else place.host
            raise SourceUnavailable(at_fault, error.strerror or "cannot be read or written") from error

    def forget(self, *, insee_code: str, year: int) -> None:
        """What was got is of no use: the next one to ask gets it from the publisher again."""
        place = self.place(year)
        if place.is_web:
            storing.stored(_address(place, insee_code=insee_code, year=year)).clear()

    def remove_old(self) -> None:
        """Remove downloads that nobody has gone on with for a day."""
        try:
            storing.remove_old()
        except OSError as error:
            raise SourceUnavailable("DVF_CACHE_DIR", error.strerror or "cannot be read") from error


def department_of(insee_code: str) -> str:
    """The department of a commune code: 33, 2A, 974."""
    return insee_code[:3] if insee_code.startswith(OVERSEAS) else insee_code[:2]


def _address(place: Place, *, insee_code: str, year: int) -> str:
    return f"{place.address}/{year}/communes/{department_of(insee_code)}/{insee_code}.csv"


def _from_the_web(place: Place, address: str, *, known_etag: str, deadline: Deadline, watch: Watch) -> SalesAnswer:
    stored = storing.stored(address)
    download = Download(
        place=place, address=address, stored=stored, known_etag=known_etag, deadline=deadline, watch=watch
    )
    with storing.locked(stored.name, deadline=deadline, wait=lambda: watch(0)):
        if stored.is_fresh:
            return download.stored_answer()
        return ask(place.host, download.attempt, deadline=deadline)


def _from_disk(place: Place, address: str, *, known_etag: str) -> SalesAnswer:
    plain = _path(address)
    path = next((path for path in (plain, plain.with_name(f"{plain.name}.gz")) if path.is_file()), None)
    if path is None:
        if not _path(place.address).is_dir():
            raise SourceUnavailable(place.host, "there is no such directory")
        return NOT_PUBLISHED
    found = path.stat()
    if found.st_size > settings.DVF_MAX_FILE_MB * MEGABYTE:
        raise SourceUnavailable(place.host, f"has a file of more than {settings.DVF_MAX_FILE_MB} MB (DVF_MAX_FILE_MB)")
    etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
    return SalesAnswer(is_published=True, etag=etag, path=None if etag == known_etag else path)


def _path(address: str) -> Path:
    return Path(url2pathname(urlsplit(address).path))

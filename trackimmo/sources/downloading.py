"""One file from the web: what we have of it is not fetched twice, and what comes is whole or not taken."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from django.conf import settings

from core.outgoing import Deadline, connect
from trackimmo.errors import SourceUnavailable
from trackimmo.sources.asking import in_words, refuse
from trackimmo.sources.breaking import Hiccup
from trackimmo.sources.places import Place
from trackimmo.sources.storing import Stored

# Told how many bytes of a file are there, as often as some come. May raise what ends the work.
Watch = Callable[[int], None]
NOWHERE: Final = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})
LONGEST_ETAG: Final = 200
CONTENT_RANGE: Final = re.compile(r"bytes (?P<first>\d{1,15})-\d+/(?P<total>\d{1,15}|\*)")
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesAnswer:
    """What is published. Without a `path`, it is the edition that we know already, or nothing."""

    is_published: bool
    etag: str = ""
    path: Path | None = None


NOT_PUBLISHED: Final = SalesAnswer(is_published=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file at an `address`, what is `stored` of it, and the edition that is of no interest, being known."""

    place: Place
    address: str
    stored: Stored
    known_etag: str
    deadline: Deadline
    watch: Watch

    def attempt(self) -> SalesAnswer:
        """Ask once, and take what comes. Raises SourceUnavailable; then what has come stays for the next attempt."""
        answer = self._ask()
        if answer is None:
            # What has come so far is not the beginning of what is there now.
            self.stored.clear()
            answer = self._ask()
        if answer is None:
            raise SourceUnavailable(self.place.host, "did not give the beginning of a file")
        return answer

    def stored_answer(self) -> SalesAnswer:
        """All of it is here."""
        etag = self.stored.etag
        is_known = bool(etag) and etag == self.known_etag
        return SalesAnswer(is_published=True, etag=etag, path=None if is_known else self.stored.body)

    def _ask(self) -> SalesAnswer | None:
        with (
            in_words(self.place.host, self.deadline),
            connect(self.deadline, timeout_seconds=settings.OPEN_DATA_TIMEOUT_SECONDS) as http,
            http.stream("GET", self.address, headers=self._conditions(), auth=self.place.credentials) as response,
        ):
            return self._take(response, begun_bytes=self.stored.part_bytes)

    def _conditions(self) -> dict[str, str]:
        # Plain bytes, so that lengths and ranges are those of what is stored.
        headers = {"Accept-Encoding": "identity"}
        if begun_bytes := self.stored.part_bytes:
            return headers | {"Range": f"bytes={begun_bytes}-", "If-Range": self.stored.etag}
        etag = self.stored.etag if self.stored.is_whole else self.known_etag
        return headers | {"If-None-Match": etag} if etag else headers

    def _take(self, response: httpx.Response, *, begun_bytes: int) -> SalesAnswer | None:
        """What the answer amounts to; None if it does not go on where we are."""
        match response.status_code:
            case httpx.codes.OK:
                self._begin(response)
                return self._receive(response, begun_bytes=0, total=_length(response))
            case httpx.codes.PARTIAL_CONTENT if begun_bytes:
                found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
                if not found or int(found["first"]) != begun_bytes or _etag(response) not in ("", self.stored.etag):
                    return None
                total = int(found["total"]) if found["total"] != "*" else None
                return self._receive(response, begun_bytes=begun_bytes, total=total)
            case httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE if begun_bytes:
                return None
            case httpx.codes.NOT_MODIFIED if self.stored.is_whole:
                self.stored.confirm()
                return self.stored_answer()
            case httpx.codes.NOT_MODIFIED if self.known_etag:
                return SalesAnswer(is_published=True, etag=self.known_etag)
            case status if status in NOWHERE:
                self.stored.clear()
                return NOT_PUBLISHED
        raise refuse(self.place.host, response)

    def _begin(self, response: httpx.Response) -> None:
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raise SourceUnavailable(self.place.host, "answered a web page instead of a file of sales")
        self._check_size(_length(response) or 0)
        self.stored.begin(_etag(response))

    def _receive(self, response: httpx.Response, *, begun_bytes: int, total: int | None) -> SalesAnswer:
        size = begun_bytes
        self._check_size(total or 0)
        with self.stored.more() as part:
            for piece in response.iter_raw():
                size += len(piece)
                self._check_size(size)
                part.write(piece)
                self.watch(size)
        if total is not None and size != total:
            raise Hiccup(self.place.host, f"sent {size} of {total} bytes")
        if total is None and size and not self.stored.ends_well:
            raise Hiccup(self.place.host, f"stopped in the middle of a line after {size} bytes")
        self.stored.finish()
        return self.stored_answer()

    def _check_size(self, size: int) -> None:
        if size > settings.DVF_MAX_FILE_MB * MEGABYTE:
            self.stored.clear()
            raise SourceUnavailable(
                self.place.host, f"sends a file of more than {settings.DVF_MAX_FILE_MB} MB (DVF_MAX_FILE_MB)"
            )


def _length(response: httpx.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _etag(response: httpx.Response) -> str:
    """The edition's, empty if there is none that can be kept."""
    etag: str = response.headers.get("ETag", "")
    return etag if len(etag) <= LONGEST_ETAG and etag.isascii() and etag.isprintable() else ""

"""Handing a file over, whole, in part or not at all (RFC 9110, sections 13 and 14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final

from demo.open_data.files import PublishedFile

# One range with a beginning; any other request for a part gets the whole, as a server may decide.
RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP; its Content-Length is that of the body."""

    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def transfer(file: PublishedFile, *, asked: Message) -> Answer:
    """What a server that knows validators and ranges answers to a request with the headers `asked`."""
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Type": "text/csv",
        "ETag": file.etag,
        "Last-Modified": format_datetime(file.modified_at, usegmt=True),
    }
    if file.etag in re.split(r",\s*", asked.get("If-None-Match", "")):
        return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
    wanted = RANGE.fullmatch(asked.get("Range", ""))
    if not wanted or asked.get("If-Range", file.etag) not in (file.etag, headers["Last-Modified"]):
        return Answer(HTTPStatus.OK, file.content, headers)
    size = len(file.content)
    first, last = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
    if first > last:
        return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Answer(HTTPStatus.PARTIAL_CONTENT, file.content[first : last + 1], headers)

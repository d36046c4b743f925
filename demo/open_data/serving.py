"""The stand-in's HTTP server."""

import json
import os
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from demo.open_data.communes import communes
from demo.open_data.files import published_file
from demo.open_data.transfer import Answer, transfer

FILE: Final = re.compile(r"/dvf/(?P<year>\d{4})/communes/(?P<department>\w{2,3})/(?P<insee_code>\w{5})\.csv")


class OpenDataHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD. `/` says which process serves."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body leave one after the other; neither waits for an acknowledgement

    def do_GET(self) -> None:
        """Send the answer."""
        self.send(self.answer())

    def do_HEAD(self) -> None:
        """Send the answer's headers."""
        self.send(self.answer(), with_body=False)

    def answer(self) -> Answer:
        """What this request is answered with."""
        url = urlsplit(self.path)
        if url.path == "/":
            return as_json({"process": os.getpid()})
        if url.path == "/geo/communes":
            return as_json(communes(dict(parse_qsl(url.query))))
        if match := FILE.fullmatch(url.path):
            year, department, insee_code = match.groups()
            if file := published_file(year=int(year), department=department, insee_code=insee_code):
                return transfer(file, asked=self.headers)
        return Answer(HTTPStatus.NOT_FOUND, b"Not Found\n", {"Content-Type": "text/plain"})

    def send(self, answer: Answer, *, with_body: bool = True) -> None:
        """Write it to the connection."""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)


def as_json(value: object) -> Answer:
    """`value` as the body of an answer."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(HTTPStatus.OK, body, {"Content-Type": "application/json; charset=utf-8"})

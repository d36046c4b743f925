"""A stand-in of Meta's Cloud API: a real HTTP server that takes what Meta documents, and nothing else."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token"
VERSION = "v23.0"
PATH = re.compile(rf"/{VERSION}/(?P<phone>[0-9]+)/messages")
Answer = tuple[int, dict[str, Any] | str, dict[str, str]]
Behaviour = Callable[["CloudApi", dict[str, Any]], Answer | None]


class CloudApi(ThreadingHTTPServer):
    """Knows one number. `behaviours` are used up one by one, one for each request that is in order."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, phone: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.phone = phone
        self.taken: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.refused: list[Answer] = []
        self.behaviours: list[Behaviour] = []
        self.always: Behaviour | None = None
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{VERSION}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever was killed reads no answer."""

    def take(self, body: dict[str, Any]) -> Answer:
        """The message is on its way."""
        with self.lock:
            self.taken.append(body)
            number = len(self.taken)
        wamid = f"wamid.cloud.{number}"
        return (
            200,
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": body["to"], "wa_id": body["to"]}],
                "messages": [{"id": wamid}],
            },
            {},
        )


def problem(
    status: int,
    code: int,
    message: str = "(#1) It failed",
    *,
    details: str = "",
    subcode: int | None = None,
    **headers: str,
) -> Behaviour:
    """An error in Meta's words."""
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Az8or2yhqkZ"}
    if details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details}
    if subcode is not None:
        error["error_subcode"] = subcode
    return lambda *_: (
        status,
        {"error": error},
        {name.replace("_", "-"): said for name, said in headers.items()},
    )


def plainly(status: int, text: str = "<html>Sorry</html>", **headers: str) -> Behaviour:
    """An answer of a server that stands before Meta's."""
    return lambda *_: (status, text, {name.replace("_", "-"): said for name, said in headers.items()})


def taken_and_silent(seconds: float) -> Behaviour:
    """The message is taken, and nobody says so in time."""

    def act(api: CloudApi, body: dict[str, Any]) -> Answer | None:
        api.take(body)
        time.sleep(seconds)
        return None

    return act


def cut_off(api: CloudApi, body: dict[str, Any]) -> Answer | None:
    """The connection breaks before an answer."""
    return None


@contextmanager
def running(phone: str) -> Iterator[CloudApi]:
    """Serve until the block ends."""
    api = CloudApi(phone)
    thread = threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.shutdown()
        api.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: CloudApi

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if (refusal := self._refusal(raw)) is not None:
            self.server.refused.append(refusal)
            return self._answer(refusal)
        body = json.loads(raw)
        with self.server.lock:
            self.server.requests.append(body)
            behaviour = self.server.behaviours.pop(0) if self.server.behaviours else self.server.always
        answer = behaviour(self.server, body) if behaviour else self.server.take(body)
        return self._answer(answer) if answer is not None else None

    def do_GET(self) -> None:
        self._answer(problem(400, 100, "Unsupported get request.", subcode=33)(self.server, {}))

    def _refusal(self, raw: bytes) -> Answer | None:
        found = PATH.fullmatch(self.path)
        wrong = None
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            wrong = problem(401, 190, "Invalid OAuth access token - Cannot parse access token")
        elif found is None:
            wrong = problem(404, 2500, f"Unknown path components: {self.path}")
        elif found["phone"] != self.server.phone:
            wrong = problem(400, 100, "Unsupported post request. Object does not exist", subcode=33)
        elif self.headers.get("Content-Type") != "application/json":
            wrong = problem(400, 100, "The parameter messaging_product is required.")
        elif said := _wrong_with(raw):
            wrong = problem(400, 100, "(#100) Invalid parameter", details=said)
        return wrong(self.server, {}) if wrong else None

    def _answer(self, answer: Answer) -> None:
        status, body, headers = answer
        raw = (json.dumps(body) if isinstance(body, dict) else body).encode()
        self.send_response(status)
        for name, said in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, said)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Silent."""


def _wrong_with(raw: bytes) -> str | None:
    """What Meta would not take."""
    try:
        body = json.loads(raw)
    except ValueError:
        return "No JSON."
    allowed = {"messaging_product", "recipient_type", "to", "type", "text", "template", "biz_opaque_callback_data"}
    rules = {
        f"Unexpected key on param {sorted(set(body) - allowed)}": set(body) <= allowed,
        "messaging_product must be whatsapp": body.get("messaging_product") == "whatsapp",
        "recipient_type must be individual": body.get("recipient_type") == "individual",
        "to must be digits": isinstance(body.get("to"), str) and re.fullmatch(r"[1-9][0-9]{5,14}", body["to"]),
        "type must be text or template": body.get("type") in {"text", "template"},
        "biz_opaque_callback_data must be a text of at most 512 characters": isinstance(
            body.get("biz_opaque_callback_data", ""), str
        )
        and len(body.get("biz_opaque_callback_data", "")) <= 512,
        "The object of the type is missing": isinstance(body.get(str(body.get("type"))), dict),
    }
    if wrong := [rule for rule, holds in rules.items() if not holds]:
        return wrong[0]
    return _wrong_with_text(body["text"]) if body["type"] == "text" else _wrong_with_template(body["template"])


def _wrong_with_text(text: dict[str, Any]) -> str | None:
    is_good = (
        isinstance(text.get("body"), str) and 0 < len(text["body"]) <= 4096 and set(text) <= {"body", "preview_url"}
    )
    return None if is_good and isinstance(text.get("preview_url", False), bool) else "text.body"


def _wrong_with_template(template: dict[str, Any]) -> str | None:
    parts = template.get("components", [])
    is_good = (
        isinstance(template.get("name"), str)
        and isinstance(template.get("language"), dict)
        and isinstance(template["language"].get("code"), str)
        and set(template) <= {"name", "language", "components"}
        and all(part["type"] in {"header", "body", "button"} and part["parameters"] for part in parts)
        and all(one["type"] == "text" and one["text"] for part in parts for one in part["parameters"])
    )
    return None if is_good else "template"

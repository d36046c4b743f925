"""What we ask geo.api.gouv.fr, what we take from it, and what becomes of everything else."""

import gzip
import json
import logging
import socket
import time
import tracemalloc
from contextlib import ExitStack

import pytest
from werkzeug import Response

from core.version import VERSION
from tests.trackimmo.publisher import ABZAC, drip, raw_server, status
from tests.trackimmo.sales_files import REAL
from trackimmo.dvf.communes import Commune
from trackimmo.errors import SourceUnavailable
from trackimmo.sources import Deadline, GeoClient

SAMPLES = REAL / "geo_api" / "geo_api_communes_samples.json"


def ask(insee_code: str = "33001", seconds: float = 20) -> Commune | None:
    return GeoClient().commune(insee_code, deadline=Deadline.after(seconds))


def says(body: object):
    """The API answers this, as JSON unless it is text."""
    return lambda _request: Response(body if isinstance(body, str | bytes) else json.dumps(body))


def refusal(publisher) -> str:
    """What the caller is told, without the host."""
    with pytest.raises(SourceUnavailable) as raised:
        ask()
    host, problem = str(raised.value).split(": ", 1)
    assert host == publisher.host
    return problem


def test_a_commune_is_what_the_state_says(publisher):
    publisher.communes["33001"] = ABZAC
    assert ask() == Commune("33001", "Abzac", ("33230",), "33", "Nouvelle-Aquitaine", 2001)


def test_it_is_asked_for_one_code_whatever_kind_of_commune_and_told_who_asks(publisher, settings):
    settings.API_BASE_URL = "https://switchboard.example"
    ask("75101")
    [request] = publisher.requests
    assert request.path == "/geo/communes"
    assert request.args.to_dict() == {
        "code": "75101",
        "fields": "nom,code,codesPostaux,codeDepartement,region,population",
        "type": "commune-actuelle,arrondissement-municipal",
    }
    assert request.headers["User-Agent"] == f"Switchboard/{VERSION} (+https://switchboard.example)"


def test_a_commune_that_is_unknown_is_none(publisher):
    assert ask("99999") is None


def test_what_is_no_code_is_not_asked_for(publisher):
    assert ask("../..") is None
    assert publisher.requests == []


def test_what_is_left_out_is_empty(publisher):
    publisher.communes["33001"] = {"nom": "Abzac", "code": "33001"}
    assert ask() == Commune("33001", "Abzac", (), "", "", None)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the real answers are not beside this checkout")
def test_real_answers_are_understood(publisher):
    read = {}
    for sample in json.loads(SAMPLES.read_text()):
        if isinstance(sample["body"], list):
            publisher.next = [says(sample["body"])]
            commune = ask(sample["body"][0]["code"])
            read[commune.insee_code] = (commune.name, len(commune.postal_codes), commune.population)
    assert read == {
        "75056": ("Paris", 21, 2133111),
        "43111": ("Landos", 1, 878),
        "78646": ("Versailles", 1, 84808),
        "12202": ("Rodez", 1, None),
    }


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("<html><body>Maintenance</body></html>", "answered something that is not JSON"),
        ("", "answered something that is not JSON"),
        ("[" * 100_000, "answered something that is not JSON"),
        (b"\xff\xfe\x00", "answered something that is not JSON"),
        ({"nom": "Abzac", "code": "33001"}, "answered JSON that is not a list of communes"),
        (["33001"], "answered JSON that is not a list of communes"),
        ([ABZAC | {"code": "33002"}], "answered about other communes than 33001"),
        ([{"code": "33001"}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"nom": None}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"nom": "Abzac\nBcc: all"}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"codesPostaux": ["3323"]}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"codesPostaux": [33230]}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"codeDepartement": "Gironde"}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"region": "Nouvelle-Aquitaine"}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"population": "many"}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"population": -1}], "answered about 33001 what cannot be used"),
        ([ABZAC | {"population": True}], "answered about 33001 what cannot be used"),
        (" " * 1_100_000, "answered more than a commune takes"),
    ],
)
def test_garbage_is_refused_at_once_and_nothing_of_it_is_repeated(publisher, answer, problem):
    publisher.next = [says(answer)]
    assert refusal(publisher) == problem
    assert len(publisher.requests) == 1


def test_a_server_in_trouble_is_asked_again(publisher):
    publisher.communes["33001"] = ABZAC
    publisher.next = [status(500), status(503)]
    assert ask().name == "Abzac"
    assert len(publisher.requests) == 3


def test_one_that_stays_in_trouble_is_asked_three_times(publisher):
    publisher.next = [status(500)] * 9
    assert refusal(publisher) == "answered 500"
    assert len(publisher.requests) == 3


@pytest.mark.parametrize("code", [400, 403, 404])
def test_a_refusal_is_not_asked_again(publisher, code):
    publisher.next = [status(code)]
    assert refusal(publisher) == f"answered {code}"
    assert len(publisher.requests) == 1


@pytest.mark.parametrize("told", ["0", "Mon, 23 Nov 2020 10:00:00 GMT", "soon"])
def test_who_is_told_to_wait_a_moment_does(publisher, told):
    publisher.communes["33001"] = ABZAC
    publisher.next = [status(429, Retry_After=told)]
    assert ask().name == "Abzac"
    assert len(publisher.requests) == 2


@pytest.mark.parametrize("told", ["3600", "Wed, 23 Nov 2999 10:00:00 GMT"])
def test_who_is_told_to_wait_for_long_leaves_it_for_the_next_attempt(publisher, told):
    publisher.next = [status(429, Retry_After=told)] * 2
    assert refusal(publisher) == "answered 429"
    assert len(publisher.requests) == 1


def test_a_server_that_says_nothing_is_not_waited_for(settings):
    settings.OPEN_DATA_TIMEOUT_SECONDS = 0.1
    with raw_server(lambda _caller, ended: ended.wait()) as address:
        settings.GEO_API_URL = address
        with pytest.raises(SourceUnavailable, match=r": said nothing for 0\.1 seconds$"):
            ask()


def test_a_server_whose_headers_drip_is_left_at_the_deadline(settings):
    settings.OPEN_DATA_TIMEOUT_SECONDS = 5
    with raw_server(drip(b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n")) as address:
        settings.GEO_API_URL = address
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r": was not done within 0 seconds$"):
            ask(seconds=0.4)
        assert time.monotonic() - began < 3


def test_a_server_with_many_addresses_none_of_which_answers_is_left_at_the_deadline(settings, monkeypatch):
    settings.OPEN_DATA_TIMEOUT_SECONDS = 5
    with ExitStack() as stack:
        port, addresses = 0, [f"127.0.0.{last}" for last in range(21, 25)]
        for address in addresses:
            listener = stack.enter_context(socket.create_server((address, port), backlog=0))
            port = listener.getsockname()[1]
            # One caller waits to be accepted, and for those who come then there is no room.
            for _ in range(2):
                stack.enter_context(caller := socket.socket()).setblocking(False)
                caller.connect_ex((address, port))
        monkeypatch.setattr(
            "socket.getaddrinfo",
            lambda host, *_args, **_options: [
                (socket.AF_INET, socket.SOCK_STREAM, 0, "", (one, port))
                for one in (addresses if host == "geo.test" else [host])
            ],
        )
        settings.GEO_API_URL = f"http://geo.test:{port}"
        began = time.monotonic()
        with pytest.raises(SourceUnavailable, match=r": was not done within 0 seconds$"):
            ask(seconds=0.4)
        assert time.monotonic() - began < 1.5  # each by itself would be 1.6


def test_nobody_at_the_address_is_said_so(settings, publisher):
    with raw_server(lambda _caller, _ended: None) as address:
        pass
    settings.GEO_API_URL = address
    with pytest.raises(SourceUnavailable, match=r": cannot be reached$"):
        ask()


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/communes", "/geo/communes"])
def test_redirects_lead_to_the_web_and_not_in_circles(publisher, location):
    publisher.next = [status(302, Location=location)] * 20
    assert refusal(publisher) == "leads us in a circle or to a place that is not on the web"
    assert len(publisher.requests) <= 5


def test_a_redirect_to_a_name_that_is_none_is_said_so(settings):
    answer = f"HTTP/1.1 302 Found\r\nLocation: http://{'a' * 70}.example/\r\nContent-Length: 0\r\n\r\n".encode()
    problem = r": leads us in a circle or to a place that is not on the web$"
    with (
        raw_server(lambda caller, _ended: caller.sendall(answer)) as settings.GEO_API_URL,
        pytest.raises(SourceUnavailable, match=problem),
    ):
        ask()


def test_packed_answers_are_not_asked_for_and_not_unpacked(publisher):
    """A thousand bytes, packed twice, are as many gigabytes as somebody likes."""
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    publisher.next = [lambda _request: Response(bomb, headers={"Content-Encoding": "gzip, gzip"})]
    tracemalloc.start()
    try:
        assert refusal(publisher) == "answered something that is not JSON"
        # The server of the test, in this process, takes ten million for a moment to empty its connection.
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
    assert publisher.headers("Accept-Encoding") == ["identity"]


def test_a_redirect_on_the_web_is_followed(publisher):
    publisher.communes["33001"] = ABZAC
    publisher.next = [lambda request: Response(status=302, headers={"Location": request.url})]
    assert ask().name == "Abzac"


def test_credentials_in_the_address_are_sent_and_never_shown(publisher, settings, caplog):
    caplog.set_level(logging.DEBUG)
    settings.GEO_API_URL = f"http://operator:s3cr%40t@{publisher.host}/geo"
    publisher.next = [status(500)] * 3
    assert refusal(publisher) == "answered 500"
    assert [(request.authorization.username, request.authorization.password) for request in publisher.requests] == [
        ("operator", "s3cr@t")
    ] * 3
    assert "s3cr" not in caplog.text


@pytest.mark.parametrize("address", ["ftp://geo.example", "geo.api.gouv.fr", "http://", "http://[", "http://a:b"])
def test_an_address_that_is_none_is_named_by_its_setting(settings, address):
    settings.GEO_API_URL = address
    with pytest.raises(SourceUnavailable, match=r"^GEO_API_URL: "):
        ask()

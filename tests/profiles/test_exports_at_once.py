"""Who reads an export slowly keeps a thread, so that few are read at once; and their places come back."""

from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.db import OperationalError
from django.test import Client

from config.wsgi import application
from core.exporting import AT_ONCE, PLACES, TooManyExports
from profiles import selectors, services
from profiles.selectors import Filters
from tests.profiles.factories import LoggedOutProfileFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db(transaction=True)

EXPORT = "/api/v1/logged-out-profiles/export"


def call(path: str = EXPORT, method: str = "GET") -> tuple[str, dict[str, str], Any]:
    """As a web server calls: what is returned is still to be read, and to be closed."""
    environment: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_X_API_KEY": "demo-api-key"}
    environment |= {"HTTP_HOST": "localhost", "wsgi.input": BytesIO()}
    setup_testing_defaults(environment)
    told: list[Any] = []
    parts = application(environment, lambda *said: told.append(said))
    [(status, headers)] = told
    return status[:3], dict(headers), parts


@pytest.fixture
def readers(in_scope) -> Iterator[list[Any]]:
    """As many as there are places, of whom none has read anything."""
    LoggedOutProfileFactory()
    assert PLACES.qsize() == AT_ONCE == 2
    with ExitStack() as stack:
        answers = [call() for _ in range(AT_ONCE)]
        for _, _, parts in answers:
            stack.callback(parts.close)
        assert [status for status, _, _ in answers] == ["200"] * AT_ONCE
        yield [parts for _, _, parts in answers]
    assert PLACES.qsize() == AT_ONCE


def test_one_more_is_refused_and_not_recorded_while_everything_else_is_answered(readers):
    status, headers, parts = call()
    assert (status, headers["Retry-After"]) == ("429", "10")
    assert b"".join(parts) == b'{"detail":"Too many exports are being read. Try again later."}'
    parts.close()
    assert [entry["action"] for entry in audited()] == ["export"] * AT_ONCE
    for path in ("/livez", "/api/v1/logged-out-profiles/"):
        status, _, parts = call(path)
        parts.close()
        assert status == "200"


def test_a_reader_who_goes_away_before_the_first_part_gives_his_place_back_once(readers):
    readers[0].close()
    readers[0].close()
    assert PLACES.qsize() == 1


def test_a_reader_who_goes_away_later_gives_his_place_back(readers):
    assert next(iter(readers[0])).startswith(b"id,agent_name")
    assert PLACES.qsize() == 0
    readers[0].close()
    assert PLACES.qsize() == 1


def test_who_has_read_everything_gives_his_place_back(readers):
    assert b"".join(readers[0]).count(b"\r\n") == 2
    assert PLACES.qsize() == 1
    status, _, parts = call()
    assert (status, b"".join(parts).count(b"\r\n")) == ("200", 2)
    parts.close()
    assert PLACES.qsize() == 1


def test_an_error_before_the_first_record_gives_the_place_back(in_scope, monkeypatch):
    def fail(filters: Filters) -> Iterator[Any]:
        raise OperationalError("gone")

    monkeypatch.setattr(selectors, "export", fail)
    for _ in range(AT_ONCE + 1):
        status, _, parts = call()
        parts.close()
        assert status == "503"
    assert PLACES.qsize() == AT_ONCE


def test_an_error_further_on_gives_the_place_back_and_stands_at_the_end_of_the_file(in_scope, monkeypatch):
    def fail_later(filters: Filters) -> Iterator[Any]:
        yield from [selectors.row(LoggedOutProfileFactory().pk)] * 1000
        raise OperationalError("gone")

    monkeypatch.setattr(selectors, "export", fail_later)
    export = services.export_csv(filters=Filters())
    assert next(export).count(b"\r\n") == 1001
    assert PLACES.qsize() == AT_ONCE - 1
    assert next(export) == b"The export broke off here and is incomplete.\r\n"
    assert PLACES.qsize() == AT_ONCE
    with pytest.raises(OperationalError):
        next(export)


def test_an_export_that_nobody_has_any_more_gives_its_place_back(in_scope):
    exports = [services.export_csv(filters=Filters()) for _ in range(AT_ONCE)]
    with pytest.raises(TooManyExports):
        services.export_csv(filters=Filters())
    exports.clear()
    assert PLACES.qsize() == AT_ONCE


@pytest.fixture
def staff(ours) -> Client:
    ours.admin.is_staff = True
    ours.admin.save(update_fields=["is_staff"])
    browser = Client()
    browser.force_login(ours.admin)
    return browser


def test_staff_are_told_too(readers, staff):
    page = staff.get("/admin/profiles/loggedoutprofile/export/", headers={"Accept": "text/html"})
    assert (page.status_code, page["Retry-After"], page["Content-Type"]) == (429, "10", "text/html; charset=utf-8")
    assert "Too many exports are being read." in page.content.decode()


def test_to_ask_about_the_file_takes_no_place_and_is_not_recorded(in_scope, staff):
    status, headers, parts = call(method="HEAD")
    assert (status, headers["Content-Type"], b"".join(parts)) == ("200", "text/csv; charset=utf-8", b"")
    parts.close()
    assert staff.head("/admin/profiles/loggedoutprofile/export/").status_code == 200
    assert audited() == []
    status, _, parts = call("/api/v1/logged-out-profiles/export/", method="GET")
    parts.close()
    assert (status, len(audited())) == ("200", 1)

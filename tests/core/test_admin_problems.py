"""Errors of the Django admin are pages for people, and JSON for everybody else."""

import pytest
from django.test import Client as Browser

from tests.accounts.conftest import admin_client

pytestmark = pytest.mark.django_db

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.fixture
def staff(ours) -> Browser:
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save()
    return admin_client(ours.admin)


def get(browser, path, accept=CHROME, **headers):
    return browser.get(path, headers={"Accept": accept, **headers})


def test_a_page_that_does_not_exist_is_told_in_words(staff):
    answer = get(staff, "/admin/nowhere/at/all/", **{"X-Request-ID": "abc-123"})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    page = answer.content.decode()
    assert "<h1>Not Found</h1>" in page
    assert "There is no page at this address." in page
    assert 'href="/admin/"' in page
    assert "Request abc-123" in page


def test_a_parameter_that_cannot_be_used_is_told_in_words(staff):
    answer = get(staff, "/admin/trackimmo/client/?status__exact=%00")
    assert answer.status_code == 400
    assert "<h1>Bad Request</h1>" in answer.content.decode()


def test_what_somebody_may_not_do_is_told_in_words(staff):
    answer = get(staff, "/admin/trackimmo/property/add/")
    assert answer.status_code == 403
    assert "<h1>Forbidden</h1>" in answer.content.decode()


def test_a_body_that_is_too_large_is_told_in_words(staff):
    answer = staff.post("/admin/trackimmo/client/add/", {"first_name": "x" * 1_000_001}, headers={"Accept": CHROME})
    assert answer.status_code == 413
    assert "<h1>Request Entity Too Large</h1>" in answer.content.decode()


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, text/html;q=0.9"])
def test_a_program_is_answered_in_json(staff, accept):
    answer = get(staff, "/admin/nowhere/at/all/", accept)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}


def test_a_request_that_says_nothing_is_answered_in_json(staff):
    assert staff.get("/admin/nowhere/at/all/").json() == {"detail": "Not found."}


@pytest.mark.parametrize("path", ["/admin/client/42/nothing", "/admin/jobs/nothing", "/nowhere", "/api/v1/nowhere"])
def test_paths_of_the_api_are_json_in_a_browser_too(staff, path):
    answer = get(staff, path)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}


@pytest.mark.parametrize("path", ["/admin/clients", "/admin/stats", "/admin/health", "/admin/cities"])
def test_a_documented_path_answers_json_in_a_browser(staff, path):
    answer = get(staff, path)
    assert answer.status_code in {401, 406}
    assert list(answer.json()) == ["detail"]


def test_a_path_is_shown_harmless(staff):
    page = get(staff, "/admin/<script>alert(1)</script>/").content.decode()
    assert "<script>" not in page

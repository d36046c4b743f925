"""What every API view inherits: credentials, scope, strict input, slashes, request ids."""

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Organization
from core.middleware import client_address

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.probes")]


@pytest.fixture
def caller(ours) -> APIClient:
    return APIClient(headers={"X-Probe": "demo"})


@pytest.mark.parametrize("path", ["/probe", "/probe/"])
def test_a_path_answers_with_and_without_its_slash(caller, ours, path):
    answer = caller.get(path)
    assert answer.status_code == 200
    assert answer.json() == {"organization": str(ours.organization.pk), "limit": 100, "offset": 0}


def test_a_caller_without_credentials_is_told_how_to_bring_some(http):
    answer = http.get("/probe")
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Authentication credentials were not provided."}
    assert answer["WWW-Authenticate"] == "X-Probe"


def test_an_unknown_caller_is_refused(ours, http):
    answer = http.get("/probe", headers={"X-Probe": "nobody"})
    assert answer.status_code == 401
    assert answer.json() == {"detail": "The credentials are not valid."}


def test_a_known_caller_costs_no_sql(caller, django_assert_num_queries):
    caller.get("/probe")
    with django_assert_num_queries(0):
        assert caller.get("/probe").status_code == 200


def test_what_one_request_asks_is_nothing_to_the_next(caller):
    asked = ["limit=7", "limit=-1", "", "offset=3", "colour=red", "limit=1000&offset=1", ""]
    answers = [caller.get(f"/probe?{query}") for query in asked]
    assert [answer.status_code for answer in answers] == [200, 400, 200, 200, 400, 200, 200]
    said = [answer.json() for answer in answers if answer.status_code == 200]
    assert [(one["limit"], one["offset"]) for one in said] == [(7, 0), (100, 0), (100, 3), (1000, 1), (100, 0)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=-1", "limit"),
        ("limit=1e9", "limit"),
        ("limit=1001", "limit"),
        ("limit=999999999999999999999999", "limit"),
        ("offset=x", "offset"),
        ("limit=1&limit=2", "limit"),
        ("limit=%00", "limit"),
        ("colour=red", "colour"),
        ("format=xml", "format"),
        ("limit[$gt]=1", "limit[$gt]"),
        ("limit=%ff%fe", "limit"),
    ],
)
def test_a_bad_parameter_is_400_and_named(caller, query, field):
    answer = caller.get(f"/probe?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert answer.json()["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"text": "x" * 21}, ["text"]),
        ({"text": "a\x00b"}, ["text"]),
        ({"text": "ok", "colour": "red"}, ["colour"]),
        ({"text": {"$gt": ""}}, ["text"]),
        ({"stars": "many"}, ["text", "stars"]),
        ({"text": "ok", "stars": 10**40}, ["stars"]),
        ({}, ["text"]),
        ([], ["non_field_errors"]),
        ("text", ["non_field_errors"]),
        ({"text": "ok", "a": {"b": ["\x00"]}}, ["a.b[0]"]),
    ],
)
def test_a_bad_body_is_400_and_names_the_fields(caller, body, fields):
    before = Organization.objects.count()
    answer = caller.post("/probe", json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert sorted(answer.json()["errors"]) == sorted(fields)
    assert Organization.objects.count() == before


@pytest.mark.parametrize(
    "raw",
    [b"{", b"", b'{"text": "ok",}', b"\xff\xfe", b'{"text": "\xff"}', b"NaN", b"[" * 100_000, b'{"text": "\\ud800"}'],
)
def test_broken_json_is_400(caller, raw):
    answer = caller.post("/probe", raw, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_depth_bomb_is_400(caller):
    answer = caller.post("/probe", b'{"text":' + b"[" * 500 + b"]" * 500 + b"}", content_type="application/json")
    assert answer.status_code == 400
    assert "Nested deeper than 32 levels" in answer.json()["detail"]


def test_a_body_of_two_megabytes_is_413(caller):
    answer = caller.post("/probe", json.dumps({"text": "x" * 2_000_000}), content_type="application/json")
    assert answer.status_code == 413
    assert answer.json() == {"detail": "The request body is over 1,000,000 bytes."}


def test_a_form_where_json_is_due_is_415(caller):
    answer = caller.post("/probe", {"text": "ok"}, format="multipart")
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json()["detail"]


def test_another_verb_is_405(caller):
    answer = caller.delete("/probe")
    assert answer.status_code == 405
    assert answer.json() == {"detail": 'Method "DELETE" not allowed.'}


def test_a_domain_error_gets_its_status(caller):
    answer = caller.post("/probe", {"text": "conflict"}, format="json")
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Already there."}


def test_a_crash_is_500_and_tells_nothing(caller):
    answer = caller.post("/probe", {"text": "crash"}, format="json")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "Internal server error."}


def test_an_unknown_path_is_404_in_json(http):
    answer = http.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not found."}


def test_a_sane_request_id_comes_back(caller):
    assert caller.get("/probe", headers={"X-Request-ID": "abc-123"})["X-Request-ID"] == "abc-123"


@pytest.mark.parametrize("insane", ["", "x" * 129, "a b", "<script>", "é"])
def test_an_insane_request_id_is_replaced(insane):
    answer = Client().get("/nowhere", headers={"X-Request-ID": insane})
    assert answer["X-Request-ID"] != insane
    assert len(answer["X-Request-ID"]) == 36


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    environment = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(environment) == address

"""What the log says of a request."""

import json
import logging
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import structlog
from django.test import Client
from rest_framework.test import APIClient

from config.logs import Formatter, as_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged(caplog):
    """The lines about requests, oldest first."""
    caplog.set_level(logging.INFO)
    return lambda: [one.msg for one in caplog.records if one.name.startswith("django_structlog")]


def test_the_log_has_the_request_id_that_the_answer_has(logged):
    answer = Client().get("/nowhere", headers={"X-Request-ID": "abc-123"})
    assert answer["X-Request-ID"] == "abc-123"
    assert [(line["event"], line["request_id"]) for line in logged()] == [
        ("request_started", "abc-123"),
        ("request_finished", "abc-123"),
    ]


def test_an_id_that_we_made_is_in_the_log_too(logged):
    answer = Client().get("/nowhere", headers={"X-Request-ID": "not sane"})
    assert {line["request_id"] for line in logged()} == {answer["X-Request-ID"]}


def test_a_query_string_is_not_logged(logged, caplog):
    Client().get("/version?token=hunter2")
    assert [line["request"] for line in logged()] == ["GET /version"] * 2
    assert "hunter2" not in caplog.text


def test_a_line_break_in_a_path_does_not_begin_a_line_of_the_log(logged):
    Client().get("/version%0Arequest_finished")
    assert [line["request"] for line in logged()] == ["GET /version%0Arequest_finished"] * 2


def test_the_address_is_the_one_that_limits_count(logged):
    Client(REMOTE_ADDR="192.0.2.7").get("/version", headers={"X-Forwarded-For": "6.6.6.6"})
    assert {line["ip"] for line in logged()} == {"192.0.2.7"}


def test_whoever_is_let_in_is_named(logged, ours, logged_in):
    APIClient(headers={"X-API-Key": "demo-api-key"}).get("/api/job-status/x")
    assert logged()[-1]["caller"] == "environment:API_KEY"
    logged_in(ours.admin).get("/api/v1/auth/me")
    assert logged()[-1]["caller"] == str(ours.admin.pk)
    Client().get("/version")
    assert "caller" not in logged()[-1]


def test_a_cookie_costs_no_query_where_nobody_asks_for_it(ours, django_assert_num_queries):
    browser = Client()
    browser.force_login(ours.admin)
    with django_assert_num_queries(0):
        assert browser.get("/livez").status_code == 200
        assert browser.get("/version").status_code == 200


@pytest.mark.parametrize("value", [2**70, "\udc80", Decimal("1.5"), datetime(2026, 1, 2, tzinfo=UTC), {1: "one"}])
def test_whatever_a_line_is_about_it_is_one_line_of_json(value):
    render = Formatter(processors=[Formatter.remove_processors_meta, structlog.processors.JSONRenderer(as_json)])
    record = logging.makeLogRecord({"msg": {"event": "said", "value": value}, "_logger": None, "_name": "info"})
    line = render.format(record)
    assert json.loads(line)["event"] == "said"
    assert "\n" not in line
    assert record.msg == {"event": "said", "value": value}

"""The API's description: complete, and made without a warning."""

import logging
import re

import pytest
import yaml

from tests.security.test_every_route import ROUTES

pytestmark = pytest.mark.django_db


def as_described(path: str, schema: dict) -> str:
    """A route's path as the schema spells it."""
    return re.sub(r"<\w+:(\w+)>", r"{\1}", path).removeprefix(schema["basePath"].rstrip("/"))


def test_the_schema_names_every_route_and_warns_of_nothing(http, caplog, recwarn):
    http.get("/livez")  # what starting up warns of is not the schema's
    recwarn.clear()
    with caplog.at_level(logging.WARNING):
        schema = http.get("/swagger.json").json()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert [str(warning.message) for warning in recwarn] == []
    described = {path.rstrip("/") for path in schema["paths"]}
    assert described == {as_described(path, schema) for path, _ in ROUTES}


def test_every_operation_says_what_it_does_and_what_it_answers(http):
    schema = http.get("/swagger.json").json()
    for path, operations in schema["paths"].items():
        for verb, operation in operations.items():
            if verb == "parameters":
                continue
            assert operation["description"], (verb, path)
            assert any("schema" in answer for code, answer in operation["responses"].items() if code < "300"), (
                verb,
                path,
            )


def test_every_post_that_heeds_an_idempotency_key_says_that_another_request_may_have_used_it(http):
    schema = http.get("/swagger.json").json()
    heeding = {
        as_described(path, schema)
        for path, view in ROUTES
        if view.needs_login and view.repeats_answers and hasattr(view, "post")
    }
    silent = {
        path
        for path, operations in schema["paths"].items()
        if path.rstrip("/") in heeding and "409" not in operations["post"]["responses"]
    }
    assert "/api/process-client" in heeding
    assert silent == set()


def test_yaml_says_the_same(http):
    answer = http.get("/swagger.yaml")
    assert yaml.safe_load(answer.content)["paths"].keys() == http.get("/swagger.json").json()["paths"].keys()


@pytest.mark.parametrize("path", ["/swagger/", "/swagger", "/redoc/", "/redoc"])
def test_the_pages_show(http, path):
    answer = http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")

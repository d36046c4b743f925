"""The API's description: complete, and made without a warning."""

import logging
import re

import pytest
import yaml

from tests.security.test_every_route import ROUTES

pytestmark = pytest.mark.django_db


def test_the_schema_names_every_route_and_warns_of_nothing(http, caplog, recwarn):
    http.get("/livez")  # what starting up warns of is not the schema's
    recwarn.clear()
    with caplog.at_level(logging.WARNING):
        schema = http.get("/swagger.json").json()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert [str(warning.message) for warning in recwarn] == []
    described = {path.rstrip("/") for path in schema["paths"]}
    assert described == {
        re.sub(r"<\w+:(\w+)>", r"{\1}", path).removeprefix(schema["basePath"].rstrip("/")) for path, _ in ROUTES
    }


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


def test_yaml_says_the_same(http):
    answer = http.get("/swagger.yaml")
    assert yaml.safe_load(answer.content)["paths"].keys() == http.get("/swagger.json").json()["paths"].keys()


@pytest.mark.parametrize("path", ["/swagger/", "/swagger", "/redoc/", "/redoc"])
def test_the_pages_show(http, path):
    answer = http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")

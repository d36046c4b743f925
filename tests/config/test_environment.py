"""Production starts with everything it needs, or says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, with the tests' environment changed as given."""
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["CTO_EMAIL", "EMAIL_SENDER"])
@pytest.mark.parametrize("address", ["nobody", "a@b@c", "Boss <boss@>"])
def test_an_address_that_is_none_stops_the_start(name, address):
    refusal = start(**{name: address})
    assert refusal.returncode == 1
    assert f"ImproperlyConfigured: {name} is not an e-mail address: {address!r}" in refusal.stderr


def test_an_address_may_have_a_name():
    assert start(EMAIL_SENDER="Track Immo <noreply@trackimmo.test>").returncode == 0


@pytest.mark.parametrize(
    ("at_fault", "others"),
    [
        ({"MAX_PROPERTY_AGE_YEARS": "6"}, {"MIN_PROPERTY_AGE_YEARS": "8"}),
        ({"MAX_PROPERTY_AGE_YEARS": "3000"}, {}),
        ({"MIN_PROPERTY_AGE_YEARS": "-1"}, {}),
        ({"DEFAULT_ADDRESSES_PER_REPORT": "0"}, {}),
        ({"DEFAULT_ADDRESSES_PER_REPORT": "501"}, {}),
    ],
)
def test_a_rule_that_serves_no_client_stops_the_start(at_fault, others):
    refusal = start(**at_fault, **others)
    assert refusal.returncode == 1
    [name] = at_fault
    assert name in refusal.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value", "schemes"),
    [
        ("GEO_API_URL", "geo.api.gouv.fr", "http or https"),
        ("GEO_API_URL", "file:///srv/geo", "http or https"),
        ("DVF_BASE_URL", "ftp://files.example/dvf", "http or https or file"),
        ("DVF_BASE_URL", "https:///dvf", "http or https or file"),
        ("DVF_BASE_URL", "https://user:secret@files.example/dvf?token=secret", "http or https or file"),
        ("DVF_YEAR_URLS", "2018=https://files.example,2019=file:srv/dvf", "http or https or file"),
    ],
)
def test_a_place_that_nothing_can_be_read_from_stops_the_start(name, value, schemes):
    refusal = start(**{name: value})
    assert refusal.returncode == 1
    assert f"{name} must be an address that begins with {schemes} and has no query" in refusal.stderr
    assert "secret" not in refusal.stderr


def test_years_may_have_places_of_their_own():
    assert start(DVF_YEAR_URLS="2018=https://user:secret@files.example/dvf/,2019=file:///srv/dvf").returncode == 0

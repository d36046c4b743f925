"""The production layout in `docker-compose.yml`."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from devstack.postgres import DISCREET

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVERS = {"postgres", "mongo", "valkey"}
PROCESSES = {"migrate", "web", "live", "worker", "beat"}

DOCKER = shutil.which("docker")
COMPOSE_VERSION = [DOCKER or "false", "compose", "version"]
HAS_DOCKER_COMPOSE = subprocess.run(COMPOSE_VERSION, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file as docker reads it, before it fills in the variables."""
    return yaml.safe_load(TEXT)


def test_it_follows_the_compose_specification(compose):
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(compose)] == []


def test_the_specification_refuses_a_misspelt_key(compose):
    service = {**compose["services"]["web"], "heathcheck": {}}
    assert not Draft202012Validator(SCHEMA).is_valid({"services": {"web": service}})


def test_it_runs_every_server_and_every_process(compose):
    assert set(compose["services"]) == SERVERS | PROCESSES


def test_its_database_is_as_discreet_as_the_embedded_one(compose):
    flags = [word for name, value in DISCREET.items() for word in ("-c", f"{name}={value}")]
    assert compose["services"]["postgres"]["command"] == ["postgres", *flags]


def test_no_process_starts_before_the_servers_are_healthy_and_migrations_are_done(compose):
    healthy = {server: {"condition": "service_healthy"} for server in SERVERS}
    done = {"migrate": {"condition": "service_completed_successfully"}}
    assert compose["services"]["migrate"]["depends_on"] == healthy
    for process in PROCESSES - {"migrate"}:
        assert compose["services"][process]["depends_on"] == healthy | done


def test_what_runs_for_long_is_checked_and_started_again(compose):
    for name in SERVERS | {"worker", "beat"}:
        assert compose["services"][name]["healthcheck"]["test"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()
    for name in SERVERS | PROCESSES - {"migrate"}:
        assert compose["services"][name]["restart"] == "unless-stopped"


def test_web_and_live_listen_where_the_image_checks_their_health(compose):
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "urlopen('http://127.0.0.1:8000/livez'" in dockerfile
    assert '"--port", "8000"' in dockerfile
    assert "--port=8000" in compose["services"]["live"]["command"]
    for process in ("web", "live"):
        assert "healthcheck" not in compose["services"][process]
        assert compose["services"][process]["ports"][0].endswith(":8000")


def test_secrets_have_no_default():
    secret = re.compile(r"\$\{(?P<name>\w*(?:PASSWORD|KEYS?|TOKEN))(?P<rest>\W[^}]*)?\}")
    found = {match["name"]: match["rest"] for match in secret.finditer(TEXT)}
    assert found.pop("SMTP_PASSWORD") == ":-"  # a mail server may want no login
    assert len(found) >= 7
    assert [name for name, rest in found.items() if not (rest or "").startswith(":?")] == []


def test_it_sets_what_production_refuses_to_start_without(compose):
    bare = {"PATH": os.environ["PATH"], "DATABASE_URL": "", "DEBUG": "false"}
    refusal = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refusal.returncode == 1
    missing = re.search(r"ImproperlyConfigured: Missing settings \(.*?\): (.*)", refusal.stderr)[1].split(", ")
    assert "SECRET_KEY" in missing
    assert set(missing) <= set(compose["services"]["web"]["environment"])


def test_what_the_readme_lets_you_configure_reaches_every_process(compose):
    rows = re.findall(r"^\| (`[A-Z].*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert "RATE_LIMIT_REQUESTS" in documented
    for process in PROCESSES:
        assert documented <= set(compose["services"][process]["environment"])


def test_it_sets_nothing_that_nobody_reads(compose):
    code = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    read = set(re.findall(r'(?:env\.\w+|required\.\w+|positive)\(\s*"(\w+)"', code))
    for process in PROCESSES:
        assert set(compose["services"][process]["environment"]) <= read


@pytest.mark.skipif(not HAS_DOCKER_COMPOSE, reason="docker compose is not installed")
def test_docker_compose_understands_it():
    variables = dict.fromkeys(re.findall(r"\$\{(\w+):\?", TEXT), "value")
    checked = subprocess.run(
        [DOCKER, "compose", "config", "--quiet"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr

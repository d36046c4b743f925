"""What operators and load balancers are told."""

import threading
import time

import pytest
import redis as redis_py
from django.db import connection
from django.test import Client

from core import outbox, redis
from core.health import draining, heartbeat, probing, readiness, scraping
from core.outbox.models import OutboxEvent

pytestmark = pytest.mark.django_db

DEAD_MONGO = "mongodb://127.0.0.1:1/?replicaSet=rs0"
TOKEN = {"Authorization": "Bearer demo-metrics-token"}


@pytest.fixture(autouse=True)
def _asked_anew():
    readiness.readiness.forget()
    yield
    readiness.readiness.forget()


@pytest.fixture
def alive():
    """A worker and a scheduler that have just pulsed."""
    heartbeat.pulse(heartbeat.WORKER)
    heartbeat.pulse(heartbeat.BEAT)


@pytest.fixture
def dead_redis(monkeypatch):
    dead = redis_py.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.5)
    monkeypatch.setattr(redis, "client", lambda: dead)


def ready(client):
    began = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - began < 2.5
    body = answer.json()
    down = {name: check["detail"] for name, check in body["checks"].items() if check["status"] != "up"}
    return answer.status_code, body["status"], down


def test_livez_touches_nothing(client, django_assert_num_queries, dead_redis, settings):
    settings.MONGODB_URI = DEAD_MONGO
    with django_assert_num_queries(0):
        answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/readyz/"])
def test_a_balancer_may_ask_by_address_and_without_tls(client, alive, settings, path):
    settings.ALLOWED_HOSTS = ["switchboard.example"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, headers={"Host": "10.0.0.5:8000"})
    assert (answer.status_code, "X-Request-ID" in answer) == (200, True)


def test_nothing_else_answers_under_a_host_that_is_not_ours(settings):
    settings.ALLOWED_HOSTS = ["switchboard.example"]
    for path in ("/", "/metrics", "/version", "/livez/x", "/admin/login/"):
        answer = Client().get(path, headers={"Host": "evil.example"})
        assert (answer.status_code, answer.json()) == (400, {"detail": "Bad request."})


def test_all_is_well(client, alive):
    assert ready(client) == (200, "ready", {})
    assert set(client.get("/readyz/").json()["checks"]) == {
        "postgres",
        "migrations",
        "redis",
        "worker",
        "beat",
        "mongo",
    }


def test_a_worker_and_a_scheduler_without_a_pulse_are_reported(client):
    silent = "no heartbeat for 15 seconds"
    assert ready(client) == (200, "degraded", {"worker": silent, "beat": silent})


def test_a_pulse_lasts_fifteen_seconds(alive):
    assert 14_000 < redis.client().pttl(heartbeat.WORKER) <= 15_000


def test_mongo_and_redis_degrade_only(client, alive, dead_redis, settings):
    settings.MONGODB_URI = DEAD_MONGO
    status, state, down = ready(client)
    assert (status, state) == (200, "degraded")
    assert set(down) == {"redis", "worker", "beat", "mongo"}
    assert (down["redis"], down["mongo"]) == ("ConnectionError", "ServerSelectionTimeoutError")


def test_a_migration_that_is_not_applied_means_unavailable(client, alive, monkeypatch):
    in_code = readiness.migrations_in_code() | {("outbox", "9999_later")}
    monkeypatch.setattr(readiness, "migrations_in_code", lambda: in_code)
    assert ready(client) == (503, "unavailable", {"migrations": "not applied: outbox.9999_later"})


def test_a_database_that_is_down_means_unavailable(client, alive, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    status, state, down = ready(client)
    assert (status, state) == (503, "unavailable")
    assert down == {"postgres": "OperationalError", "migrations": "OperationalError"}


def test_a_dependency_that_hangs_is_not_waited_for_and_not_asked_twice():
    calls, release = [], threading.Event()

    def hang():
        calls.append(1)
        release.wait(10)
        return {"slow": probing.Finding(is_up=True)}

    slow = probing.Probe(("slow",), hang)
    quick = probing.Probe(("quick",), lambda: {"quick": probing.Finding(is_up=True)})
    for _ in range(2):
        began = time.monotonic()
        assert probing.ask_all([slow, quick], seconds=0.2) == {
            "slow": probing.Finding(is_up=False, detail="no answer in time"),
            "quick": probing.Finding(is_up=True),
        }
        assert time.monotonic() - began < 5  # it hangs for ten
    assert calls == [1]
    release.set()
    assert slow.ask().result(timeout=5)["slow"].is_up


def test_a_server_that_drains_says_so(client, alive, tmp_path, monkeypatch):
    monkeypatch.setenv("DRAINING_FILE", str(tmp_path / "draining"))
    assert ready(client) == (200, "ready", {})
    (tmp_path / "draining").touch()
    assert ready(client) == (503, "stopping", {})


def test_the_findings_are_asked_for_once_a_second(client, alive, monkeypatch):
    ready(client)
    monkeypatch.setattr(readiness, "ask_all", lambda *_, **__: pytest.fail("asked again"))
    assert ready(client) == (200, "ready", {})


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "demo-metrics-token"}])
def test_metrics_are_for_whoever_knows_the_token(client, headers):
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="metrics"'
    assert b"switchboard" not in answer.content


def page(client):
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    return answer.content.decode().splitlines()


def test_requests_are_counted_by_route_method_and_status(client):
    def number():
        name = 'switchboard_http_requests_total{method="GET",route="livez",status="200"} '
        return next((float(line.removeprefix(name)) for line in page(client) if line.startswith(name)), 0)

    before = number()
    client.get("/livez")
    client.get("/livez/")
    assert number() == before + 2


def test_callers_cannot_make_up_labels(client):
    client.get("/no/such/path/7f3a")
    client.generic("BREW", "/livez")
    lines = page(client)
    assert not any("7f3a" in line or "BREW" in line for line in lines)
    assert any('route="unmatched"' in line for line in lines)
    assert any('method="OTHER"' in line for line in lines)


def test_the_outbox_is_measured_at_each_scrape(client, inbox, in_scope):
    assert not any("test.one" in line for line in page(client))
    for number in range(3):
        outbox.publish("test.one", {"n": number})
    inbox.error = outbox.Reject("no")
    event = OutboxEvent.objects.first()
    outbox.relay("test.one")
    OutboxEvent.objects.filter(pk=event.pk).update(parked_at=None)
    lines = page(client)
    assert 'switchboard_outbox_events{state="parked",topic="test.one"} 2.0' in lines
    assert 'switchboard_outbox_events{state="due",topic="test.one"} 1.0' in lines
    assert any(line.startswith('switchboard_outbox_oldest_seconds{state="due",topic="test.one"}') for line in lines)


def test_a_gauge_that_fails_leaves_the_others(client, monkeypatch):
    def fail():
        raise ValueError("broken gauge")

    monkeypatch.setattr(scraping, "_readers", [fail, *scraping._readers])
    assert "# TYPE switchboard_outbox_events gauge" in page(client)


def test_the_front_page_tells_programs_where_everything_lies(client):
    answer = client.get("/")
    body = answer.json()
    assert (body["name"], body["status"]) == ("Switchboard", {"connected": True})
    assert body["endpoints"]["readyz"] == "/readyz"
    assert body["endpoints"]["job-status"] == "/api/job-status/{job_id}"
    assert answer["Vary"] == "Accept"
    assert client.get("/", headers={"Accept": "*/*"}).json() == body


def test_the_front_page_leads_people_to_their_pages(client):
    answer = client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/metrics"])
def test_they_are_to_be_read_only(path):
    answer = Client().post(path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json() == {"detail": 'Method "POST" not allowed.'}
    assert Client().head(path, headers=TOKEN).status_code == 200


def test_a_cleaned_up_metrics_directory_is_made_anew(client, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "gone"))
    assert "# TYPE switchboard_outbox_events gauge" in page(client)


def test_draining_is_announced_although_its_directory_was_cleaned_up(monkeypatch, tmp_path):
    monkeypatch.setenv(draining.VARIABLE, str(tmp_path / "gone" / "draining"))
    assert not draining.is_draining()
    draining.announce()
    assert draining.is_draining()

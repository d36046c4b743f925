"""POST /api/v1/auth/login/"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from rest_framework.test import APIClient
from structlog.stdlib import ProcessorFormatter

from accounts.errors import TooManyFailures, WrongCredentials
from accounts.models import LoginSession, User
from accounts.selectors import user_by_email
from accounts.services import attempts
from accounts.services.sessions import open_session
from core.outbox.models import OutboxEvent
from core.wording import counted
from tests.accounts.conftest import audited, device_for, log_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_answer_holds_tokens_and_the_user(ours):
    User.unscoped.filter(pk=ours.client.pk).update(full_name="Clara Client")
    answer = log_in("client@demo.test")
    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("access").count(".") == body.pop("refresh").count(".") == 2
    assert body == {
        "success": True,
        "token_type": "Bearer",
        "expires_in": 1800,
        "user": {
            "id": str(ours.client.pk),
            "email": "client@demo.test",
            "full_name": "Clara Client",
            "role": "client",
            "organization": {"id": str(ours.organization.pk), "name": "Demo", "slug": "demo"},
        },
    }
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-RateLimit-Limit"] == "10"


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/api/v1/auth/login/"])
def test_the_trailing_slash_is_optional(ours, http, path):
    body = {"email": "client@demo.test", "password": PASSWORD}
    assert http.post(path, body, format="json").status_code == 200


def test_a_login_is_a_session_of_that_device_and_is_recorded(ours):
    before = timezone.now()
    log_in("agent@demo.test", **{"User-Agent": "curl/8"})
    session = LoginSession.unscoped.get()
    assert (session.user_id, session.organization_id) == (ours.agent.pk, ours.organization.pk)
    assert (session.ip_address, session.user_agent, session.revoked_at) == ("127.0.0.1", "curl/8", None)
    assert session.expires_at >= before + django_settings.REFRESH_TOKEN_LIFETIME
    ours.agent.refresh_from_db()
    assert ours.agent.last_login is not None
    assert audited() == [("login", "user", str(ours.agent.pk))]
    entry = OutboxEvent.unscoped.get(topic="audit.entry")
    assert entry.organization_id == ours.organization.pk
    assert (entry.payload["user_id"], entry.payload["ip_address"]) == (str(ours.agent.pk), "127.0.0.1")


@pytest.mark.parametrize("email", ["CLIENT@demo.test", "Client@Demo.Test", " client@demo.test "])
def test_the_case_of_the_address_does_not_matter(ours, email):
    assert log_in(email).json()["user"]["email"] == "client@demo.test"


def test_a_missing_account_a_wrong_password_and_a_closed_account_cannot_be_told_apart(ours, counting_hasher):
    for user in (ours.admin, ours.client):
        user.set_password(PASSWORD)
        user.save()
    User.unscoped.filter(pk=ours.client.pk).update(is_active=False)
    answers, costs = [], []
    for email, password in [
        ("nobody@demo.test", PASSWORD),
        ("admin@demo.test", "wrong"),
        ("client@demo.test", PASSWORD),
    ]:
        counting_hasher.hashed = 0
        answer = log_in(email, password)
        answers.append((answer.status_code, answer.content, sorted(answer.headers)))
        costs.append(counting_hasher.hashed)
    assert answers[0][:2] == (401, b'{"detail":"Wrong e-mail address or password."}')
    assert answers[0] == answers[1] == answers[2]
    assert costs == [1, 1, 1]
    assert not LoginSession.unscoped.exists()


def test_a_user_of_any_organization_logs_in_to_his_own(ours, theirs):
    assert log_in("client@other.test").json()["user"]["organization"]["slug"] == "other"


@pytest.mark.parametrize("email", ["client@demo.test", "nobody@demo.test"])
def test_the_eleventh_failure_closes_an_account_for_a_while_existing_or_not(ours, settings, email):
    settings.RATE_LIMIT_ENABLED = False
    assert [log_in(email, "wrong").status_code for _ in range(10)] == [401] * 10
    answer = log_in(email)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 900
    assert answer.json() == {
        "success": False,
        "message": f"Too many failed attempts. Try again in {counted(int(answer['Retry-After']), 'second')}.",
    }
    assert log_in("agent@demo.test").status_code == 200
    assert LoginSession.unscoped.count() == 1


def test_a_success_wipes_the_failures_away(ours, settings):
    settings.RATE_LIMIT_ENABLED = False
    for _ in range(2):
        assert [log_in("client@demo.test", "wrong").status_code for _ in range(9)] == [401] * 9
        assert log_in("client@demo.test").status_code == 200


def test_failures_with_many_accounts_close_the_address(ours, settings):
    settings.RATE_LIMIT_ENABLED = False
    for number in range(30):
        assert log_in(f"{number}@demo.test").status_code == 401
    assert log_in("client@demo.test").status_code == 429
    assert not LoginSession.unscoped.exists()


def test_logins_that_succeed_do_not_count_against_the_address(ours, settings):
    settings.RATE_LIMIT_ENABLED = False
    assert {log_in("client@demo.test").status_code for _ in range(35)} == {200}


def test_of_guesses_sent_at_the_same_moment_ten_are_looked_at():
    start = threading.Barrier(25)

    def guess(_: int) -> bool:
        start.wait()
        try:
            attempts.begin(account="client@demo.test", address="192.0.2.1")
        except TooManyFailures:
            return False
        return True

    with ThreadPoolExecutor(25) as pool:
        assert sum(pool.map(guess, range(25))) == 10


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8::1", "2001:db8::ffff:2"), ("unix:", None), ("192.0.2.1", "192.0.2.1")],
)
def test_addresses_of_one_network_count_together(one, other):
    for _ in range(15):
        attempts.begin(account="a", address=one).succeeded()
        attempts.begin(account=f"{_}", address=one)
        attempts.begin(account=f"{_}", address=other)
    with pytest.raises(TooManyFailures):
        attempts.begin(account="b", address=other)
    attempts.begin(account="c", address="198.51.100.1")


def test_the_eleventh_login_of_a_minute_from_one_address_has_to_wait(ours, http):
    answers = [log_in("client@demo.test") for _ in range(12)]
    assert [one.status_code for one in answers[:10]] == [200] * 10
    answer = answers[-1]  # where a window of the limit ends in between, it admits an eleventh
    assert answer.status_code == 429
    assert (answer["X-RateLimit-Limit"], answer["X-RateLimit-Remaining"]) == ("10", "0")
    assert 0 < int(answer["Retry-After"]) <= 120


def test_without_redis_nobody_logs_in(ours, no_redis):
    answer = log_in("client@demo.test")
    assert answer.status_code == 503
    assert answer.json() == {"success": False, "message": "The service is temporarily unavailable."}
    assert not LoginSession.unscoped.exists()


def test_without_redis_nobody_logs_in_even_if_limits_are_turned_off(ours, settings, no_redis):
    settings.RATE_LIMIT_ENABLED = False
    assert log_in("client@demo.test").status_code == 503
    assert not LoginSession.unscoped.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "client@demo.test"}, "password"),
        ({"password": PASSWORD}, "email"),
        ({"email": "client@demo.test", "password": PASSWORD, "remember": True}, "remember"),
        ({"email": ["client@demo.test"], "password": PASSWORD}, "email"),
        ({"email": {"$gt": ""}, "password": PASSWORD}, "email"),
        ({"email": "client@demo.test", "password": {"$gt": ""}}, "password"),
        ({"email": "client@demo.test", "password": True}, "password"),
        ({"email": None, "password": PASSWORD}, "email"),
        ({"email": "client", "password": PASSWORD}, "email"),
        ({"email": "client@demo.test\x00", "password": PASSWORD}, "email"),
        ({"email": "client@demo.test", "password": "\x00"}, "password"),
        ({"email": "client@demo.test", "password": "x" * 257}, "password"),
        ({"email": f"{'x' * 250}@demo.test", "password": PASSWORD}, "email"),
        ([], "non_field_errors"),
        ("client@demo.test", "non_field_errors"),
    ],
)
def test_bad_input_is_refused_by_name(ours, http, body, field):
    answer = http.post("/api/v1/auth/login/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert list(answer.json()["errors"]) == [field]
    assert not LoginSession.unscoped.exists()


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"email": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(ours, raw):
    answer = APIClient().generic("POST", "/api/v1/auth/login/", raw, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["success"] is False


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_405(http, method):
    assert getattr(http, method)("/api/v1/auth/login/").status_code == 405


def test_a_bad_token_in_the_header_does_not_keep_anybody_from_logging_in(ours):
    assert log_in("client@demo.test", Authorization="Bearer rubbish").status_code == 200


def test_a_crash_while_logging_in_writes_no_password_into_the_log(ours, monkeypatch, caplog):
    def crash(*, user: User) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("accounts.services.sessions.open_session", crash)
    assert log_in("client@demo.test").status_code == 500
    formatters = [one.formatter for one in logging.getLogger().handlers]
    (formatter,) = [one for one in formatters if isinstance(one, ProcessorFormatter)]
    logged = "".join(formatter.format(record) for record in caplog.records)
    assert "RuntimeError" in logged
    assert PASSWORD not in logged


def test_a_hash_of_older_days_is_renewed_and_ends_the_logins_made_under_it(ours, settings):
    phone = device_for(ours.client)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    renewed = device_for(ours.client)
    assert User.unscoped.get(pk=ours.client.pk).password.startswith("pbkdf2_sha256$")
    assert renewed.is_in()
    assert not phone.is_in()


@pytest.mark.parametrize("change", [{"password": "another"}, {"is_active": False}])
def test_a_password_checked_before_the_account_changed_opens_nothing(ours, change):
    checked = user_by_email("client@demo.test")
    User.unscoped.filter(pk=ours.client.pk).update(**change)
    with pytest.raises(WrongCredentials):
        open_session(user=checked)
    assert not LoginSession.unscoped.exists()

"""No token and no key can be read anywhere, whatever goes wrong.

Tokens and keys that can be told from anything else are planted, everything is driven by hand and by real processes
that log all they can, and then everything that anybody could read is searched.
"""

import base64
import io
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from rest_framework.test import APIClient

from audit.documents import AUDIT_LOGS
from checkin import services
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun, UpstreamStanding
from checkin.services.refreshing import claiming, ledger, single
from checkin.upstream import refreshing
from checkin.upstream.breaking import forget_failures
from config.logs import LOGGING
from core import outbox
from core.outbox.models import OPEN, OutboxEvent
from core.secrets import decrypt
from core.testing.mongo import start_empty
from core.testing.waiting import eventually
from devstack.upstream.control import UpstreamControl
from devstack.upstream.faults import ApiFault, PageFault
from devstack.upstream.server import Upstream
from tests.checkin.haystack import Haystack, listening, read_everything_stored, read_mails

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

KEY = "planted-checkout-key-0001"
OLD_ENCRYPTION_KEY, NEW_ENCRYPTION_KEY = (Fernet.generate_key().decode() for _ in range(2))
PLANTED = "planted-token"
# What every token begins with that the stand-in gives.
ROTATED = "eyJpdiI6"
SECRETS = [KEY, OLD_ENCRYPTION_KEY, NEW_ENCRYPTION_KEY, PLANTED, ROTATED]
NORMAL = [f"user{number}@uni.test" for number in range(3)]
EXPIRED = "expired@uni.test"
FAULTY = {f"{fault}@uni.test": fault for fault in PageFault}
PATHS = [
    "/api/v1/auth/test",
    "/api/v1/status",
    "/api/v1/state",
    "/api/v1/refresh-runs",
    "/api/v1/fetch-users",
    *(f"/api/v1/session-history/{email}" for email in (*NORMAL, EXPIRED, *FAULTY)),
]


# What must have been read where: whoever looked away found nothing, either.
KNOWN = {
    "answers": NORMAL[0],
    "admin pages": NORMAL[0],
    "commands": EXPIRED,
    "database": EXPIRED,
    "documents": "checkin_refresh",
    "redis": "identity:environment",
    "redis commands": "checkin.tasks.look",
    "logs of processes": "checkin_users_fetched",
    "log": "a mistake of ours",
    "mails": EXPIRED,
}


@pytest.fixture
def haystack() -> Haystack:
    return Haystack()


@pytest.fixture
def upstream(settings, monkeypatch, tmp_path) -> Iterator[UpstreamControl]:
    """An upstream of this test's own that takes the planted key, with users whose tokens are planted."""
    planted = {
        "CHECKOUT_API_KEY": KEY,
        "ENCRYPTION_KEYS": f"{NEW_ENCRYPTION_KEY},{OLD_ENCRYPTION_KEY}",
        "CHECKIN_TIMEOUT_SECONDS": "1",
        "CHECKIN_CONCURRENCY": "4",
        "LOG_LEVEL": "DEBUG",
        "OUTBOX_LEASE_SECONDS": "5",
    }
    for name, value in planted.items():
        monkeypatch.setenv(name, value)
    server = Upstream(tmp_path / "upstream", durable=False)
    server.start()
    settings.CHECKOUT_API_KEY, settings.ENCRYPTION_KEYS = KEY, OLD_ENCRYPTION_KEY
    settings.CHECKOUT_API_URL = settings.CHECKIN_URL = server.url
    settings.CHECKIN_TIMEOUT_SECONDS, settings.CHECKIN_CONCURRENCY = 1, 4
    for name in ("CHECKOUT_API_URL", "CHECKIN_URL"):
        monkeypatch.setenv(name, server.url)
    control = UpstreamControl(server.url)
    control.reset()
    for number, email in enumerate((*NORMAL, EXPIRED, *FAULTY)):
        control.add_user(email, token=f"{PLANTED}-{number:04d}-abcdefgh", fault=FAULTY.get(email))
    control.expire(EXPIRED)
    yield control
    server.stop()


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What this process logs, written as in production with LOG_LEVEL=DEBUG."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    formatter = LOGGING["formatters"]["structured"]
    handler.setFormatter(
        formatter["()"](foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"])
    )
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def caller(ours, upstream) -> APIClient:
    """A program with the planted key, that is shown every answer."""
    return APIClient(headers={"x-checkout-key": KEY}, raise_request_exception=False)


@pytest.fixture
def ask(caller, haystack) -> Callable[..., int]:
    """Ask and keep the answer."""

    def ask(path: str, *, by: APIClient = caller, method: str = "get") -> int:
        forget_failures()  # so that no breaker spares the next request
        answer = getattr(by, method)(path)
        haystack.add("answers", str(answer.headers), answer.content)
        return answer.status_code

    return ask


def drive_the_api(ask, upstream, settings) -> None:
    """Every endpoint, with the key, with a wrong one that is planted too, and with an upstream that misbehaves."""
    assert ask("/api/v1/fetch-users") == 200
    for email in (*NORMAL, EXPIRED, *FAULTY):
        assert ask(f"/api/v1/refresh-session/{email}") == 200
    assert ask("/api/v1/refresh?wait=false", method="post") == 202
    wrong = APIClient(headers={"x-checkout-key": f"{PLANTED}-wrong-key"})
    for path in PATHS:
        assert ask(path) == 200, path
        assert ask(path, by=wrong) == 400
    for fault in ApiFault:
        upstream.set_api_fault(fault)
        assert ask("/api/v1/fetch-users") == 503
        services_check(ask)
    upstream.set_api_fault(None)
    settings.CHECKOUT_API_KEY = f"{PLANTED} that cannot be sent"
    services_check(ask)
    settings.CHECKOUT_API_KEY = KEY


def services_check(ask) -> None:
    forget_failures()
    services.check_connection()
    assert ask("/api/v1/status") in {200, 400}


def drive_updates_that_are_refused(upstream) -> None:
    """The upstream is told of tokens, and says that it has another, or says nothing sensible at all."""
    upstream.rotate(NORMAL[0])
    upstream.log_in(NORMAL[1])
    for fault in (ApiFault.GARBAGE, ApiFault.LOST_ANSWER, ApiFault.ERROR, None):
        forget_failures()
        upstream.set_api_fault(fault)
        OutboxEvent.unscoped.filter(OPEN).update(available_at=timezone.now())
        outbox.relay_all()


def drive_what_should_not_happen(ask, monkeypatch) -> None:
    """Errors of ours, raised where tokens are at hand, with tracebacks in the log."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    for place, name, status in ((ledger, "finish", 500), (ledger, "keep_tokens", 500), (refreshing, "read_page", 503)):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, broken)
            # Nobody waits for whoever holds the session.
            for holder in (single, claiming):
                patched.setattr(holder, "lease_seconds", lambda: 2.0)
            assert ask(f"/api/v1/refresh-session/{NORMAL[2]}") == status
        # Whoever made the mistake still holds the session.
        CheckinSession.unscoped.update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def drive_the_admin(ours, haystack) -> None:
    """Every page of check-in and of the outbox, and what its actions say."""
    ours.admin.is_staff = ours.admin.is_superuser = True
    ours.admin.save(update_fields=["is_staff", "is_superuser"])
    browser = Browser()
    browser.force_login(ours.admin)
    for model in (CheckinSession, RefreshRun, RefreshAttempt, UpstreamStanding, OutboxEvent):
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pages = [
            path,
            *(f"{path}{row.pk}/{page}/" for row in model.objects.all()[:30] for page in ("change", "history")),
        ]
        for page in pages:
            answer = browser.get(page)
            assert answer.status_code == 200, page
            haystack.add("admin pages", answer.content)
    session = CheckinSession.objects.get(email=NORMAL[0])
    sent = {"action": "refresh_now", "_selected_action": [str(session.pk)]}
    haystack.add("admin pages", browser.post("/admin/checkin/checkinsession/", sent, follow=True).content)


def drive_the_commands(haystack, capsys) -> None:
    """They fail, because sessions do, and say so."""
    for arguments in (
        ["fetch_users"],
        ["refresh_sessions"],
        ["refresh_sessions", "--email", EXPIRED],
        ["rotate_secrets"],
    ):
        forget_failures()
        try:
            call_command(*arguments)
        except CommandError as error:
            haystack.add("commands", str(error))
    haystack.add("commands", *capsys.readouterr())


def drive_the_processes(upstream, haystack, start_worker, start_beat) -> None:
    """A worker and beat do what is due until nothing is left to do; most users are well by then."""
    for email, fault in FAULTY.items():
        if fault not in {PageFault.GARBAGE, PageFault.WRONG_EMAIL, PageFault.ERROR_ROTATED}:
            upstream.set_fault(email, None)
    CheckinSession.unscoped.update(
        next_refresh_at=timezone.now(), lease_token=None, lease_expires_at=None, attempted_at=None
    )
    UpstreamStanding.unscoped.update(next_users_fetch_at=timezone.now(), next_check_at=timezone.now())
    OutboxEvent.unscoped.filter(OPEN).update(available_at=timezone.now())
    begun = timezone.now()
    beat, worker = start_beat(), start_worker()
    eventually(lambda: RefreshRun.unscoped.filter(kind="due", finished_at__gt=begun).exists(), seconds=60)
    eventually(lambda: not OutboxEvent.unscoped.filter(OPEN).exists(), seconds=60)
    eventually(lambda: UpstreamStanding.unscoped.filter(users_fetched_at__gt=begun).exists())
    for process in (beat, worker):
        process.ask_to_stop()
        process.wait_stopped(seconds=15)
        haystack.add("logs of processes", process.program.log.read_bytes())


def test_no_token_and_no_key_can_be_read_anywhere(
    ours, in_scope, upstream, ask, said, haystack, settings, monkeypatch, capsys, private_mail, start_worker, start_beat
):
    start_empty(AUDIT_LOGS)
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "core.mail.backend.Backend", private_mail.port
    with listening(haystack):
        drive_the_api(ask, upstream, settings)
        drive_updates_that_are_refused(upstream)
        drive_what_should_not_happen(ask, monkeypatch)
        services.check_connection()
        drive_the_admin(ours, haystack)
        read_everything_stored(haystack)
        settings.ENCRYPTION_KEYS = f"{NEW_ENCRYPTION_KEY},{OLD_ENCRYPTION_KEY}"
        drive_the_commands(haystack, capsys)
        drive_the_processes(upstream, haystack, start_worker, start_beat)
        read_everything_stored(haystack)
    haystack.add("log", said.getvalue())
    haystack.add("mails", *read_mails(private_mail.messages()))

    assert haystack.found(SECRETS) == []
    assert haystack.missing(KNOWN) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM checkin_checkinsession")
        held = [decrypt(token) for (token,) in cursor.fetchall()]
    assert all(token.startswith((PLANTED, ROTATED)) for token in held), "tokens are kept, and only we can read them"


@pytest.mark.parametrize("write", [str, lambda text: f"body: {text.encode()!r}", lambda text: text.encode().hex()])
def test_the_search_finds_a_secret_however_it_is_written(write, haystack):
    haystack.add("somewhere", f"before {write(f'{PLANTED}-0001')} after")
    assert len(haystack.found(SECRETS)) >= 1


@pytest.mark.parametrize("before", ["", "x", "xx", "xxx"])
def test_the_search_finds_a_secret_in_base64(before, haystack):
    haystack.add("broker", base64.b64encode(f'{before}{{"token": "{PLANTED}-0001"}}'.encode()))
    assert len(haystack.found(SECRETS)) >= 1

"""Trying the e-mails out: by endpoint, by command and by script; what is told is what happened."""

import email
import email.policy
import io
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from core.outbox.models import OutboxEvent
from devstack.ports import free_port
from trackimmo.services import mail_check
from trackimmo.services.notification.samples import MailTemplate

PASSWORD = "hunter2-hunter2"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
EVERYTHING = {"smtp_config": True, "connection": True, "send_test": True}
NOT_SENT = {"smtp_config": True, "connection": True, "send_test": False}
NOT_CONNECTED = {"smtp_config": True, "connection": False, "send_test": False}
NOTHING = {"smtp_config": False, "connection": False, "send_test": False}


class Handler:
    """Keeps messages, or refuses as it is told."""

    def __init__(self) -> None:
        self.refusal = ""
        self.messages = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
        if self.refusal:
            return self.refusal
        self.messages.append(email.message_from_bytes(envelope.original_content, policy=email.policy.default))
        return "250 taken"


@pytest.fixture
def server(settings):
    """A mail server that the settings lead to."""
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, free_port()
    handler = Handler()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def server_with_login(settings):
    """One that lets nobody in, and repeats what it was told."""
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, free_port()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "trackimmo", PASSWORD
    controller = Controller(
        Handler(),
        hostname="127.0.0.1",
        port=settings.EMAIL_PORT,
        auth_required=True,
        auth_require_tls=False,
        authenticator=lambda *_: AuthResult(success=False, handled=False, message=f"535 {PASSWORD} is wrong"),
    )
    controller.start()
    yield
    controller.stop()


@pytest.fixture
def silent_server(settings):
    """A port that accepts and says nothing."""
    settings.EMAIL_BACKEND = SMTP
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_PORT = listening.getsockname()[1]
        yield


@pytest.fixture
def trickling_server(settings):
    """One that never ends its greeting, and so never is silent for long."""
    settings.EMAIL_BACKEND = SMTP
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_PORT = listening.getsockname()[1]

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(5)
                while not over.wait(0.05):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        over.set()
        thread.join()


@pytest.fixture
def ask(operator):
    """Send a body to the endpoint."""
    return lambda **body: operator.post("/admin/test-email", body, format="json")


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("config", "[Test] TrackImmo can send e-mail"),
        ("welcome", "[Test] Bienvenue chez TrackImmo"),
        ("notification", "[Test] 6 nouvelles adresses pour vous"),
        ("monthly", "[Test] Vos nouvelles adresses arrivent le "),
        ("insufficient", "[Test] Only 4 of 10 addresses for Camille Moreau"),
        ("error", "[Test] Processing of Camille Moreau failed"),
    ],
)
def test_each_mail_is_sent_at_once_with_made_up_data(ask, server, template, subject):
    answer = ask(recipient="test@example.com", template_type=template)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": f"{template.capitalize()} email sent to test@example.com",
        "results": EVERYTHING,
    }
    [message] = server.messages
    assert message["To"] == "test@example.com"
    assert message["Subject"].startswith(subject)
    assert message["X-Switchboard-Kind"] == f"test_{template}"
    assert message["Message-ID"].endswith("@trackimmo.app>")
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "TrackImmo" in text.get_content()
    assert "{{" not in html.get_content()
    assert not OutboxEvent.unscoped.exists()


def test_without_a_template_the_configuration_is_tested(ask, server):
    assert ask(recipient="test@example.com").json()["message"] == "Config email sent to test@example.com"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "recipient"),
        ({"recipient": "nobody"}, "recipient"),
        ({"recipient": "a@example.com\nBcc: b@example.com"}, "recipient"),
        ({"recipient": 5}, "recipient"),
        ({"recipient": "a@example.com", "template_type": "newsletter"}, "template_type"),
        ({"recipient": "a@example.com", "template_type": None}, "template_type"),
        ({"recipient": "a@example.com", "subject": "mine"}, "subject"),
    ],
)
def test_bad_input_names_the_field_and_sends_nothing(ask, server, body, field):
    answer = ask(**body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert server.messages == []


def test_an_api_key_of_programs_does_not_open_it(program, server):
    answer = program.post("/admin/test-email", {"recipient": "test@example.com"}, format="json")
    assert answer.status_code == 401
    assert server.messages == []


def test_a_refused_message_is_told_in_the_servers_words(ask, server):
    server.refusal = "554 5.7.1 looks like spam"
    assert ask(recipient="test@example.com").json() == {
        "success": False,
        "message": "Sending failed: 554 5.7.1 looks like spam",
        "results": NOT_SENT,
    }


def test_a_server_that_is_not_there_is_told(ask, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, free_port()
    assert ask(recipient="test@example.com").json() == {
        "success": False,
        "message": "Connection failed: ConnectionRefusedError: [Errno 111] Connection refused",
        "results": NOT_CONNECTED,
    }


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_a_refused_login_is_told_without_the_password(ask, server_with_login):
    answer = ask(recipient="test@example.com").json()
    assert answer == {
        "success": False,
        "message": "Connection failed: 535 *** is wrong",
        "results": NOT_CONNECTED,
    }


def test_a_server_without_the_encryption_that_is_asked_for_is_not_used(ask, server, settings):
    settings.EMAIL_USE_TLS = True
    answer = ask(recipient="test@example.com").json()
    assert answer["results"] == NOT_CONNECTED
    assert answer["message"].startswith("Connection failed: SMTPNotSupportedError: STARTTLS")
    assert server.messages == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"EMAIL_HOST": ""}, "SMTP_SERVER is not set."),
        ({"EMAIL_PORT": 0}, "SMTP_PORT is 0, which is no port."),
        ({"EMAIL_PORT": 70000}, "SMTP_PORT is 70000, which is no port."),
        ({"EMAIL_HOST_USER": "me"}, "SMTP_USERNAME and SMTP_PASSWORD are needed together, or neither."),
        ({"EMAIL_HOST_PASSWORD": PASSWORD}, "SMTP_USERNAME and SMTP_PASSWORD are needed together, or neither."),
    ],
)
def test_settings_that_make_no_sense_are_told_and_nothing_is_tried(ask, server, settings, changes, words):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert ask(recipient="test@example.com").json() == {
        "success": False,
        "message": f"SMTP configuration: {words}",
        "results": NOTHING,
    }
    assert server.messages == []


@pytest.mark.parametrize("kind", ["silent_server", "trickling_server"])
def test_a_server_that_hangs_does_not_hold_the_caller(ask, request, monkeypatch, kind):
    request.getfixturevalue(kind)
    monkeypatch.setattr(mail_check, "SEND_SECONDS", 0.3)
    began = time.monotonic()
    answer = ask(recipient="test@example.com").json()
    assert time.monotonic() - began < 2
    assert answer["results"] == NOT_CONNECTED
    assert answer["message"] in {
        "Connection failed: no answer within 0.3 seconds",
        "Connection failed: SMTPServerDisconnected: Connection unexpectedly closed: timed out",
    }


def test_nobody_waits_longer_than_ten_seconds():
    assert mail_check.SEND_SECONDS < 10


def test_the_status_connects_and_sends_nothing(server):
    status = mail_check.smtp_status(timeout_seconds=2)
    assert (status.is_ok, status.message) == (True, "SMTP configuration valid")
    assert server.messages == []


def test_the_status_tells_what_is_wrong(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, free_port()
    status = mail_check.smtp_status(timeout_seconds=2)
    assert (status.is_ok, status.message) == (
        False,
        "Connection failed: ConnectionRefusedError: [Errno 111] Connection refused",
    )


def test_the_command_sends_every_mail_and_says_so(server):
    out = io.StringIO()
    call_command("test_email", recipient="test@example.com", language="en", stdout=out)
    assert [message["X-Switchboard-Kind"] for message in server.messages] == [f"test_{one}" for one in MailTemplate]
    lines = out.getvalue().splitlines()
    assert lines[0] == "e-mail\tsmtp_config\tconnection\tsend_test\tmessage"
    assert lines[2] == "welcome\tyes\tyes\tyes\tWelcome email sent to test@example.com"
    assert len(lines) == 1 + len(MailTemplate)
    assert server.messages[1]["Subject"] == "[Test] Welcome to TrackImmo"


def test_the_command_fails_when_a_mail_was_not_sent(server):
    server.refusal = "450 later"
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 e-mails could not be sent: monthly"):
        call_command("test_email", recipient="test@example.com", test="monthly", stdout=out)
    assert "monthly\tyes\tyes\tno\tSending failed: 450 later" in out.getvalue()


def test_the_command_refuses_an_address_that_is_none(server):
    with pytest.raises(CommandError, match="'nobody' is not an e-mail address"):
        call_command("test_email", recipient="nobody")
    assert server.messages == []


def test_the_documented_script_runs_by_its_path_without_a_database(server):
    port = django_settings.EMAIL_PORT
    command = [sys.executable, "trackimmo/scripts/test_email_functionality.py", "--recipient", "test@example.com"]
    environment = {**os.environ, "SMTP_PORT": str(port), "DATABASE_URL": "postgres://127.0.0.1:1/none"}
    done = subprocess.run(
        [*command, "--test", "monthly"],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "monthly\tyes\tyes\tyes\tMonthly email sent to test@example.com" in done.stdout
    assert [message["X-Switchboard-Kind"] for message in server.messages] == ["test_monthly"]

    server.refusal = "550 no"
    done = subprocess.run(
        command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "6 of 6 e-mails could not be sent" in done.stderr

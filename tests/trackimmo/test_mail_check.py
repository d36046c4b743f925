"""Trying the e-mails out: by endpoint, by command and by script; what is told is what happened."""

import io
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from core.outbox.models import OutboxEvent
from devstack.ports import free_port
from tests.core.smtp_server import HANG, TRICKLE, MailServer
from tests.stored import audited
from trackimmo.services import mail_check
from trackimmo.services.notification.samples import MailTemplate

PASSWORD = "hunter2-hunter2"
SMTP = "core.mail.backend.Backend"
EVERYTHING = {"smtp_config": True, "connection": True, "send_test": True}
NOT_SENT = {"smtp_config": True, "connection": True, "send_test": False}
NOT_CONNECTED = {"smtp_config": True, "connection": False, "send_test": False}
NOTHING = {"smtp_config": False, "connection": False, "send_test": False}


@pytest.fixture
def server(settings):
    """A mail server that the settings lead to."""
    server = MailServer()
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP, server.port
    yield server
    server.stop()


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
    [message] = server.taken
    assert message["To"] == "test@example.com"
    assert message["Subject"].startswith(subject)
    assert message["X-Switchboard-Kind"] == f"test_{template}"
    assert message["Message-ID"].endswith("@trackimmo.app>")
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "TrackImmo" in text.get_content()
    assert "{{" not in html.get_content()
    assert [event.topic for event in OutboxEvent.unscoped.all()] == ["audit.entry"]


@pytest.mark.parametrize("fault", [{}, {"end": ["554 5.7.1 looks like spam"]}], ids=["sent", "refused"])
def test_who_asked_for_which_mail_to_whom_is_recorded_whatever_becomes_of_it(ask, server, in_scope, fault):
    server.faults.update(fault)
    assert ask(recipient="test@example.com", template_type="welcome").json()["success"] is (not fault)
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == (
        "execute",
        "test_email",
        "test@example.com",
    )
    assert (entry["key_id"], entry["changes"]) == ("environment:ADMIN_API_KEY", {"template_type": [None, "welcome"]})


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
    assert server.taken == []
    assert not OutboxEvent.unscoped.exists()


def test_an_api_key_of_programs_does_not_open_it(program, server):
    answer = program.post("/admin/test-email", {"recipient": "test@example.com"}, format="json")
    assert answer.status_code == 401
    assert server.taken == []


def test_a_refused_message_is_told_in_the_servers_words(ask, server):
    server.faults["end"] = ["554 5.7.1 looks like spam"]
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


def test_a_name_that_is_none_is_told(ask, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP, "smtp..example"
    answer = ask(recipient="test@example.com").json()
    assert answer["results"] == NOT_CONNECTED
    assert answer["message"] == "Connection failed: OSError: 'smtp..example' is not the name of a host"


def test_a_refused_login_is_told_without_the_password(ask, server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "trackimmo", PASSWORD
    server.faults = {"EHLO": ["250-mail.test\r\n250 AUTH PLAIN"], "AUTH": [f"535 {PASSWORD} is wrong"]}
    assert ask(recipient="test@example.com").json() == {
        "success": False,
        "message": "Connection failed: 535 *** is wrong",
        "results": NOT_CONNECTED,
    }


def test_a_server_without_the_encryption_that_is_asked_for_is_not_used(ask, server, settings):
    settings.EMAIL_USE_TLS = True
    answer = ask(recipient="test@example.com").json()
    assert answer["results"] == NOT_CONNECTED
    assert answer["message"].startswith("Connection failed: SMTPNotSupportedError: STARTTLS")
    assert server.taken == []


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
    assert server.taken == []


@pytest.mark.parametrize(
    ("stage", "fault", "results"),
    [
        ("greeting", HANG, NOT_CONNECTED),
        ("greeting", TRICKLE, NOT_CONNECTED),  # it never ends its greeting, and so is never silent for long
        ("end", HANG, NOT_SENT),
        ("end", TRICKLE, NOT_SENT),
    ],
)
def test_a_server_that_hangs_does_not_hold_the_caller(ask, server, monkeypatch, stage, fault, results):
    monkeypatch.setattr(mail_check, "SEND_SECONDS", 0.5)
    server.faults[stage] = [fault]
    began = time.monotonic()
    answer = ask(recipient="test@example.com").json()
    assert time.monotonic() - began < 2
    assert answer["results"] == results
    step = "Sending" if results["connection"] else "Connection"
    assert answer["message"] in {
        f"{step} failed: no answer within 0.5 seconds",
        f"{step} failed: SMTPServerDisconnected: Connection unexpectedly closed: timed out",
    }


def test_nobody_waits_longer_than_ten_seconds():
    assert mail_check.SEND_SECONDS < 10


def test_the_status_connects_and_sends_nothing(server):
    status = mail_check.smtp_status(timeout_seconds=2)
    assert (status.is_ok, status.message) == (True, "SMTP configuration valid")
    assert server.taken == []


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
    assert [message["X-Switchboard-Kind"] for message in server.taken] == [f"test_{one}" for one in MailTemplate]
    lines = out.getvalue().splitlines()
    assert lines[0] == "e-mail\tsmtp_config\tconnection\tsend_test\tmessage"
    assert lines[2] == "welcome\tyes\tyes\tyes\tWelcome email sent to test@example.com"
    assert len(lines) == 1 + len(MailTemplate)
    assert server.taken[1]["Subject"] == "[Test] Welcome to TrackImmo"


def test_the_command_fails_when_a_mail_was_not_sent(server):
    server.faults["end"] = ["450 later"]
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 e-mails could not be sent: monthly"):
        call_command("test_email", recipient="test@example.com", test="monthly", stdout=out)
    assert "monthly\tyes\tyes\tno\tSending failed: 450 later" in out.getvalue()


def test_the_command_refuses_an_address_that_is_none(server):
    with pytest.raises(CommandError, match="'nobody' is not an e-mail address"):
        call_command("test_email", recipient="nobody")
    assert server.taken == []


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
    assert [message["X-Switchboard-Kind"] for message in server.taken] == ["test_monthly"]

    server.faults["RCPT"] = ["550 no"] * 6
    done = subprocess.run(
        command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "6 of 6 e-mails could not be sent" in done.stderr

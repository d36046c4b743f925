"""A queued mail is sent once its transaction has committed, always the same way, and comes back while it cannot be."""

import asyncio
import email
import email.policy

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from django.db.models.functions import Now

from core import mail, outbox
from core.errors import Invalid
from core.outbox.models import OutboxEvent, OutboxPause
from devstack.ports import free_port

MAIL = {"to": "client@demo.test", "subject": "Élan n° 1", "html": "<p>Bonjour</p>", "text": "Bonjour", "kind": "report"}


class Refusing:
    """What an aiosmtpd server says: the answer for a command, if the test gives one."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.recipients: list[str] = []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802 -- aiosmtpd's names
        session.host_name = hostname
        return [self.answers["EHLO"]] if "EHLO" in self.answers else responses

    async def handle_HELO(self, server, session, envelope, hostname):  # noqa: N802
        return self.answers.get("HELO", "250 fine")

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.answers.get("MAIL") == "hang up":
            server.transport.close()
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 fine")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 fine")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answers.get("DATA") == "hang":
            await asyncio.sleep(1)
        if "DATA" not in self.answers:
            self.recipients += envelope.rcpt_tos
        return self.answers.get("DATA", "250 taken")

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        if self.answers.get("QUIT") == "hang up":
            server.transport.close()
        return "221 bye"


@pytest.fixture
def smtp(settings):
    """A mail server that refuses as it is told."""
    settings.EMAIL_BACKEND = "core.mail.backend.Backend"
    settings.EMAIL_PORT = free_port()
    handler = Refusing()
    controller = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def queued(in_scope):
    mail.queue(**MAIL)
    return OutboxEvent.objects.get()


def test_it_arrives_with_both_bodies_and_its_events_identity(queued, private_mail, settings):
    settings.EMAIL_BACKEND = "core.mail.backend.Backend"
    settings.EMAIL_PORT = private_mail.port
    assert outbox.relay("mail.send") == 1
    (path,) = private_mail.messages()
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["Delivered-To"] == message["To"] == "client@demo.test"
    assert message["From"] == "TrackImmo <noreply@trackimmo.app>"
    assert message["Subject"] == "Élan n° 1"
    assert message["Message-ID"] == f"<{queued.pk}@trackimmo.app>"
    assert message["Date"].datetime == queued.created_at.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Switchboard-Kind"] == "report"
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), text.get_content().strip()) == ("text/plain", "Bonjour")
    assert (html.get_content_type(), html.get_content().strip()) == ("text/html", "<p>Bonjour</p>")


def test_further_headers_are_kept(in_scope, mailoutbox):
    mail.queue(**MAIL, headers={"List-Unsubscribe": "<https://example.test/off>"})
    assert outbox.relay("mail.send") == 1
    assert mailoutbox[0].message()["List-Unsubscribe"] == "<https://example.test/off>"


def test_what_rolls_back_is_not_sent(in_scope, mailoutbox):
    with transaction.atomic():
        mail.queue(**MAIL)
        transaction.set_rollback(True)
    assert outbox.relay("mail.send") == 0
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("to", {"to": "client@demo.test\nBcc: all@demo.test"}),
        ("to", {"to": "client"}),
        ("to", {"to": "a@demo.test, b@demo.test"}),
        ("subject", {"subject": "Hello\r\nBcc: all@demo.test"}),
        ("subject", {"subject": "Hello\n"}),
        ("subject", {"subject": "Hello\u2028Bcc: all@demo.test"}),
        ("kind", {"kind": "a\nb"}),
        ("headers", {"headers": {"X-One": "1\r\nX-Two: 2"}}),
        ("headers", {"headers": {"X-One: 1\r\nX-Two": "2"}}),
        ("headers", {"headers": {"": "2"}}),
        ("headers", {"headers": {"Subject": "another"}}),
        ("headers", {"headers": {"message-id": "<forged@demo.test>"}}),
    ],
)
def test_what_would_smuggle_in_a_header_is_refused_by_name(in_scope, field, changes):
    with pytest.raises(Invalid) as caught:
        mail.queue(**{**MAIL, **changes})
    assert list(caught.value.fields) == [field]
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"RCPT": "550 no such mailbox"}, "550 no such mailbox"),
        ({"DATA": "554 looks like spam"}, "554 looks like spam"),
        ({"MAIL": "552 too large"}, "552 too large"),
    ],
)
def test_a_refusal_for_good_parks_the_mail_with_the_servers_words(queued, smtp, answers, words):
    smtp.answers = answers
    assert outbox.relay("mail.send") == 0
    queued.refresh_from_db()
    assert (queued.state, queued.attempts, queued.last_error) == ("parked", 1, words)
    assert not OutboxPause.objects.exists()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"RCPT": "451 greylisted"}, "451 greylisted"),
        ({"DATA": "452 mailbox full"}, "452 mailbox full"),
    ],
)
def test_a_mailbox_that_asks_for_patience_waits_alone(queued, smtp, answers, words):
    smtp.answers = answers
    assert outbox.relay("mail.send") == 0
    queued.refresh_from_db()
    assert (queued.state, queued.attempts, queued.last_error) == ("open", 0, words)
    assert not OutboxPause.objects.exists()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"RCPT": "421 going down"}, "421 going down"),
        ({"MAIL": "530 log in first"}, "The mail server refuses our sender: 530 log in first"),
        ({"MAIL": "hang up"}, "The mail server cannot be used: SMTPServerDisconnected: Connection unexpectedly closed"),
        ({"EHLO": "502 no", "HELO": "521 no mail here"}, "The mail server cannot be used: SMTPHeloError: "),
        (
            {"DATA": "hang"},
            "The mail server cannot be used: SMTPServerDisconnected: Connection unexpectedly closed: timed out",
        ),
    ],
)
def test_a_server_that_cannot_take_mail_pauses_all_mail(queued, smtp, settings, answers, words):
    settings.EMAIL_TIMEOUT, settings.OUTBOX_LEASE_SECONDS = 0.5, 1
    smtp.answers = answers
    assert outbox.relay("mail.send") == 0
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("open", 0)
    assert queued.last_error.startswith(words)
    assert OutboxPause.objects.get().reason == queued.last_error


def test_a_mail_that_was_taken_is_not_repeated_because_the_goodbye_failed(queued, smtp):
    smtp.answers["QUIT"] = "hang up"
    assert outbox.relay("mail.send") == 1
    queued.refresh_from_db()
    assert queued.state == "delivered"
    assert smtp.recipients == ["client@demo.test"]


def test_a_mail_that_could_not_be_sent_is_sent_when_the_server_is_back(queued, smtp, settings):
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1
    assert outbox.relay("mail.send") == 0
    queued.refresh_from_db()
    assert queued.last_error == "The mail server cannot be used: ConnectionRefusedError: [Errno 111] Connection refused"

    settings.EMAIL_PORT = port
    OutboxEvent.objects.update(available_at=Now())
    OutboxPause.objects.update(until=Now())
    assert outbox.relay("mail.send") == 1
    assert smtp.recipients == ["client@demo.test"]

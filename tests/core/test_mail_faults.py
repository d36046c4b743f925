"""Every way a mail server can fail a mail: what is sent again, what is given up, and that nothing comes twice."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from core import mail, outbox, tenancy
from core.outbox.models import OutboxEvent, OutboxPause
from tests.core.smtp_server import DROP, HANG, TRICKLE, MailServer

MAIL = {"subject": "Élan n° 1", "html": "<p>Bonjour</p>", "text": "Bonjour", "kind": "report"}


@pytest.fixture
def server(settings):
    """A mail server that the settings lead to, and that is not waited for long."""
    server = MailServer()
    settings.EMAIL_BACKEND = "core.mail.backend.Backend"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_TIMEOUT, settings.OUTBOX_LEASE_SECONDS = 0.3, 2
    yield server
    server.stop()


@pytest.fixture
def queue(in_scope):
    """Queue so many mails; returns their events, the first to be sent first."""

    def queue_mails(number: int = 1) -> list[OutboxEvent]:
        ids = [mail.queue(to=f"client{one}@demo.test", **MAIL) for one in range(number)]
        return [OutboxEvent.objects.get(pk=one) for one in ids]

    return queue_mails


def relay_now() -> int:
    """Relay, whatever waits or pauses."""
    OutboxEvent.objects.update(available_at=Now())
    OutboxPause.objects.update(until=Now())
    return outbox.relay("mail.send")


def states() -> list[tuple[str, int]]:
    return [(one.state, one.attempts) for one in OutboxEvent.objects.order_by("payload__to")]


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        ("greeting", HANG),
        ("greeting", DROP),
        ("greeting", TRICKLE),
        ("greeting", "421 too busy"),
        ("greeting", "554 not you"),
        ("EHLO", HANG),
        ("EHLO", DROP),
        ("EHLO", TRICKLE),
        ("MAIL", HANG),
        ("MAIL", "421 going down"),
        ("RCPT", DROP),
        ("DATA", HANG),
        ("DATA", DROP),
        ("DATA", "421 going down"),
        ("end", HANG),
        ("end", DROP),
        ("end", TRICKLE),
        ("end", "421 going down"),
        ("end", "354 go on"),
    ],
)
def test_a_server_that_fails_is_left_alone_and_then_gets_the_same_mail_again(server, queue, stage, fault):
    [event] = queue()
    server.faults[stage] = [fault]
    began = time.monotonic()
    assert outbox.relay("mail.send") == 0
    assert time.monotonic() - began < 3
    assert states() == [("open", 0)]
    assert OutboxPause.objects.get().failures == 1
    assert outbox.relay("mail.send") == 0  # it pauses

    assert relay_now() == 1
    assert states() == [("delivered", 1)]
    assert not OutboxPause.objects.exists()
    # A server that went silent after the data may have kept it: then it knows the second one by its Message-ID.
    assert len(server.seen) == (2 if stage == "end" else 1)
    assert {message["Message-ID"] for message in server.seen} == {f"<{event.pk}@trackimmo.app>"}

    assert len(server.taken) == 1


@pytest.mark.parametrize("host", ["smtp..example", f"{'x' * 70}.example", "nowhere.invalid"])
def test_a_wrong_host_costs_no_mail(server, queue, settings, host):
    queue()
    settings.EMAIL_HOST, right = host, settings.EMAIL_HOST
    assert outbox.relay("mail.send") == 0
    assert states() == [("open", 0)]
    assert OutboxPause.objects.get().reason.startswith("The mail server cannot be used: ")
    settings.EMAIL_HOST = right
    assert relay_now() == 1


@pytest.mark.parametrize(
    ("stage", "fault"), [("RCPT", "451 greylisted"), ("RCPT", "450 busy"), ("DATA", "451 later"), ("end", "452 full")]
)
def test_greylisting_delays_one_mail_and_no_other(server, queue, stage, fault):
    first, _second = queue(2)
    server.faults[stage] = [fault]
    assert outbox.relay("mail.send") == 1
    assert states() == [("open", 0), ("delivered", 1)]
    assert not OutboxPause.objects.exists()
    first.refresh_from_db()
    assert first.last_error == fault

    assert relay_now() == 1
    assert states() == [("delivered", 1), ("delivered", 1)]
    assert [message["To"] for message in server.taken] == ["client1@demo.test", "client0@demo.test"]
    assert server.taken[1]["Message-ID"] == f"<{first.pk}@trackimmo.app>"


@pytest.mark.parametrize(
    ("stage", "fault"), [("RCPT", "550 no such user"), ("DATA", "554 no mail today"), ("end", "550 looks like spam")]
)
def test_a_refusal_for_good_is_recorded_and_never_tried_again(server, queue, stage, fault):
    first, _second = queue(2)
    server.faults[stage] = [fault]
    assert outbox.relay("mail.send") == 1
    assert states() == [("parked", 1), ("delivered", 1)]
    first.refresh_from_db()
    assert first.last_error == fault
    assert relay_now() == 0
    assert [message["To"] for message in server.taken] == ["client1@demo.test"]
    assert server.connections == 1


def test_the_mails_of_one_relay_share_a_connection(server, queue):
    queue(25)  # more than are claimed at once
    assert outbox.relay("mail.send") == 25
    assert server.connections == 1
    assert [message["To"] for message in server.taken] == [f"client{one}@demo.test" for one in range(25)]
    assert len({message["Message-ID"] for message in server.taken}) == 25


def test_the_next_relay_has_a_connection_of_its_own(server, queue):
    queue()
    assert outbox.relay("mail.send") == 1
    queue()
    assert outbox.relay("mail.send") == 1
    assert server.connections == 2


def test_nobody_is_called_where_nothing_waits(server, in_scope):
    assert outbox.relay("mail.send") == 0
    assert server.connections == 0


@pytest.mark.parametrize(
    ("stage", "faults", "connections"),
    [
        ("NOOP", [DROP], 2),  # it hung up between two mails
        ("NOOP", ["421 idle for too long"], 2),
        ("MAIL", ["250 fine", "421 one mail at a time"], 2),
    ],
)
def test_a_server_that_ends_a_conversation_is_called_again_at_once(server, queue, stage, faults, connections):
    queue(3)
    server.faults[stage] = faults
    assert outbox.relay("mail.send") == 3
    assert states() == [("delivered", 1)] * 3
    assert not OutboxPause.objects.exists()
    assert server.connections == connections
    assert [message["To"] for message in server.taken] == [f"client{one}@demo.test" for one in range(3)]


def test_a_connection_that_broke_in_the_middle_of_a_mail_is_not_trusted_again(server, queue):
    queue(3)
    server.faults["end"] = ["250 taken", DROP]
    assert outbox.relay("mail.send") == 1
    assert states() == [("delivered", 1), ("open", 0), ("open", 0)]
    assert relay_now() == 2
    assert server.connections == 2
    assert len(server.taken) == 3


def test_a_server_that_talks_on_between_two_mails_is_left_in_time(server, queue):
    queue(2)
    server.faults["NOOP"] = [TRICKLE]
    began = time.monotonic()
    assert outbox.relay("mail.send") == 1
    assert time.monotonic() - began < 2
    assert states() == [("delivered", 1), ("open", 0)]
    assert relay_now() == 1
    assert len(server.taken) == 2


@pytest.mark.parametrize("fault", [HANG, TRICKLE])
def test_a_goodbye_without_end_repeats_nothing(server, queue, monkeypatch, fault):
    monkeypatch.setattr("core.mail.connection.GOODBYE_SECONDS", 0.1)
    queue(2)
    server.faults["QUIT"] = [fault]
    began = time.monotonic()
    assert outbox.relay("mail.send") == 2
    assert time.monotonic() - began < 2
    assert relay_now() == 0
    assert len(server.taken) == 2


@pytest.mark.django_db(transaction=True)
def test_each_mail_is_marked_before_the_next_is_sent(server, ours):
    delivered: list[int] = []

    def look() -> None:
        """What another process sees while the server has not answered yet."""
        delivered.append(OutboxEvent.unscoped.filter(delivered_at__isnull=False).count())
        connection.close()  # this thread's own

    with tenancy.scope(ours.organization.pk):
        for one in range(3):
            with transaction.atomic():
                mail.queue(to=f"client{one}@demo.test", **MAIL)
        server.when_taken = look
        assert outbox.relay("mail.send") == 3
    assert delivered == [0, 1, 2]
    assert OutboxEvent.unscoped.filter(delivered_at__isnull=False).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_send_each_mail_once(server, ours):
    with tenancy.scope(ours.organization.pk), transaction.atomic():
        for one in range(40):
            mail.queue(to=f"client{one}@demo.test", **MAIL)

    def relay() -> None:
        outbox.relay("mail.send")
        connection.close()

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.taken) == 40
    assert len({message["Message-ID"] for message in server.taken}) == 40
    assert server.connections <= 2

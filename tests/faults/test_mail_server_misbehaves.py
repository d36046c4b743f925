"""The mail server misbehaves in every way we know, at random, while sixty mails go out."""

import asyncio
from collections import Counter, defaultdict
from enum import StrEnum
from random import Random

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction

from core import mail
from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from tests.faults.mail_server import TAKEN, MailServer, running
from tests.faults.promises import all_is_done, assert_one_mail_each

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

SEED, MAILS = 20270116, 60
# A server that says nothing about a mail is waited for half as long.
LEASE_SECONDS = 6
UNKNOWN, UNWANTED = "550 5.1.1 no such mailbox", "554 5.7.1 we do not want this"


class Deed(StrEnum):
    """What the server does when a mail is offered."""

    GREYLIST = "451 to the recipient"
    PUT_OFF = "451 after the text"
    CLOSE = "421 to the recipient, and hangs up"
    DROP = "hangs up after the text, without a word"
    HANG = "says nothing after the text"
    TAKE = "takes it"
    TAKE_AND_DROP = "takes it, says so, and hangs up at once"
    UNKNOWN = "550 to the recipient"
    UNWANTED = "554 after the text"


TROUBLES = (Deed.GREYLIST, Deed.PUT_OFF, Deed.CLOSE, Deed.DROP, Deed.HANG)
HOW_OFTEN = (7, 7, 1, 2, 1)
ENDS = (Deed.TAKE, Deed.TAKE_AND_DROP, Deed.UNKNOWN, Deed.UNWANTED)


class MoodyServer(MailServer):
    """Does with each recipient's mail, at each attempt, what his list says next."""

    def __init__(self, deeds: dict[str, list[Deed]]) -> None:
        super().__init__()
        self.deeds = deeds
        self.done: defaultdict[str, list[Deed]] = defaultdict(list)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # What comes after the list's end is what should not come at all.
        deed = next(iter(self.deeds[address][len(self.done[address]) :]), Deed.TAKE)
        self.done[address].append(deed)
        match deed:
            case Deed.GREYLIST:
                return "451 4.7.1 come back later"
            case Deed.CLOSE:
                await server.push("421 4.3.2 closing")
                server.transport.close()
                return ""
            case Deed.UNKNOWN:
                return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        match self.done[envelope.rcpt_tos[0]][-1]:
            case Deed.PUT_OFF:
                return "451 4.3.1 no room"
            case Deed.DROP:
                server.transport.abort()
            case Deed.HANG:
                await asyncio.sleep(10 * LEASE_SECONDS)
            case Deed.UNWANTED:
                return UNWANTED
            case Deed.TAKE_AND_DROP:
                self.take(envelope)
                await server.push(TAKEN)
                server.transport.close()
            case Deed.TAKE:
                self.take(envelope)
                return TAKEN
        return ""


def lists_of_deeds() -> dict[str, list[Deed]]:
    """For each recipient up to two troubles, then an end; the same ones at every run."""
    random = Random(SEED)
    return {
        f"client{number}@agence.test": [
            *random.choices(TROUBLES, HOW_OFTEN, k=random.choice((0, 0, 0, 1, 2))),
            random.choices(ENDS, (14, 3, 2, 1))[0],
        ]
        for number in range(MAILS)
    }


def test_no_mail_is_missing_none_comes_twice_and_what_is_refused_is_parked_once(
    in_scope, settings, monkeypatch, start_worker, start_beat
):
    deeds = lists_of_deeds()
    assert {deed for each in deeds.values() for deed in each} == set(Deed)
    server = MoodyServer(deeds)
    settings.EMAIL_PORT = server.port
    monkeypatch.setenv("SMTP_TIMEOUT_SECONDS", "1")
    monkeypatch.setenv("OUTBOX_LEASE_SECONDS", str(LEASE_SECONDS))
    with running(server):
        with transaction.atomic():
            for recipient in deeds:
                mail.queue(to=recipient, subject="Report", html="<p>x</p>", text="x", kind="report")
        start_beat()
        start_worker()
        eventually(all_is_done, seconds=90)

    # Nobody was tried again after he had the mail or was refused it, and nobody was given up before.
    assert server.done == deeds
    refusals = {
        recipient: UNKNOWN if each[-1] is Deed.UNKNOWN else UNWANTED
        for recipient, each in deeds.items()
        if each[-1] in (Deed.UNKNOWN, Deed.UNWANTED)
    }
    assert_one_mail_each([recipient for recipient in deeds if recipient not in refusals], server.mails)
    events = OutboxEvent.objects.filter(topic="mail.send")
    assert Counter(event.state for event in events) == {"delivered": MAILS - len(refusals), "parked": len(refusals)}
    assert {event.payload["to"]: event.last_error for event in events.filter(parked_at__isnull=False)} == refusals

"""Workers die by SIGKILL when the sales are assigned and the mail about them is on its way."""

import asyncio
from threading import Event

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.outbox.models import OPEN, OutboxEvent
from core.testing.waiting import eventually
from tests.faults.mail_server import TAKEN, MailServer, running
from tests.faults.promises import all_is_done, assert_kept, completed_jobs

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

PROCESSES = 2  # of a worker; each may have a mail under way
HELD_SECONDS = 30


class HoldingServer(MailServer):
    """Keeps whoever sends waiting: before the mail comes, when it has come, or when it is taken and he is not told."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.moment = moment
        self.reached = Event()
        self.is_holding = True

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self._hold("greeting")
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await self._hold("sent")
        self.take(envelope)
        await self._hold("taken")
        return TAKEN

    async def _hold(self, moment: str) -> None:
        if self.is_holding and moment == self.moment:
            self.reached.set()
            # Ends when the sender is gone.
            await asyncio.sleep(HELD_SECONDS)


@pytest.mark.parametrize("moment", ["greeting", "sent", "taken"])
def test_the_sales_stay_assigned_and_the_mail_about_them_arrives(
    moment, processed_clients, impatient, settings, start_worker, start_beat
):
    server = HoldingServer(moment)
    settings.EMAIL_PORT = server.port
    with running(server):
        clients = processed_clients(8)
        start_beat()
        worker = start_worker()
        eventually(server.reached.is_set, seconds=30)
        worker.kill()
        assigned = completed_jobs()
        assert OutboxEvent.objects.filter(OPEN, topic="mail.send").count() == assigned > 0
        assert bool(server.mails) == (moment == "taken")

        server.is_holding = False
        start_worker()
        eventually(all_is_done, seconds=60)
        assert_kept(clients, server.mails, most_repeats=PROCESSES if moment == "taken" else 0)
        if moment == "taken":
            assert len(server.mails) > len(clients)

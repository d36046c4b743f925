"""What holds after every drill, whatever went wrong in it."""

from collections.abc import Iterable, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from core.outbox.models import OPEN, OutboxEvent
from devstack.smtp_sink import SmtpSink
from trackimmo.models import ACTIVE_JOB, Assignment, Client, JobStatus, ProcessingJob


def completed_jobs() -> int:
    """How many jobs have ended well."""
    return ProcessingJob.objects.filter(status=JobStatus.COMPLETED).count()


def mails_in(sink: SmtpSink) -> list[EmailMessage]:
    """What the mail sink took, oldest first."""
    return [message_from_bytes(path.read_bytes(), policy=default) for path in sink.messages()]


def all_is_done() -> bool:
    """Whether no job and no event waits any more."""
    return not ProcessingJob.objects.filter(ACTIVE_JOB).exists() and not OutboxEvent.unscoped.filter(OPEN).exists()


def assert_kept(clients: Sequence[Client], mails: Iterable[EmailMessage], *, most_repeats: int = 0) -> None:
    """Every client has his number of properties, each at an address of its own, and one mail about them.

    `mails` are all that arrived; at most `most_repeats` of them are physical repeats, with the Message-ID of the first.
    """
    assert completed_jobs() == ProcessingJob.objects.count() == len(clients)
    for client in clients:
        given = list(Assignment.objects.filter(client=client).values_list("property_id", "address_key"))
        assert len(given) == client.addresses_per_report
        assert [len(set(column)) for column in zip(*given, strict=True)] == [client.addresses_per_report] * 2
    assert_one_mail_each([client.email for client in clients], mails, most_repeats=most_repeats)
    assert not OutboxEvent.unscoped.exclude(delivered_at__isnull=False).exists()


def assert_one_mail_each(recipients: Sequence[str], mails: Iterable[EmailMessage], *, most_repeats: int = 0) -> None:
    """Every one of `recipients` got one mail, and nobody anything else."""
    arrived = [(mail["Message-ID"], mail["To"]) for mail in mails]
    different = set(arrived)
    assert sorted(recipient for _, recipient in different) == sorted(recipients)
    assert len({message_id for message_id, _ in different}) == len(recipients)
    assert len(arrived) - len(different) <= most_repeats

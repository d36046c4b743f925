"""An organization whose row in `audit_chain` is gone is at fault, and the regular watch tells of it once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import Chain, Checkpoint
from audit.services import appending
from audit.tasks import delete_old_entries, watch_logs
from core import tenancy
from core.outbox.models import OutboxEvent
from tests.audit.chains import log_of, record, relay, stored, verdict_on
from tests.stored import queued_mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    """Checkpoints of this test alone."""
    settings.AUDIT_CHECKPOINTS_FILE = str(tmp_path / "checkpoints.ndjson")
    return tmp_path / "checkpoints.ndjson"


def mails(company) -> list[str]:
    with tenancy.scope(company.organization.pk):
        return [mail["text"] for mail in queued_mails("cto_audit_changed")]


def lose_row(company) -> None:
    assert Chain.unscoped.filter(organization=company.organization).delete()[0] == 1


@pytest.mark.parametrize("what", ["all", "entries", "table", "file"])
@pytest.mark.parametrize("is_outbox_forgotten", [True, False])
def test_a_lost_row_is_told_of_once_whatever_is_left(ours, theirs, audit_logs, file, what, is_outbox_forgotten):
    log_of(ours, 20)
    log_of(theirs, 20)
    lose_row(ours)
    if what in ("entries", "file"):
        Checkpoint.unscoped.filter(organization=ours.organization).delete()
    if what in ("entries", "table"):
        file.unlink()
    if what in ("table", "file"):
        audit_logs.delete_many({"organization_id": ours.organization.pk})
    if is_outbox_forgotten:
        OutboxEvent.unscoped.filter(topic="audit.entry").delete()
    verdict = verdict_on(ours)
    assert (verdict.verified, verdict.first_bad_seq, verdict.complete) == (False, 1, True)
    for _ in range(3):
        watch_logs()
    [text] = mails(ours)
    assert "First bad entry: 1\n" in text
    assert mails(theirs) == []
    assert verdict_on(theirs).verified
    # What remembers that it was told of is not taken for the row that was lost.
    assert verdict_on(ours).reason == verdict.reason


def test_the_reason_says_that_the_row_is_missing(ours, audit_logs):
    log_of(ours, 20)
    lose_row(ours)
    assert verdict_on(ours).reason == (
        "The row of audit_chain that counts the entries is missing: a signed checkpoint counts 20."
    )


def test_a_row_that_counts_nothing_any_more_is_as_good_as_lost(ours, audit_logs):
    log_of(ours, 20)
    Chain.unscoped.update(size=0)
    assert verdict_on(ours).reason.startswith("The row of audit_chain that counts the entries is missing")


def test_an_organization_that_has_done_nothing_has_no_row_and_no_fault(ours, theirs, audit_logs):
    watch_logs()
    assert verdict_on(ours).verified
    assert (Chain.unscoped.count(), mails(ours)) == (0, [])


class Died(BaseException):
    """As if the process had been killed."""


def test_a_relay_that_died_before_it_committed_the_first_row_is_no_fault(ours, audit_logs, file, monkeypatch):
    with tenancy.scope(ours.organization.pk):
        record(3)
        sign = appending.sign_if_due

        def sign_and_die(chain, *, before):
            sign(chain, before=before)
            raise Died

        monkeypatch.setattr(appending, "sign_if_due", sign_and_die)
        with pytest.raises(Died):
            relay()
        monkeypatch.undo()
        assert (len(stored()), Chain.objects.count(), Checkpoint.objects.count()) == (3, 0, 0)
        assert file.read_text().count("\n") == 1
    watch_logs()
    assert verdict_on(ours).verified
    assert mails(ours) == []


def test_retention_deletes_nothing_of_a_log_whose_row_was_lost(ours, audit_logs, settings):
    settings.AUDIT_RETENTION_DAYS = 30
    log_of(ours, 20)
    lose_row(ours)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        watch_logs()
        delete_old_entries()
    with tenancy.scope(ours.organization.pk):
        assert len(stored()) == 20
        assert Chain.objects.get().sealed_size == 0

"""manage.py erase_client."""

import json
from datetime import date
from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from core import mail, tenancy
from core.outbox.models import OutboxEvent
from tests.stored import audited, queued_mails
from tests.trackimmo.admin_pages import client_form, path_of
from tests.trackimmo.factories import ClientFactory, JobFactory, PropertyFactory
from trackimmo.errors import LeaseLost
from trackimmo.models import Assignment, City, Client, DailyRun, Dispatch, ProcessingJob, Property
from trackimmo.services import jobs, notification

pytestmark = pytest.mark.django_db


def erase(client_id, *options) -> str:
    out = StringIO()
    call_command("erase_client", str(client_id), *options, stdout=out)
    return out.getvalue()


def queue_mail(to: str) -> None:
    with transaction.atomic():
        mail.queue(to=to, subject="Hello", html="<p>Hello</p>", text="Hello", kind="client_welcome")


def give_everything(client, city) -> None:
    """Two properties, two jobs, a dispatch and a mail."""
    for sale in PropertyFactory.create_batch(2, city=city):
        job = JobFactory(client=client, status="completed")
        Assignment.objects.create(client=client, property=sale, address_key=sale.address_key, job=job, notes="Calls")
    run, _ = DailyRun.objects.get_or_create(day=date(2026, 11, 23), defaults={"clients_until": timezone.now()})
    Dispatch.objects.create(run=run, client=client, kind="report", month=date(2026, 11, 1), due_on=run.day, job=job)
    queue_mail(client.email)


def rows_of(client) -> list[int]:
    tables = (Assignment, ProcessingJob, Dispatch)
    return [table.unscoped.filter(client_id=client.pk).count() for table in tables]


@pytest.fixture
def answered(monkeypatch):
    """What the person at the terminal types."""

    def answer(words: str) -> None:
        monkeypatch.setattr("builtins.input", lambda _: words)

    return answer


def test_a_person_is_gone_with_everything_that_was_about_him(customer, city):
    other = ClientFactory(cities=[city])
    for client in (customer, other):
        give_everything(client, city)
    OutboxEvent.objects.update(delivered_at=timezone.now())
    queue_mail(customer.email.upper())
    said = erase(customer.pk, "--yes")
    assert "2 assignments, 2 jobs, 1 dispatches and 2 mails" in said
    assert not Client.objects.filter(pk=customer.pk).exists()
    assert rows_of(customer) == [0, 0, 0]
    assert rows_of(other) == [2, 2, 1]
    assert [mail["to"] for mail in queued_mails()] == [other.email]
    assert (City.objects.count(), Property.objects.count()) == (1, 4)


def test_that_it_was_done_is_recorded_without_the_person(customer, city):
    give_everything(customer, city)
    erase(customer.pk, "--yes")
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("delete", "client", str(customer.pk))
    assert entry["changes"] == {"assignments": [2, 0], "jobs": [2, 0], "dispatches": [1, 0], "mails": [1, 0]}
    stored = json.dumps(list(OutboxEvent.objects.values_list("payload", flat=True)))
    for fact in ("Marie", "Durand", customer.email):
        assert fact not in stored


def test_the_admins_history_forgets_his_name_too(staff, customer, city):
    give_everything(customer, city)
    given = Assignment.objects.first()
    staff.post(path_of(Assignment, given.pk, "change"), {"status": "sold", "notes": ""})
    form = client_form(email=customer.email, chosen_cities=[str(city.pk)])
    staff.post(path_of(Client, customer.pk, "change"), form)
    staff.post(path_of(City, city.pk, "change"), {"name": "Lyon 1er", "insee_code": "69123", "postal_codes": "69001"})
    assert LogEntry.objects.count() == 3
    erase(customer.pk, "--yes")
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["Lyon 1er (69123)"]


def test_a_worker_in_the_middle_of_his_job_changes_nothing_any_more(customer, job):
    lease = jobs.claim(job_id=job.pk)
    erase(customer.pk, "--yes")
    with pytest.raises(LeaseLost), transaction.atomic():
        jobs.complete(lease, properties_assigned=0, is_notified=False)
    assert not ProcessingJob.objects.exists()


def test_the_person_at_the_terminal_is_told_who_it_is_and_asked(customer, city, answered):
    answered("yes")
    give_everything(customer, city)
    assert f"Marie Durand <{customer.email}>, 2 assignments." in erase(customer.pk)
    assert not Client.objects.exists()


@pytest.mark.parametrize("words", ["", "y", "no", "YES"])
def test_any_answer_but_yes_deletes_nothing(customer, city, answered, words):
    answered(words)
    give_everything(customer, city)
    with pytest.raises(CommandError, match=r"Nothing was deleted\."):
        erase(customer.pk)
    assert Client.objects.get() == customer
    assert rows_of(customer) == [2, 2, 1]
    assert (len(queued_mails()), audited()) == (1, [])


def test_a_terminal_that_cannot_answer_deletes_nothing(customer, monkeypatch):
    def end(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    with pytest.raises(CommandError, match=r"Nothing was deleted\."):
        erase(customer.pk)
    assert Client.objects.get() == customer


@pytest.mark.parametrize("options", [[], ["--yes"]])
def test_an_unknown_client_is_an_error(in_scope, options):
    client_id = uuid4()
    with pytest.raises(CommandError, match=f"Client {client_id} not found"):
        erase(client_id, *options)
    assert audited() == []


def test_an_id_that_is_none_is_an_error(in_scope):
    with pytest.raises(CommandError, match="invalid UUID value"):
        erase("42", "--yes")


def test_a_client_of_another_organization_is_erased_in_its_name_only(in_scope, their_client):
    with pytest.raises(CommandError, match="not found"):
        erase(their_client.pk, "--yes")
    assert Client.unscoped.get() == their_client
    erase(their_client.pk, "--yes", "--organization", "other")
    assert not Client.unscoped.exists()


def test_mails_to_an_earlier_address_and_alerts_that_name_him_go_too(customer, job, city):
    with transaction.atomic():
        notification.queue_welcome(client=customer)
        customer.email = "new@agence.test"
        customer.save(update_fields=["email"])
        notification.queue_error_alert(job=job, error_message="No luck")
        notification.queue_welcome(client=ClientFactory(cities=[city], email="other@agence.test"))
    erase(customer.pk, "--yes")
    assert [mail["to"] for mail in queued_mails()] == ["other@agence.test"]


def test_mails_of_another_organization_to_the_same_address_stay(customer, theirs):
    with tenancy.scope(theirs.organization.pk):
        queue_mail(customer.email)
    queue_mail(customer.email)
    erase(customer.pk, "--yes")
    assert queued_mails() == []
    with tenancy.scope(theirs.organization.pk):
        assert len(queued_mails()) == 1


def test_deleting_takes_no_more_statements_for_many_rows_than_for_few(customer, city, django_assert_max_num_queries):
    for _ in range(5):
        sale = PropertyFactory(city=city)
        Assignment.objects.create(client=customer, property=sale, address_key=sale.address_key)
    with django_assert_max_num_queries(20, connection=connection):
        erase(customer.pk, "--yes")

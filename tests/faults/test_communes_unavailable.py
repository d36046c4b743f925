"""Who is asked about communes answers 500, or does not answer in time."""

import pytest

from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from demo.open_data.communes import COMMUNES
from tests.faults.open_data import dawdles, fails
from tests.faults.promises import all_is_done, assert_kept, mails_in
from tests.trackimmo.factories import CityFactory, ClientFactory, PropertyFactory
from trackimmo import services
from trackimmo.models import Assignment, City, JobStatus, ProcessingJob

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

CODES = ("35024", "35051", "64260")


@pytest.fixture
def clients(in_scope):
    """Three, each in a city of his own about which nobody was asked yet, with sales enough."""
    made = []
    for code in CODES:
        city = CityFactory(insee_code=code, refreshed_at=None)
        PropertyFactory.create_batch(8, city=city)
        made.append(ClientFactory(cities=[city], addresses_per_report=5))
    return made


@pytest.mark.parametrize(
    ("fault", "problem"), [(fails, "answered 500"), (dawdles, "said nothing for 1 seconds")], ids=["500", "slow"]
)
def test_attempts_fail_with_the_reason_and_all_jobs_end_once_it_answers(
    fault, problem, clients, open_data, quick, settings, private_mail, start_worker, start_beat
):
    settings.EMAIL_PORT = private_mail.port
    open_data.fault = fault
    for client in clients:
        services.start_processing(client_id=client.pk)
    start_beat()
    start_worker()
    reasons: set[str] = set()

    def each_has_failed() -> bool:
        errors = list(ProcessingJob.objects.values_list("error_message", flat=True))
        reasons.update(filter(None, errors))
        return all(errors)

    eventually(each_has_failed, seconds=40)
    left_alone = "failed 5 times in a row, and is asked again after 1 seconds"
    assert {f"{open_data.host}: {problem}"} <= reasons <= {f"{open_data.host}: {one}" for one in (problem, left_alone)}
    assert not ProcessingJob.objects.exclude(status__in=[JobStatus.PENDING, JobStatus.PROCESSING]).exists()
    assert not Assignment.objects.exists()
    assert not City.objects.filter(refreshed_at__isnull=False).exists()
    assert not OutboxEvent.objects.filter(topic="mail.send").exists()

    open_data.fault = lambda _handler: False
    eventually(all_is_done, seconds=60)
    assert_kept(clients, mails_in(private_mail))
    said = {code: (COMMUNES[code].name, COMMUNES[code].population) for code in CODES}
    assert {city.insee_code: (city.name, city.population) for city in City.objects.all()} == said
    assert not City.objects.filter(refreshed_at__isnull=True).exists()

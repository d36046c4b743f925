"""Connections break while files of sales come, again and again."""

import io
from collections import Counter
from itertools import accumulate

import httpx
import pytest

from core import tenancy
from core.testing.waiting import eventually
from tests.faults.open_data import breaks_off
from tests.faults.promises import all_is_done, assert_kept, mails_in
from tests.trackimmo.factories import CityFactory, ClientFactory
from trackimmo import services
from trackimmo.models import ProcessingJob, Property
from trackimmo.selectors.eligibility import age_window, today_in_paris
from trackimmo.services.importing import import_sales
from trackimmo.services.preparation import years_of

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]

CODE = "35197"
# More than the three times that one attempt asks, so that attempts fail, too.
MOST_BREAKS = 4


def sales() -> Counter:
    """The sales of the organization in scope."""
    return Counter(Property.objects.values_list("mutation_key", "address_raw", "property_type", "price", "sale_date"))


@pytest.fixture
def published(theirs, settings) -> Counter:
    """What the files have, read by the organization next door without any fault."""
    with tenancy.scope(theirs.organization.pk):
        for year in years_of(age_window(today=today_in_paris())):
            answer = httpx.get(f"{settings.DVF_BASE_URL}/{year}/communes/35/{CODE}.csv")
            import_sales(io.BytesIO(answer.raise_for_status().content))
        return sales()


def test_what_has_come_is_kept_and_nothing_is_imported_by_halves(
    in_scope, published, open_data, quick, settings, private_mail, start_worker, start_beat
):
    settings.EMAIL_PORT = private_mail.port
    settings.MIN_PROPERTIES_PER_CITY = published.total() + 1  # or some files would be enough to go on with
    open_data.requests.clear()
    city = CityFactory(insee_code=CODE)
    clients = [ClientFactory(cities=[city], addresses_per_report=5) for _ in range(3)]

    def breaks_off_at_first(handler) -> bool:
        asked = sum(path == handler.path for path, _ in open_data.requests)
        return asked <= MOST_BREAKS and breaks_off(handler)

    open_data.fault = breaks_off_at_first
    for client in clients:
        services.start_processing(client_id=client.pk)
    start_beat()
    start_worker()
    seen: set[int] = set()

    def all_is_done_at_last() -> bool:
        seen.add(Property.objects.count())
        return all_is_done()

    eventually(all_is_done_at_last, seconds=60)
    assert_kept(clients, mails_in(private_mail))
    assert sales() == published
    by_year = Counter(sale[-1].year for sale in published.elements())
    assert seen <= {0, *accumulate(by_year[year] for year in sorted(by_year))}
    # Some attempts failed; those that followed went on where the broken ones had got to.
    assert max(ProcessingJob.objects.values_list("attempt_count", flat=True)) > 1
    resumed = Counter(path for path, headers in open_data.requests if headers["Range"])
    assert resumed == dict.fromkeys({path for path, _ in open_data.requests}, MOST_BREAKS)

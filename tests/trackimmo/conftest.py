"""What TrackImmo's tests have in common: our client with a city of sales, and the mails that were queued."""

from pathlib import Path

import pytest

from core import tenancy
from tests.counting import counting
from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory, PropertyFactory
from tests.trackimmo.publisher import Publisher
from trackimmo.models import City, Client, ProcessingJob
from trackimmo.sources import asking, breaking


@pytest.fixture(autouse=True)
def _what_is_there_is_enough(settings) -> None:
    """No job fetches sales, but where a test asks for it."""
    settings.MIN_PROPERTIES_PER_CITY = 0


@pytest.fixture(autouse=True)
def _downloads_of_its_own(settings, tmp_path, monkeypatch) -> None:
    """What one test downloads, and which hosts failed it, is nothing to the next; nobody waits before asking again."""
    settings.DVF_CACHE_DIR = str(tmp_path / "downloads")
    breaking.forget_failures()
    monkeypatch.setattr(asking, "FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(asking, "JITTER_SECONDS", 0.0)


@pytest.fixture
def downloads(settings) -> Path:
    """The directory of downloads."""
    return Path(settings.DVF_CACHE_DIR)


@pytest.fixture
def publisher(httpserver, settings) -> Publisher:
    """The publisher of communes and sales, a server of the test's own."""
    settings.GEO_API_URL, settings.DVF_BASE_URL = httpserver.url_for("/geo"), httpserver.url_for("/dvf")
    settings.DVF_YEAR_URLS = {}
    return Publisher(httpserver)


@pytest.fixture
def city(in_scope) -> City:
    """A city of ours."""
    return CityFactory(name="Lyon", insee_code="69123", postal_code="69001")


@pytest.fixture
def customer(city) -> Client:
    """Our active client, who has chosen the city and takes houses and flats."""
    return ClientFactory(cities=[city])


@pytest.fixture
def sales(city) -> list:
    """Twelve sales in the city that the client may be given."""
    return PropertyFactory.create_batch(12, city=city)


@pytest.fixture
def job(customer) -> ProcessingJob:
    """A job of our client that waits for a worker."""
    return JobFactory(client=customer)


@pytest.fixture
def their_client(theirs) -> Client:
    """An active client of the organization next door."""
    with tenancy.scope(theirs.organization.pk):
        return ClientFactory(cities=[CityFactory()])


@pytest.fixture
def counted():
    """`with counted("GET /path"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))

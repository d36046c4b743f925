"""A client who has chosen one city, and the right to work on his job."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.trackimmo.factories import CityFactory, ClientFactory, JobFactory
from trackimmo.models import City
from trackimmo.services import jobs

TODAY = "2026-11-23 12:00"


@pytest.fixture
def abzac(in_scope) -> City:
    return CityFactory(insee_code="33001", name="Abzac", postal_code="33230", postal_codes=["33230"])


@pytest.fixture
def client(abzac):
    return ClientFactory(cities=[abzac])


@pytest.fixture
def lease(client):
    """The right to work on the client's job, in November 2026: sales of 2018 to 2020 are looked for."""
    with time_machine.travel(TODAY):
        yield jobs.claim(job_id=JobFactory(client=client, available_at=timezone.now() - timedelta(days=9000)).pk)


@pytest.fixture
def reported(monkeypatch) -> list[dict]:
    """The reports of the job so far."""
    said = []
    report = jobs.report

    def listen(lease, **progress) -> None:
        report(lease, **progress)
        said.append(progress)

    monkeypatch.setattr(jobs, "report", listen)
    return said

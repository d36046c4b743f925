"""What WhatsApp tells of numbers that nobody registers is kept for a while, and then forgotten."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction
from django.utils.timezone import now
from structlog.testing import capture_logs

from messaging.models import UnroutedWebhook
from messaging.services import forgetting
from messaging.tasks import forget_unrouted_webhooks
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def keep(*days: float) -> None:
    UnroutedWebhook.objects.bulk_create(
        UnroutedWebhook(
            phone_number_id="1",
            business_account_id="2",
            change={},
            digest=f"{number}",
            received_at=now() - timedelta(days=age),
        )
        for number, age in enumerate(days)
    )


def kept() -> list[str]:
    return list(UnroutedWebhook.objects.order_by("pk").values_list("digest", flat=True))


def test_after_thirty_days_they_are_forgotten_and_the_log_says_how_many():
    keep(29.9, 30.1, 0, 400)
    with capture_logs() as logs:
        forget_unrouted_webhooks()
    assert kept() == ["0", "2"]
    assert [one for one in logs if one["event"] == "unrouted_webhooks_forgotten"] == [
        {"event": "unrouted_webhooks_forgotten", "changes": 2, "older_than_days": 30, "log_level": "warning"}
    ]
    with capture_logs() as logs:
        forget_unrouted_webhooks()
    assert logs == []


def test_all_are_forgotten_batch_by_batch(monkeypatch, settings):
    settings.WHATSAPP_UNROUTED_DAYS = 1
    monkeypatch.setattr(forgetting, "BATCH", 2)
    keep(2, 2, 0.5, 2, 2, 2)
    assert forgetting.forget_unrouted() == 5
    assert kept() == ["2"]


def test_zero_keeps_all(settings):
    settings.WHATSAPP_UNROUTED_DAYS = 0
    keep(4000)
    assert forgetting.forget_unrouted() == 0
    assert kept() == ["0"]


@pytest.mark.django_db(transaction=True)
def test_what_a_registration_is_taking_in_is_left_to_it(ours):
    keep(31, 32)
    is_held, is_done = Event(), Event()

    def register() -> None:
        with transaction.atomic():
            UnroutedWebhook.objects.select_for_update().get(digest="0")
            is_held.set()
            assert is_done.wait(10)

    def forget() -> None:
        assert is_held.wait(10)
        assert forgetting.forget_unrouted() == 1
        is_done.set()

    at_once([register, forget], organization_id=ours.organization.pk)
    assert kept() == ["0"]

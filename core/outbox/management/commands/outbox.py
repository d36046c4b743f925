"""`manage.py outbox`: what waits to be delivered, what was given up and why, and another try."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.outbox import store
from core.outbox.consuming import consumer_of, topics
from core.outbox.models import OutboxEvent, OutboxPause
from core.outbox.parking import retry, retry_topic


class Command(BaseCommand):
    """An operator's command: it shows and retries the events of every organization (unscoped)."""

    help = "List undelivered events by topic and state, list the parked ones, or retry them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--parked", action="store_true", help="list the parked events and why they were given up")
        what.add_argument("--retry", metavar="ID", type=UUID, nargs="+", help="hand these events over again")
        what.add_argument("--retry-topic", metavar="TOPIC", help="hand every parked event of a topic over again")

    def handle(self, *args: object, **options: Any) -> None:  # noqa: ANN401 -- Django's own signature
        if options["parked"]:
            self._list_parked()
        elif options["retry"]:
            self._retry(options["retry"])
        elif options["retry_topic"]:
            self._retry_topic(options["retry_topic"])
        else:
            self._list_counts()

    def _list_counts(self) -> None:
        now = timezone.now()
        counts = store.counts()
        if not counts:
            self.stdout.write("Everything is delivered.")
        for count in counts:
            age_seconds = round((now - count.oldest).total_seconds())
            note = "" if count.topic in topics() else "  (no app consumes this topic)"
            self.stdout.write(f"{count.topic:30} {count.state:8} {count.number:8,}  oldest {age_seconds:,} s{note}")
        for pause in OutboxPause.objects.all():
            self.stdout.write(f"{pause.topic:30} paused until {pause.until:%H:%M:%S} UTC: {pause.reason}")

    def _list_parked(self) -> None:
        parked = OutboxEvent.unscoped.filter(parked_at__isnull=False).order_by("parked_at")
        if not parked.exists():
            self.stdout.write("Nothing is parked.")
        for event in parked.iterator():
            self.stdout.write(
                f"{event.pk} {event.topic} of {event.organization_id}, {event.attempts} attempts,"
                f" parked {event.parked_at:%Y-%m-%d %H:%M:%S}: {event.last_error}"
            )

    def _retry(self, ids: list[UUID]) -> None:
        number = retry(ids)
        if number < len(ids):
            raise CommandError(
                f"{number} of {len(ids)} will be handed over again; the others are delivered or unknown."
            )
        self.stdout.write(f"{number} will be handed over again.")

    def _retry_topic(self, topic: str) -> None:
        try:
            consumer_of(topic)
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{retry_topic(topic)} will be handed over again.")

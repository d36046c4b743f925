"""The Celery app and the beat schedule. Celery is transport only: every piece of work is a row in PostgreSQL."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings

from core.health.heartbeat import WorkerHeartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class SwitchboardCelery(Celery):
    """Celery, hurrying where somebody waits for it."""

    def connection_for_write(self, url: str | None = None, **options: Any) -> Any:  # noqa: ANN401 -- Celery's own
        """A request that publishes gives a broker that hangs one second; a worker that reads gives it ten."""
        in_a_hurry = {"socket_timeout": 1, **(options.pop("transport_options", None) or {})}
        return super().connection_for_write(url, transport_options=in_a_hurry, **options)


app = SwitchboardCelery("switchboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_scheduler = "core.health.heartbeat:BeatScheduler"
app.steps["worker"].add(WorkerHeartbeat)


# Of each sweep, so many may wait. Fewer, and workers who are busy, or whose clock is ahead of beat's, would drop all.
MOST_SWEEPS_WAITING = 12
# What is not closed yet is counted at each request, which takes a millisecond per ten thousand records.
CLOSE_SWEEPS = 6


def sweep(task: str) -> dict[str, Any]:
    """Ask every SWEEP_SECONDS; a question that no worker took in twelve times as long is dropped."""
    expires_seconds = MOST_SWEEPS_WAITING * settings.SWEEP_SECONDS
    return {"task": task, "schedule": settings.SWEEP_SECONDS, "options": {"expires": expires_seconds}}


@app.on_after_configure.connect
def schedule(sender: Celery, **_: object) -> None:
    """What beat asks for. All times are UTC, every task only looks, and two beats do no harm."""
    sender.conf.beat_schedule = {
        "relay what the outbox has due": sweep("core.outbox.tasks.relay_due"),
        "look for jobs that wait": sweep("trackimmo.tasks.sweep_jobs"),
        "look for days to work on": sweep("trackimmo.tasks.look_for_days"),
        "look after check-in": sweep("checkin.tasks.look"),
        "look for callbacks that are due": sweep("agents.tasks.look"),
        "count the AI agents that are online": {
            "task": "agents.tasks.sample_agents_online",
            "schedule": crontab(minute="*/5"),
        },
        "close what is old of the log": {
            "task": "profiles.tasks.close_segments",
            "schedule": CLOSE_SWEEPS * settings.SWEEP_SECONDS,
            "options": {"expires": CLOSE_SWEEPS * settings.SWEEP_SECONDS},
        },
        "forget old records of the log": {"task": "profiles.tasks.forget_old_records", "schedule": crontab(minute="7")},
        "forget old refreshes": {
            "task": "checkin.tasks.delete_old_history",
            "schedule": crontab(minute="50", hour="3"),
        },
        "forget delivered events": {
            "task": "core.outbox.tasks.delete_delivered_events",
            "schedule": crontab(minute="17"),
        },
        "forget answers kept for retries": {
            "task": "core.idempotency.tasks.purge_answers",
            "schedule": crontab(minute="47"),
        },
        "forget ended jobs": {"task": "trackimmo.tasks.delete_old_jobs", "schedule": crontab(minute="20", hour="3")},
        "sign the audit logs that are quiet": {
            "task": "audit.tasks.sign_quiet_logs",
            "schedule": 60,
            "options": {"expires": 60},
        },
        "verify a part of each audit log": {"task": "audit.tasks.watch_logs", "schedule": crontab(minute="37")},
        "let go of old audit entries": {
            "task": "audit.tasks.delete_old_entries",
            "schedule": crontab(minute="10", hour="3"),
        },
        "forget what is told of numbers that nobody registered": {
            "task": "messaging.tasks.forget_unrouted_webhooks",
            "schedule": crontab(minute="30", hour="3"),
        },
        "forget ended sessions": {"task": "accounts.tasks.purge_sessions", "schedule": crontab(minute="40", hour="3")},
    }


@setup_logging.connect
def use_our_logs(**_: object) -> None:
    """Celery leaves logging alone once somebody answers this signal."""
    logging.config.dictConfig(settings.LOGGING)

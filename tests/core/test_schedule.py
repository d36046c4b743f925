"""Beat asks for tasks that exist, in UTC."""

from celery import current_app
from django.conf import settings


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert scheduled == {
        "accounts.tasks.purge_sessions",
        "core.idempotency.tasks.purge_answers",
        "core.outbox.tasks.delete_delivered_events",
        "core.outbox.tasks.relay_due",
        "trackimmo.tasks.delete_old_jobs",
        "trackimmo.tasks.look_for_days",
        "trackimmo.tasks.sweep_jobs",
    }
    assert scheduled <= current_app.tasks.keys()
    assert current_app.conf.timezone == "UTC"


def test_a_sweep_that_no_worker_took_is_dropped_by_the_next():
    sweeps = [entry for entry in current_app.conf.beat_schedule.values() if "options" in entry]
    assert [(one["schedule"], one["options"]["expires"]) for one in sweeps] == [(settings.SWEEP_SECONDS,) * 2] * 3


def test_a_broker_that_hangs_is_given_up_after_a_second():
    assert current_app.connection_for_write().transport_options["socket_timeout"] == 1
    assert current_app.connection_for_read().transport_options["socket_timeout"] == 10

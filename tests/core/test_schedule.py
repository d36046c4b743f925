"""Beat asks for tasks that exist, in UTC."""

from celery import current_app
from django.conf import settings

from trackimmo.services.waking import MOST_MESSAGES_WAITING


def test_every_scheduled_task_exists():
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert scheduled == {
        "accounts.tasks.purge_sessions",
        "agents.tasks.look",
        "agents.tasks.sample_agents_online",
        "audit.tasks.delete_old_entries",
        "audit.tasks.sign_quiet_logs",
        "audit.tasks.watch_logs",
        "checkin.tasks.delete_old_history",
        "checkin.tasks.look",
        "core.idempotency.tasks.purge_answers",
        "core.outbox.tasks.delete_delivered_events",
        "core.outbox.tasks.relay_due",
        "messaging.tasks.forget_unrouted_webhooks",
        "profiles.tasks.close_segments",
        "profiles.tasks.forget_old_records",
        "trackimmo.tasks.delete_old_jobs",
        "trackimmo.tasks.look_for_days",
        "trackimmo.tasks.sweep_jobs",
    }
    assert scheduled <= current_app.tasks.keys()
    assert current_app.conf.timezone == "UTC"


def test_a_sweep_that_no_worker_takes_for_a_minute_is_dropped():
    """A worker whose clock is some seconds ahead, or who is busy for as long, still takes it."""
    pace = settings.SWEEP_SECONDS
    sweeps = [entry for entry in current_app.conf.beat_schedule.values() if entry["schedule"] == pace]
    assert [one["options"]["expires"] for one in sweeps] == [12 * pace] * 5


def test_sweeps_that_wait_do_not_keep_one_from_asking_for_jobs():
    sweeps = [entry for entry in current_app.conf.beat_schedule.values() if "options" in entry]
    assert sum(one["options"]["expires"] / one["schedule"] for one in sweeps) < MOST_MESSAGES_WAITING


def test_a_broker_that_hangs_is_given_up_after_a_second():
    assert current_app.connection_for_write().transport_options["socket_timeout"] == 1
    assert current_app.connection_for_read().transport_options["socket_timeout"] == 10

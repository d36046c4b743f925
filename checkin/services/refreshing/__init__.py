"""Refreshing sessions: claimed, asked for at the upstream's page, their tokens kept, their answers written down."""

from checkin.services.refreshing.runs import start_refresh
from checkin.services.refreshing.settling import settle_interrupted
from checkin.services.refreshing.single import refresh_one
from checkin.services.refreshing.waking import wake
from checkin.services.refreshing.working import refresh_all, work_on_run

__all__ = ["refresh_all", "refresh_one", "settle_interrupted", "start_refresh", "wake", "work_on_run"]

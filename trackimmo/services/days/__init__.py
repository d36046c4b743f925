"""The daily run: the day before his day a client is reminded, on his day his report is made, each once a month."""

from trackimmo.services.days.forecast import Expected, expected
from trackimmo.services.days.foreground import run_day
from trackimmo.services.days.opening import look_for_days
from trackimmo.services.days.summary import DaySummary
from trackimmo.services.days.working import work_on_day

__all__ = ["DaySummary", "Expected", "expected", "look_for_days", "run_day", "work_on_day"]

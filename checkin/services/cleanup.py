"""Forgetting runs that ended long ago, with what was tried in them."""
# ruff: noqa: S608 -- what is put into the statements are constants; values are parameters

import time
from typing import Final

from django.conf import settings

from checkin.services.statements import NOW, change

# A worker has a minute for its task.
TASK_SECONDS: Final = 30
BATCH: Final = 5000

OLD: Final = f"finished_at < {NOW} - %(days)s * interval '1 day'"
ATTEMPTS: Final = f"""
    DELETE FROM checkin_refreshattempt WHERE id IN (
        SELECT attempt.id FROM checkin_refreshattempt AS attempt
        JOIN checkin_refreshrun AS run ON run.id = attempt.run_id
        WHERE run.{OLD} LIMIT %(limit)s
    )
"""
RUNS: Final = f"""
    DELETE FROM checkin_refreshrun WHERE id IN (
        SELECT run.id FROM checkin_refreshrun AS run
        WHERE run.{OLD} AND NOT EXISTS (SELECT FROM checkin_refreshattempt WHERE run_id = run.id)
        LIMIT %(limit)s
    )
"""


def delete_old_history() -> int:
    """Delete attempts and runs that ended more than CHECKIN_HISTORY_DAYS ago, for 30 s at most. Returns how many.

    Of every organization. A token that was put aside goes with its attempt. Beat asks for it once a day.
    """
    ends_at = time.monotonic() + TASK_SECONDS
    total = 0
    for statement in (ATTEMPTS, RUNS):
        deleted = BATCH
        while deleted == BATCH and time.monotonic() < ends_at:
            deleted = change(statement, {"days": settings.CHECKIN_HISTORY_DAYS, "limit": BATCH})
            total += deleted
    return total

"""The calls of all apps, by their routes."""

from typing import Final

from tests.audit.coverage import agents, messaging, platform, trackimmo

CALLS: Final = {**platform.CALLS, **agents.CALLS, **trackimmo.CALLS, **messaging.CALLS}

"""Events that leave the database only after their transaction has committed, and are never lost.

A service writes its rows and calls `publish` in one transaction. After the commit a relay claims the event with a
lease, hands it to the one consumer of its topic outside any transaction, and marks it delivered. A consumer may see an
event twice (a process can die between the effect and the mark) and must not mind.
"""

from core.outbox.consuming import consumer
from core.outbox.event import Event, Reject, Retry
from core.outbox.publishing import publish, publish_many
from core.outbox.relaying import relay, relay_all

__all__ = ["Event", "Reject", "Retry", "consumer", "publish", "publish_many", "relay", "relay_all"]

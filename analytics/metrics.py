"""The metrics that there are, as documented."""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """`type` is "counter" of what is summed up, and "gauge" of what is sampled."""

    id: str
    label: str
    description: str
    type: Literal["counter", "gauge"]


ALL: Final = (
    Metric("messages_sent", "Messages Sent", "Total WhatsApp messages sent", "counter"),
    Metric("campaigns_executed", "Campaigns Executed", "Total campaigns executed", "counter"),
    Metric("conversations_closed", "Conversations Closed", "Total conversations closed", "gauge"),
    Metric("contacts_created", "Contacts Created", "Total new contacts created", "counter"),
    Metric("agents_online", "Agents Online", "Number of online agents", "gauge"),
)
# Of which a sum says nothing. `conversations_closed` is called a gauge, and counted.
SAMPLED: Final = frozenset({"agents_online"})
IDS: Final = tuple(metric.id for metric in ALL)

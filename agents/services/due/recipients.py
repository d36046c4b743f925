"""Who is written to about callbacks: whoever looks after the AI agent, or else its owner."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import structlog

from agents.models import AIAgent, Callback
from agents.services.due.mails import Occasion, Recipient, mail_about

logger = structlog.get_logger(__name__)


def write(occasion: Occasion, callbacks: Sequence[Callback]) -> None:
    """Queue a mail to each recipient that lists his. Call it in the transaction that takes down that he was told.

    Whoever is deactivated, or has another role by now, gets none; of agents whom nobody looks after it is logged.
    """
    lists: defaultdict[Recipient, list[Callback]] = defaultdict(list)
    recipients = {agent.pk: _recipient_of(agent) for agent in {row.agent_id: row.agent for row in callbacks}.values()}
    unread: set[UUID] = set()
    for callback in callbacks:
        recipient = recipients[callback.agent_id]
        if recipient is None:
            unread.add(callback.agent_id)
        else:
            lists[recipient].append(callback)
    for recipient, listed in lists.items():
        mail_about(occasion, listed, to=recipient).queue()
    if unread:
        logger.warning("agents_mail_to_nobody", occasion=occasion, agents=sorted(map(str, unread)))


def _recipient_of(agent: AIAgent) -> Recipient | None:
    for person, role in ((agent.assigned_to, "agent"), (agent.owner, "client")):
        if person is not None and person.is_active and person.role == role:
            may_enter = person.is_staff and person.has_perm("agents.view_callback")
            return Recipient(person.email, may_enter_admin=may_enter)
    return None

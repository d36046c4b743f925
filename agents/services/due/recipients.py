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
    known: dict[UUID, Recipient] = {}
    unread: set[UUID] = set()
    for callback in callbacks:
        recipient = _recipient_of(callback.agent, known)
        if recipient is None:
            unread.add(callback.agent_id)
        else:
            lists[recipient].append(callback)
    for recipient, listed in lists.items():
        mail_about(occasion, listed, to=recipient).queue()
    if unread:
        logger.warning("agents_mail_to_nobody", occasion=occasion, agents=sorted(map(str, unread)))


def _recipient_of(agent: AIAgent, known: dict[UUID, Recipient]) -> Recipient | None:
    """Those who are `known` are not looked at again: what staff may do is a query."""
    for person, role in ((agent.assigned_to, "agent"), (agent.owner, "client")):
        if person is not None and person.is_active and person.role == role:
            if person.pk not in known:
                may_enter = person.is_staff and person.has_perm("agents.view_callback")
                known[person.pk] = Recipient(person.email, may_enter_admin=may_enter)
            return known[person.pk]
    return None

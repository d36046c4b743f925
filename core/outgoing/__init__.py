"""What is asked of other hosts: within a deadline, under our own name, and no sooner than they want it."""

from core.outgoing.again import ask_again
from core.outgoing.connecting import connect
from core.outgoing.deadline import Deadline
from core.outgoing.patience import retry_after_seconds

__all__ = ["Deadline", "ask_again", "connect", "retry_after_seconds"]

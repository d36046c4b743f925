"""E-mail, through the outbox: a service queues it in its transaction, the consumer sends it by SMTP.

Each mail's `Message-ID` and `Date` come from its event, so that a mail repeated after a crash is the same mail.
"""

from core.mail.queueing import queue

__all__ = ["queue"]

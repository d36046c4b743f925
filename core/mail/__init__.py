"""E-mail, through the outbox: a service queues it in its transaction, the consumer sends it by SMTP.

Each mail's `Message-ID` and `Date` come from its event, so that a mail repeated after a crash is the same mail.
`check_mail` goes past the outbox, to find out whether mail can be sent at all.
"""

from core.mail.checking import MailCheck, check_mail
from core.mail.composing import compose
from core.mail.links import absolute_url
from core.mail.queueing import queue
from core.mail.rendering import Rendered, render
from core.mail.written import Mail

__all__ = ["Mail", "MailCheck", "Rendered", "absolute_url", "check_mail", "compose", "queue", "render"]

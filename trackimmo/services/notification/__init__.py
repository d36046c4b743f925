"""TrackImmo's e-mails: rendered in the reader's language and queued in the transaction that causes them."""

from trackimmo.services.notification.alerts import queue_error_alert, queue_insufficient_alert
from trackimmo.services.notification.clients import queue_client_notification, queue_reminder, queue_welcome

__all__ = [
    "queue_client_notification",
    "queue_error_alert",
    "queue_insufficient_alert",
    "queue_reminder",
    "queue_welcome",
]

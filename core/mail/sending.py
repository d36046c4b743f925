"""One mail over SMTP."""

from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Final

from core.mail.composing import compose, message_id
from core.mail.connection import CLOSING, current_connection
from core.outbox.event import Event, Reject, Retry

TOO_LARGE: Final = 552


def message_id_of(event: Event) -> str:
    """`<event id@domain of EMAIL_SENDER>`: unique, and the same however often the event is handed over."""
    return message_id(str(event.id))


def send(event: Event) -> None:
    """Send it. Raises Retry while the server or the recipient's mailbox cannot take it, and Reject if it never will."""
    try:
        current_connection().send(compose(**event.payload, identity=str(event.id), written_at=event.created_at))
    except SMTPRecipientsRefused as error:
        raise _refusal(*next(iter(error.recipients.values()))) from error
    except SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except SMTPSenderRefused as error:
        # The sender is the same for all mails: what is wrong with it is ours to fix, and then all go out.
        if error.smtp_code == TOO_LARGE:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        raise Retry(f"The mail server refuses our sender: {error.smtp_code} {words_of(error.smtp_error)}") from error
    except (SMTPException, OSError) as error:
        raise Retry(f"The mail server cannot be used: {type(error).__name__}: {error}") from error


def _refusal(code: int, words: bytes | str) -> Retry | Reject:
    """What a server's refusal of one mail means: 4xx later, 5xx never (RFC 5321, 4.2.1). Anything else is not SMTP."""
    reason = f"{code} {words_of(words)}"
    if code == CLOSING or code < 400:
        return Retry(reason)
    return Reject(reason) if code >= 500 else Retry(reason, event_only=True)


def words_of(reply: bytes | str) -> str:
    """A server's reply as text, whatever it is made of."""
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply

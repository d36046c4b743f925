"""What can go wrong, in words a caller can act on. The codes are the API's, where they stand in capitals."""

from datetime import datetime
from typing import Final

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.wording import counted

SCHEDULED: Final = "scheduled_datetime"
STAYS: Final = "A callback stays its customer's. Schedule another one instead."


class AgentNotFound(NotFound):
    """No AI agent of that id that the caller sees."""

    default_message = "AI agent not found."


class CustomerNotFound(NotFound):
    """No customer of that id that the caller sees."""

    default_message = "Customer not found."


class CallbackNotFound(NotFound):
    """No callback of that id that the caller sees."""

    default_message = "Callback not found."


class CallNotFound(NotFound):
    """No call of that id that the caller sees."""

    default_message = "Call not found."


class CalendarNotFound(NotFound):
    """No calendar has this address, or it has another one by now."""

    default_message = "There is no calendar at this address."


class AgentRequired(Invalid):
    """Nobody can tell which AI agent is meant."""

    code = "validation_error"

    def __init__(self, message: str) -> None:
        super().__init__(fields={"agent_id": [message]})


class ObjectRefused(Invalid):
    """A JSON object that would grow beyond its bounds, or has in it what cannot be."""

    code = "validation_error"

    def __init__(self, field: str, messages: list[str]) -> None:
        super().__init__(fields={field: messages})


class WorkingHoursRefused(Invalid):
    """Working hours that end before they begin, or in which no callback has room."""

    code = "validation_error"

    def __init__(self, message: str = "Must be after the start; 00:00 is the end of the day.") -> None:
        super().__init__(fields={"working_hours_end": [message]})


class UserUnknown(Invalid):
    """The person to own an AI agent, or to look after it, is none of the organization's who could."""

    code = "validation_error"

    def __init__(self, field: str, *, role: str) -> None:
        super().__init__(fields={field: [f"Must be the id of a user of the organization with the role {role}."]})


class AgentFixed(Invalid):
    """Customers and callbacks stay with their AI agent."""

    code = "validation_error"

    def __init__(self) -> None:
        super().__init__(fields={"agent_id": ["Cannot be changed."]})


class AdminsOnly(Forbidden):
    """A field that only an admin may set."""

    def __init__(self, field: str) -> None:
        super().__init__(fields={field: ["Only an admin may set this."]})


class ClientHasAgent(Conflict):
    """A client has one AI agent at most."""

    code = "agent_exists"
    default_message = "This client has an AI agent already."


class CallInProgress(Conflict):
    """Somebody is talking: neither the AI agent nor the customer can be deleted now."""

    code = "call_in_progress"
    default_message = "A call is in progress. End it first."


class CustomerExists(Conflict):
    """The AI agent has a customer with this phone number."""

    code = "customer_exists"

    def __init__(self, phone_number: str) -> None:
        super().__init__(fields={"phone_number": [f"This AI agent has a customer with {phone_number} already."]})


class DoNotCall(Conflict):
    """The customer asked not to be called."""

    code = "do_not_call"
    default_message = "This customer asked not to be called."


class PastDatetime(Invalid):
    """Nobody can be called in the past."""

    code = "past_datetime"

    def __init__(self, field: str = SCHEDULED) -> None:
        super().__init__(fields={field: ["Must be in the future."]})


class OutsideWorkingHours(Invalid):
    """The slot is not within the agent's working hours."""

    code = "outside_working_hours"

    def __init__(self, hours: str, next_free: datetime | None, field: str = SCHEDULED) -> None:
        super().__init__(fields={field: [f"Outside the agent's working hours, {hours}.{_hint(next_free)}"]})


class SlotTaken(Conflict):
    """Another open callback of the agent touches the slot."""

    code = "slot_taken"

    def __init__(self, next_free: datetime | None, field: str = SCHEDULED) -> None:
        super().__init__(
            fields={field: [f"The agent has another callback within 15 minutes of that time.{_hint(next_free)}"]}
        )


class DailyLimitReached(Conflict):
    """The agent has as many callbacks on that day as it may make calls."""

    code = "daily_limit_reached"

    def __init__(self, limit: int, next_free: datetime | None, field: str = SCHEDULED) -> None:
        message = f"The agent has {counted(limit, 'callback')} on that day, which is its limit.{_hint(next_free)}"
        super().__init__(fields={field: [message]})


class NoFreeSlot(Conflict):
    """No slot is free for a year."""

    code = "no_free_slot"
    default_message = "The agent has no free slot within a year."


class CallbackClosed(Conflict):
    """It was completed or cancelled: its time and its status stay."""

    code = "callback_closed"

    def __init__(self, status: str) -> None:
        super().__init__(f"The callback is {status}: only its notes and its outcome can be changed.")


class CustomerFixed(Invalid):
    """Whom a callback is for cannot be changed, nor through it what he is called."""

    code = "validation_error"

    def __init__(self, field: str) -> None:
        said = "The name is the customer's: change it there." if field == "customer_name" else STAYS
        super().__init__(fields={field: [said]})


class StatusRefused(Invalid):
    """A status that does not come about so."""

    code = "validation_error"

    def __init__(self, message: str) -> None:
        super().__init__(fields={"status": [message]})


class CallbackOpen(Conflict):
    """Only a completed callback can be deleted so."""

    code = "callback_open"

    def __init__(self, status: str) -> None:
        super().__init__(f"The callback is {status}, not completed.")


class AgentNotReady(Conflict):
    """The agent may not call now: its status or its training forbid it."""

    code = "agent_not_ready"
    default_message = (
        "The AI agent is not ready: it calls when active or learning, with a training level of 20 or more."
    )


class CallRefused(Invalid):
    """What is said of a call does not fit together."""

    code = "validation_error"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(fields={field: [message]})


class CallLimitReached(Conflict):
    """The agent has made as many calls on this day as it may."""

    code = "daily_limit_reached"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The AI agent has made {counted(limit, 'call')} today, which is its limit.")


class CallEnded(Conflict):
    """An ended call is history: its notes can be changed."""

    code = "call_ended"
    default_message = "The call has ended: only its notes can be changed."


class AgentStillActive(Conflict):
    """Only an inactive AI agent can be deleted so."""

    code = "agent_active"
    default_message = "The AI agent is active, or was made or on a call not long ago."


class TooManyMatches(Invalid):
    """A bulk action would touch more than one request may."""

    code = "too_many_matches"

    def __init__(self, found: int, most: int) -> None:
        super().__init__(f"{found:,} match, and {most:,} are the most for one request. Narrow the filters.")


def _hint(next_free: datetime | None) -> str:
    return f" The next free time is {next_free:%Y-%m-%dT%H:%M:%SZ}." if next_free else ""

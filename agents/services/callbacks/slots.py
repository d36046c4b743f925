"""Taking a slot of an AI agent: asking its diary first, and heeding the database, which has the last word."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from psycopg.errors import ExclusionViolation

from agents.errors import DoNotCall, SlotTaken
from agents.models import Callback
from agents.services.scheduling import Diary

SLOTS_APART: Final = "callback_slots_apart"


@contextmanager
def slot_taken(callback: Callback, at: datetime) -> Iterator[None]:
    """The block writes that the callback is at that time; its agent and its customer are locked.

    Raises DoNotCall if the customer asked for that, what the agent's diary refuses with, and SlotTaken if somebody who
    did not ask it was quicker.
    """
    if callback.customer.do_not_call:
        raise DoNotCall
    refusal = _diary(callback, at).refusal(at)
    if refusal is not None:
        raise refusal
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, ExclusionViolation) and cause.diag.constraint_name == SLOTS_APART:
            raise SlotTaken(_diary(callback, at).next_free(at)) from error
        raise


def _diary(callback: Callback, at: datetime) -> Diary:
    return Diary.of(callback.agent, since=at, leaving_out=[callback.pk])

"""Telling the upstream which tokens its users have by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models.functions import Now

from checkin.models import CheckinSession
from checkin.services.errands import do_errands
from checkin.services.listed import token_fingerprint
from checkin.services.statements import NOW, fetch
from checkin.upstream import UpstreamApi
from core import outbox
from core.tenancy import current_organization_id

TOPIC: Final = "checkin.tell_upstream"
# An event that is older was given up, and is taken for none.
STALE: Final = f"{NOW} - interval '1 day'"
UNTOLD: Final = f"""
    UPDATE checkin_checkinsession SET telling_since = {NOW}
    WHERE organization_id = %(organization_id)s AND is_listed AND status = 'normal'
        AND token_number = confirmed_number
        AND listed_fingerprint <> known_tokens[cardinality(known_tokens)]
        AND (telling_since IS NULL OR telling_since < {STALE})
    RETURNING id
"""  # noqa: S608 -- constants

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Errand:
    """That a user's listed token be replaced. `is_told` is what became of it."""

    session: CheckinSession
    is_told: bool = False


def publish_tells(session_ids: Sequence[UUID]) -> None:
    """Have the upstream told of these sessions' tokens. The events name the sessions, and carry no token."""
    outbox.publish_many(TOPIC, [{"session_id": str(session_id)} for session_id in session_ids])


def tell_what_is_untold() -> None:
    """Have the upstream told where its list has another token than the one that is surely the user's."""
    rows = fetch(UNTOLD, {"organization_id": current_organization_id()})
    publish_tells([session_id for (session_id,) in rows])


def tell_upstream(session_ids: Sequence[UUID]) -> None:
    """Tell the upstream of these sessions' tokens, several at a time, as far as it does not know them.

    Only a token whose page has shown the user is told. Where the upstream has neither the old nor the new one, its list
    is left as it is: the next one that is fetched decides. Raises UpstreamUnavailable or UpstreamRefused when what went
    well is written down; to call it again is harmless.
    """
    sessions = list(CheckinSession.objects.filter(pk__in=session_ids, telling_since__isnull=False))
    untold = [one for one in sessions if _is_untold(one)]
    api = UpstreamApi()
    errands = do_errands(untold, lambda one: api.update_token(one.email, one.listed_token, one.token))
    settled = [_Errand(one) for one in sessions if one not in untold]
    for session, changed_rows in errands.done:
        if not changed_rows:
            logger.warning("checkin_token_not_taken", session_id=str(session.pk))
        settled.append(_Errand(session, is_told=changed_rows > 0))
    _settle(settled)
    errands.raise_problem()


def _is_untold(session: CheckinSession) -> bool:
    is_sure = session.token_number == session.confirmed_number
    return session.is_listed and is_sure and session.token != session.listed_token


@transaction.atomic
def _settle(errands: Sequence[_Errand]) -> None:
    """Write down what the upstream knows now. Whoever has a newer token meanwhile is told of again."""
    told = {one.session.pk: one for one in errands}
    rows = CheckinSession.objects.select_for_update(no_key=True).filter(pk__in=told).order_by("pk")
    again: list[UUID] = []
    for current in rows.only("confirmed_number", "listed_fingerprint"):
        errand = told[current.pk]
        if current.confirmed_number > errand.session.confirmed_number:
            again.append(current.pk)
        if errand.is_told and current.listed_fingerprint == errand.session.listed_fingerprint:
            CheckinSession.objects.filter(pk=current.pk).update(**_listed(errand.session.token))
    CheckinSession.objects.filter(pk__in=told.keys() - again).update(telling_since=None)
    publish_tells(again)


def _listed(token: str) -> dict[str, Any]:
    return {"listed_token": token, "listed_fingerprint": token_fingerprint(token), "updated_at": Now()}

"""Doing something for the log of each organization, whatever befalls one of them."""

from collections.abc import Callable

import structlog
from django.db import OperationalError
from pymongo.errors import PyMongoError

from accounts import selectors as accounts
from audit.services.locking import ChainIsLocked
from core import outbox, tenancy
from core.errors import Unavailable

logger = structlog.get_logger(__name__)


def in_each_organization(act: Callable[[], object]) -> None:
    """Call `act` in the scope of each organization. Where a server or a file fails it, the next round does it.

    Any other error is raised when all have had their turn: one organization's must not keep the others' logs unwatched.
    """
    errors: list[Exception] = []
    for organization_id in accounts.organizations().order_by("slug").values_list("pk", flat=True):
        with tenancy.scope(organization_id):
            try:
                act()
            except (PyMongoError, OperationalError, ChainIsLocked, Unavailable, outbox.Retry) as error:
                logger.warning(
                    "audit_put_off", what=act.__name__, organization_id=str(organization_id), reason=str(error)
                )
            except Exception as error:  # raised below
                errors.append(error)
    if errors:
        raise ExceptionGroup(f"{act.__name__} failed for {len(errors)} organizations", errors)

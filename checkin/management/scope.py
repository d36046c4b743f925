"""For whom check-in's commands work: there is one organization with an upstream."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError

from checkin.selectors.standing import organization_with_upstream, switched_off
from core import tenancy
from core.errors import SwitchboardError


@contextmanager
def scope_with_upstream() -> Iterator[None]:
    """Run the block on its behalf. Raises CommandError if there is none, or for what the block cannot do."""
    organization_id = organization_with_upstream()
    if organization_id is None:
        raise CommandError(switched_off() or f"There is no organization {settings.API_KEY_ORGANIZATION!r}.")
    with tenancy.scope(organization_id):
        try:
            yield
        except SwitchboardError as error:
            raise CommandError(error.message) from error

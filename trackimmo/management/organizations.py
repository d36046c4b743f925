"""For whom a command works."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts import selectors as accounts
from core import tenancy


def add_organization_argument(parser: CommandParser) -> None:
    """`--organization SLUG`."""
    parser.add_argument(
        "--organization",
        metavar="SLUG",
        default=settings.API_KEY_ORGANIZATION,
        help="whose data this is (default: %(default)s, that of the environment's API keys)",
    )


@contextmanager
def scope_of_organization(slug: str) -> Iterator[None]:
    """Run the block on behalf of the organization. Raises CommandError if there is none."""
    organization = accounts.organization_by_slug(slug)
    if organization is None:
        raise CommandError(f"There is no organization {slug!r}.")
    with tenancy.scope(organization.pk):
        yield

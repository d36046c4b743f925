"""Organizations."""

from accounts.models import Organization


def ensure_organization(*, slug: str, name: str = "") -> Organization:
    """The organization with this slug, created under `name` if there is none. For commands: no API makes one."""
    organization, _ = Organization.objects.get_or_create(slug=slug, defaults={"name": name or slug.capitalize()})
    return organization

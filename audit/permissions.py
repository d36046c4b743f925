"""What is an admin's only: others see their own entries, which neither verify nor make up the log."""

from audit.errors import AdminsOnly
from core.actor import Actor


def require_admin(actor: Actor) -> None:
    """Raises AdminsOnly."""
    if actor.role != "admin":
        raise AdminsOnly

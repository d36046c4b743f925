"""The audit log in the Django admin, to read: its entries, and its chains and checkpoints."""

from audit.admin import chains, entries

__all__ = ["chains", "entries"]

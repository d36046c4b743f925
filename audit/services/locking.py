"""The lock on an organization's chain."""

from audit.models import Chain


def lock_chain() -> Chain:
    """The scope's chain, locked until the surrounding transaction ends; a new one if the organization has none.

    Raises OperationalError, caused by LockNotAvailable, if another one holds it for longer than `lock_timeout`.
    """
    locked = Chain.objects.select_for_update(of=("self",))
    chain = locked.first()
    if chain is None:
        # Another relay may be quicker: its row is as good.
        Chain.objects.bulk_create([Chain()], ignore_conflicts=True)
        chain = locked.get()
    return chain

"""How far WhatsApp says that messages got."""

from collections.abc import Iterable

from messaging.models import Delivery


def statuses_of(wamids: Iterable[str]) -> dict[str, str]:
    """The status of each of the messages with these `wamid`s that WhatsApp has told one of."""
    told = Delivery.objects.filter(wamid__in=list(wamids)).exclude(status="")
    return dict(told.values_list("wamid", "status"))

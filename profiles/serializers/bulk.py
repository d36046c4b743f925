"""Many records at once."""

from typing import Any, Final

from rest_framework import serializers

from core.serializers import StrictSerializer
from profiles.serializers.fields import IdsField
from profiles.serializers.records import Out, RecordIn, RecordOut

MOST_REPORTED: Final = 1000
MOST_DELETED: Final = 10_000


class ItemsField(serializers.ListField):
    """Items, of which none is looked at if they are too many."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        if isinstance(data, list):
            self.run_validators(data)
        return super().to_internal_value(data)


class BatchIn(StrictSerializer):
    """Logouts, in the order in which they get their ids."""

    items = ItemsField(child=RecordIn(), max_length=MOST_REPORTED, allow_empty=False)


class BatchOut(Out):
    """The records that were made."""

    items = RecordOut(many=True)
    created_count = serializers.IntegerField()


class BulkDeleteIn(StrictSerializer):
    """Which records to delete."""

    ids = IdsField(max_length=MOST_DELETED)


class BulkDeleteOut(Out):
    """What became of them."""

    deleted_count = serializers.IntegerField()
    failed_ids = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids that none of the organization's records had, as given."
    )

"""What became of a bulk action, for Swagger."""

from typing import Any

from rest_framework import serializers

Out = serializers.Serializer[Any]


class BulkResultOut(Out):
    """Of one object."""

    id = serializers.UUIDField()
    result = serializers.ChoiceField(choices=["done", "unchanged", "failed"])
    code = serializers.CharField(required=False, help_text="Why it failed, as a request for it alone would.")
    error = serializers.CharField(required=False, help_text="The same in words.")

    class Meta:
        ref_name = "AgentsBulkResult"


class CallbackBulkResultOut(BulkResultOut):
    """Of one callback."""

    # A word of the language, which no name in a class can be.
    vars()["from"] = serializers.DateTimeField(required=False, help_text="Where a rescheduled one was.")
    to = serializers.DateTimeField(required=False, help_text="Where it is now.")

    class Meta:
        ref_name = "CallbackBulkResult"


class AgentBulkDataOut(Out):
    """Of all of them. A dry run tells what would become of them."""

    action = serializers.CharField()
    dry_run = serializers.BooleanField()
    matched = serializers.IntegerField(help_text="How many of them there are.")
    succeeded = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="They were so already.")
    failed = serializers.IntegerField()
    results = BulkResultOut(many=True, help_text="In the order of the ids; by time where filters chose.")

    class Meta:
        ref_name = "AIAgentBulkData"


class CallbackBulkDataOut(AgentBulkDataOut):
    """Of all callbacks."""

    results = CallbackBulkResultOut(many=True, help_text="In the order of the ids; by time where filters chose.")

    class Meta:
        ref_name = "CallbackBulkData"


class AgentBulkOut(Out):
    """What was done."""

    message = serializers.CharField()
    data = AgentBulkDataOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "AIAgentBulk"


class CallbackBulkOut(Out):
    """What was done."""

    message = serializers.CharField()
    data = CallbackBulkDataOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "CallbackBulk"

"""Rows as JSON."""

from django.utils.timezone import now
from rest_framework import serializers

from agents.models import WAITING, Callback, Customer


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """A customer."""

    converted = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        exclude = ("organization", "search_text")

    def get_converted(self, customer: Customer) -> bool:
        """Whether he bought."""
        return customer.converted_at is not None


class CallbackSerializer(serializers.ModelSerializer[Callback]):
    """A callback."""

    customer_phone = serializers.CharField(source="customer.phone_number", read_only=True)
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Callback
        exclude = ("organization", "reminded_at", "overdue_at")

    def get_is_overdue(self, callback: Callback) -> bool:
        """Whether its time has gone by while it waited."""
        return callback.status in WAITING and callback.scheduled_datetime < now()

"""The viewsets. Only the organization is named: the tables' indexes begin with it."""

from django.db.models import QuerySet
from django.utils.timezone import now
from rest_framework.filters import SearchFilter
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.viewsets import ModelViewSet

from agents.models import WAITING, Callback, Customer
from benchmarks.peers.agents.serializers import CallbackSerializer, CustomerSerializer

ORGANIZATION = "00000000-0000-0000-0000-000000000001"


class Pages(LimitOffsetPagination):
    """A hundred, unless told."""

    default_limit = 100


class CustomerViewSet(ModelViewSet[Customer]):
    """Customers, newest first, by interest, conversion and words."""

    pagination_class = Pages
    serializer_class = CustomerSerializer
    filter_backends = [SearchFilter]
    search_fields = ["name", "email", "phone_number"]

    def get_queryset(self) -> QuerySet[Customer]:
        """What the parameters leave."""
        rows = Customer.unscoped.filter(organization_id=ORGANIZATION).order_by("-created_at", "id")
        if level := self.request.query_params.get("interest_level"):
            rows = rows.filter(interest_level=level)
        if converted := self.request.query_params.get("converted"):
            rows = rows.filter(converted_at__isnull=converted != "true")
        return rows


class CallbackViewSet(ModelViewSet[Callback]):
    """Callbacks, earliest first, with their customers."""

    pagination_class = Pages
    serializer_class = CallbackSerializer

    def get_queryset(self) -> QuerySet[Callback]:
        """What the parameters leave."""
        rows = Callback.unscoped.filter(organization_id=ORGANIZATION).order_by("scheduled_datetime", "id")
        if status := self.request.query_params.get("status"):
            rows = rows.filter(status=status)
        if self.request.query_params.get("overdue") == "true":
            rows = rows.filter(status__in=WAITING, scheduled_datetime__lt=now())
        return rows.select_related("customer")

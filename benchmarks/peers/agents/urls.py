"""The two lists and what belongs to them."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from benchmarks.peers.agents.views import CallbackViewSet, CustomerViewSet

router = DefaultRouter()
router.register("customers", CustomerViewSet, basename="customer")
router.register("callbacks", CallbackViewSet, basename="callback")
urlpatterns = [path("", include(router.urls))]

"""Check-in's routes, as documented."""

from checkin.views import authentication
from core.routes import route

urlpatterns = [
    route("api/v1/auth/test", authentication.AuthTestView.as_view(), "checkin-auth-test"),
]

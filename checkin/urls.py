"""Check-in's routes, as documented."""

from checkin.views import authentication, connection, runs, sessions, users
from core.routes import route

urlpatterns = [
    route("api/v1/auth/test", authentication.AuthTestView.as_view(), "checkin-auth-test"),
    route("api/v1/status", connection.StatusView.as_view(), "checkin-status"),
    route("api/v1/state", connection.StateView.as_view(), "checkin-state"),
    route("api/v1/refresh", sessions.RefreshView.as_view(), "checkin-refresh"),
    route("api/v1/refresh-session/<path:email>", sessions.RefreshSessionView.as_view(), "checkin-refresh-session"),
    route("api/v1/refresh-runs", runs.RunsView.as_view(), "checkin-refresh-runs"),
    route("api/v1/refresh-runs/<str:run_id>", runs.RunView.as_view(), "checkin-refresh-run"),
    route("api/v1/session-history/<path:email>", runs.SessionHistoryView.as_view(), "checkin-session-history"),
    route("api/v1/fetch-users", users.FetchUsersView.as_view(), "checkin-fetch-users"),
]

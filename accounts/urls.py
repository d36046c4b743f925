"""Routes below /api/v1/auth/."""

from accounts import views
from core.routes import route

urlpatterns = [
    route("login", views.LoginView.as_view(), name="login"),
    route("refresh", views.RefreshView.as_view(), name="refresh"),
    route("logout", views.LogoutView.as_view(), name="logout"),
    route("me", views.MeView.as_view(), name="me"),
    route("password", views.PasswordView.as_view(), name="password"),
]

"""Organizations, their users, their login sessions and their API keys."""

from accounts.models.api_key import ApiKey, Scope
from accounts.models.login_session import LoginSession
from accounts.models.organization import Organization
from accounts.models.user import Role, User

__all__ = ["ApiKey", "LoginSession", "Organization", "Role", "Scope", "User"]

"""Writes of accounts: logins and their sessions, passwords, users, organizations, API keys."""

from accounts.services.api_keys import IssuedKey, issue_api_key, revoke_api_key
from accounts.services.organizations import ensure_organization
from accounts.services.passwords import change_password, record_new_password, set_password
from accounts.services.sessions import (
    Login,
    end_session,
    log_in,
    log_out,
    purge_sessions,
    record_admin_login,
    refresh_session,
)
from accounts.services.users import activate_user, create_user, deactivate_user

__all__ = [
    "IssuedKey",
    "Login",
    "activate_user",
    "change_password",
    "create_user",
    "deactivate_user",
    "end_session",
    "ensure_organization",
    "issue_api_key",
    "log_in",
    "log_out",
    "purge_sessions",
    "record_admin_login",
    "record_new_password",
    "refresh_session",
    "revoke_api_key",
    "set_password",
]

"""Who is calling: organizations, users, login sessions and API keys.

Public services: `log_in`, `refresh_session`, `log_out`, `change_password`, `deactivate_user`, `create_user`, `issue_api_key`.
"""

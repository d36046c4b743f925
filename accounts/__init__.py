"""Who is calling: organizations, users, login sessions and API keys.

Public services: `log_in`, `refresh_session`, `log_out`, `change_password`, `create_user`, `deactivate_user`,
`issue_api_key`, `ensure_organization`. Other apps' views name their credentials with `accounts.authentication`.
"""

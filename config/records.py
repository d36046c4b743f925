"""Settings of what is kept in MongoDB: the audit log, metrics and WhatsApp messages."""

from typing import Final

from environs import validate

from config.environment import BASE_DIR, DEVELOPMENT, base_address, env, positive, required

# Seeds of Ed25519 keys, 32 random bytes in base64 each, with commas between them: the first signs checkpoints of the
# audit log, all verify them.
AUDIT_SIGNING_KEYS: Final[str] = required.setting("AUDIT_SIGNING_KEYS", "ZGV2ZWxvcG1lbnQtb25seS1zaWduaW5nLWtleS0wMDE=")
# Checkpoints are appended to it and never changed: best on a disk that whoever runs MongoDB cannot write to.
AUDIT_CHECKPOINTS_FILE: Final[str] = required.setting(
    "AUDIT_CHECKPOINTS_FILE", str(BASE_DIR / ".data" / "audit-checkpoints.ndjson")
)
AUDIT_RETENTION_DAYS: Final[int] = env.int("AUDIT_RETENTION_DAYS", 0, validate=validate.Range(min=0))  # 0: for ever

# Meta signs webhooks with the app's secret, and says the verify token once, when the address is registered. Without
# both the webhook is switched off.
WHATSAPP_APP_SECRET: Final[str] = env.str("WHATSAPP_APP_SECRET", "demo-app-secret" if DEVELOPMENT else "")
WHATSAPP_VERIFY_TOKEN: Final[str] = env.str("WHATSAPP_VERIFY_TOKEN", "demo-verify-token" if DEVELOPMENT else "")
# "cloud" is Meta's Cloud API; "local" delivers nothing, and answers as if all had been delivered.
WHATSAPP_PROVIDER: Final[str] = env.str(
    "WHATSAPP_PROVIDER", "local" if DEVELOPMENT else "cloud", validate=validate.OneOf(["cloud", "local"])
)
WHATSAPP_API_URL: Final[str] = base_address(
    env.str("WHATSAPP_API_URL", "") or "https://graph.facebook.com/v23.0",
    name="WHATSAPP_API_URL",
    schemes=("http", "https"),
)
WHATSAPP_TIMEOUT_SECONDS: Final[int] = positive("WHATSAPP_TIMEOUT_SECONDS", 10)
# How long what is told of numbers that nobody registered is kept; 0: for ever.
WHATSAPP_UNROUTED_DAYS: Final[int] = env.int("WHATSAPP_UNROUTED_DAYS", 30, validate=validate.Range(min=0, max=36_500))

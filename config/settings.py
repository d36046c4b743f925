"""One settings file for every place Switchboard runs; what differs between them comes from the environment."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from environs import validate

from config.environment import BASE_DIR, DEVELOPMENT, base_address, env, positive, required
from config.logs import LOGGING  # noqa: F401 -- a setting
from config.look import UNFOLD  # noqa: F401 -- a setting
from config.open_data import (  # noqa: F401 -- settings
    CITY_MAX_AGE_DAYS,
    DVF_BASE_URL,
    DVF_CACHE_DIR,
    DVF_MAX_FILE_MB,
    DVF_YEAR_URLS,
    GEO_API_URL,
    OPEN_DATA_QUIET_SECONDS,
    OPEN_DATA_TIMEOUT_SECONDS,
)
from config.records import (  # noqa: F401 -- settings
    AUDIT_CHECKPOINTS_FILE,
    AUDIT_RETENTION_DAYS,
    AUDIT_SIGNING_KEYS,
    WHATSAPP_API_URL,
    WHATSAPP_APP_SECRET,
    WHATSAPP_PROVIDER,
    WHATSAPP_TIMEOUT_SECONDS,
    WHATSAPP_UNROUTED_DAYS,
    WHATSAPP_VERIFY_TOKEN,
)

# Django's own debug pages stay off everywhere: they would break each app's error envelope and show settings to callers.
DEBUG = False
SECRET_KEY = required.setting("SECRET_KEY", "development-only-secret-key-that-signs-nothing-of-value-0123456789")
# "kid:secret,kid2:secret2": the first signs, all verify, so that a key can be rotated without logging anybody out.
JWT_SIGNING_KEYS = required.setting("JWT_SIGNING_KEYS", "dev:development-only-jwt-key-0123456789-0123456789")
# Fernet keys with commas between them: the first encrypts stored secrets, all decrypt; `rotate_secrets` moves on.
ENCRYPTION_KEYS = required.setting("ENCRYPTION_KEYS", "ZGV2ZWxvcG1lbnQtb25seS1lbmNyeXB0aW9uLWtleSE=")
ALLOWED_HOSTS = [host.strip() for host in required.setting("ALLOWED_HOSTS", "*").split(",")]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# Keys of programs, kept in the environment; they belong to the organization with this slug.
API_KEY = required.setting("API_KEY", "demo-api-key")
ADMIN_API_KEY = env.str("ADMIN_API_KEY", "demo-admin-key" if DEVELOPMENT else "")
CHECKOUT_API_KEY = required.setting("CHECKOUT_API_KEY", "demo-checkout-key")
API_KEY_ORGANIZATION = env.str("API_KEY_ORGANIZATION", "demo")
METRICS_TOKEN = required.setting("METRICS_TOKEN", "demo-metrics-token")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.apps.SwitchboardAdminConfig",
    "accounts",  # before Django's own, because its createsuperuser and changepassword know organizations
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_yasg",
    "django_structlog",
    "core.apps.CoreConfig",
    "core.outbox",
    "core.idempotency",
    "core.mail",
    "core.health",
    "audit",
    "analytics",
    "messaging",
    "trackimmo",
    "profiles",
    "checkin",
    "agents",
    "demo",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.RequestLogMiddleware",
    "core.health.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Stores -----------------------------------------------------------------------------------------------------------
DATABASE_URL = required.setting("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/switchboard")
# A web process shares a pool between its threads; a worker process keeps one connection.
DATABASE_POOL = env.bool("DATABASE_POOL", False)
DATABASES: dict[str, dict[str, Any]] = {"default": {**dj_database_url.parse(DATABASE_URL or "postgres:///")}}
DATABASES["default"] |= {"CONN_MAX_AGE": 0 if DATABASE_POOL else None, "CONN_HEALTH_CHECKS": not DATABASE_POOL}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    application_name="switchboard",
    connect_timeout=5,
    prepare_threshold=5,  # not None, which forbids it; only core.database prepares
    # Short statements with large estimates: compiling one takes longer than running it.
    options="-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
    " -c jit=off",
)
if DATABASE_POOL:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": positive("DATABASE_POOL_SIZE", 16),
        "timeout": 5,
    }
REDIS_URL = required.setting("REDIS_URL", "redis://127.0.0.1:6379/0")
MONGODB_URI = required.setting("MONGODB_URI", "mongodb://127.0.0.1:27017/?replicaSet=rs0")
MONGODB_DATABASE = env.str("MONGODB_DATABASE", "switchboard")

# Identity ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCESS_TOKEN_LIFETIME = timedelta(minutes=30)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)
LOGIN_URL = "admin:login"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not DEVELOPMENT)
SECURE_REDIRECT_EXEMPT = [r"^livez/?$", r"^readyz/?$"]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)  # how many of our own proxies a request passes through
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0 if DEVELOPMENT else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEVELOPMENT
X_FRAME_OPTIONS = "DENY"

# The API ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # a view that names none lets nobody in
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["core.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.parsing.StrictJSONParser"],
    "EXCEPTION_HANDLER": "core.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
}
RATE_LIMIT_ENABLED = env.bool("RATE_LIMIT_ENABLED", True)
RATE_LIMIT_REQUESTS = positive("RATE_LIMIT_REQUESTS", 100)
RATE_LIMIT_WINDOW = positive("RATE_LIMIT_WINDOW", 3600)
# Of each process that serves live events.
LIVE_STREAMS_PER_CALLER = positive("LIVE_STREAMS_PER_CALLER", 10)
API_BASE_URL = required.setting("API_BASE_URL", "http://localhost:8000")
SWAGGER_USE_COMPAT_RENDERERS = False
SWAGGER_SETTINGS = {
    "DEFAULT_INFO": "core.swagger.INFO",
    "SECURITY_DEFINITIONS": {
        "Bearer": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Bearer <access token>",
        },
        "X-API-Key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "X-Admin-Key": {"type": "apiKey", "in": "header", "name": "X-Admin-Key"},
        "x-checkout-key": {"type": "apiKey", "in": "header", "name": "x-checkout-key"},
    },
    "USE_SESSION_AUTH": False,
}

# Work that outlives a request ---------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or urlsplit(REDIS_URL)._replace(path="/1").geturl()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "socket_timeout": 10,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": False,
    "max_retries": 0,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 60, 90
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
# A relay waits up to 17 s for MongoDB; whoever loses a lease meanwhile uses up one of the event's attempts.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 60, validate=validate.Range(min=1 if DEVELOPMENT else 20))
OUTBOX_RETENTION_DAYS = env.int("OUTBOX_RETENTION_DAYS", 7)
JOB_LEASE_SECONDS = positive("JOB_LEASE_SECONDS", 120)
JOB_BACKOFF_SECONDS = env.int("JOB_BACKOFF_SECONDS", 3600)
SWEEP_SECONDS = positive("SWEEP_SECONDS", 5)

# E-mail -------------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "core.mail.backend.Backend"
EMAIL_HOST = required.setting("SMTP_SERVER", "127.0.0.1")
EMAIL_PORT = env.int("SMTP_PORT", 587)
EMAIL_HOST_USER = env.str("SMTP_USERNAME", "")
EMAIL_HOST_PASSWORD = env.str("SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.bool("SMTP_USE_TLS", not DEVELOPMENT)
EMAIL_TIMEOUT = positive("SMTP_TIMEOUT_SECONDS", 10)
EMAIL_SENDER = DEFAULT_FROM_EMAIL = required.mailbox("EMAIL_SENDER", "TrackImmo <noreply@trackimmo.app>")
CTO_EMAIL = required.mailbox("CTO_EMAIL", "cto@demo.test")
# Whom clients write to: what they answer, change or cancel goes there.
CONTACT_EMAIL = required.mailbox("CONTACT_EMAIL", "") if env.str("CONTACT_EMAIL", "") else EMAIL_SENDER

# TrackImmo's business rules -------------------------------------------------------------------------------------------
# From the younger to the older end of the window, neither before the calendar: no other window has a sale in it.
MIN_PROPERTY_AGE_YEARS = env.int("MIN_PROPERTY_AGE_YEARS", 6, validate=validate.Range(min=0))
MAX_PROPERTY_AGE_YEARS = env.int(
    "MAX_PROPERTY_AGE_YEARS", 8, validate=validate.Range(min=MIN_PROPERTY_AGE_YEARS, max=200)
)
# What the database takes for a client.
DEFAULT_ADDRESSES_PER_REPORT = env.int("DEFAULT_ADDRESSES_PER_REPORT", 10, validate=validate.Range(min=1, max=500))
MAX_JOB_RETRIES = positive("MAX_JOB_RETRIES", 3)
JOB_CLEANUP_DAYS = positive("JOB_CLEANUP_DAYS", 7)

# Open data, beside `config.open_data` ------------------------------------------------------------------------------
# Below it, a city's sales are fetched; 0 never fetches.
MIN_PROPERTIES_PER_CITY = env.int("MIN_PROPERTIES_PER_CITY", 50, validate=validate.Range(min=0))

# Logged-out profiles ------------------------------------------------------------------------------------------------
# Old scripts send no credentials: this lets them record, in the organization of the environment's keys, and no more.
PROFILES_PUBLIC_INGEST = env.bool("PROFILES_PUBLIC_INGEST", False)
PROFILES_RETENTION_DAYS = env.int("PROFILES_RETENTION_DAYS", 0, validate=validate.Range(min=0))  # 0: for ever

# Check-in -------------------------------------------------------------------------------------------------------------
# The upstream's API and its pages. Without both, check-in is switched off.
CHECKOUT_API_URL, CHECKIN_URL = env.str("CHECKOUT_API_URL", ""), env.str("CHECKIN_URL", "")
for name, url in {"CHECKOUT_API_URL": CHECKOUT_API_URL, "CHECKIN_URL": CHECKIN_URL}.items():
    if url:
        base_address(url, name=name, schemes=("http", "https"))
CHECKIN_CONCURRENCY = positive("CHECKIN_CONCURRENCY", 50)  # requests to the pages' host at once, of all processes
# A worker has a minute for a task, in which it may ask several times.
CHECKIN_TIMEOUT_SECONDS = env.int("CHECKIN_TIMEOUT_SECONDS", 10, validate=validate.Range(min=1, max=20))
CHECKIN_REFRESH_SECONDS = positive("CHECKIN_REFRESH_SECONDS", 900)
CHECKIN_USERS_SECONDS = positive("CHECKIN_USERS_SECONDS", 3600)
CHECKIN_CHECK_SECONDS = positive("CHECKIN_CHECK_SECONDS", 60)
CHECKIN_HISTORY_DAYS = positive("CHECKIN_HISTORY_DAYS", 30)

# AI agents ------------------------------------------------------------------------------------------------------------
# How long before a callback whoever looks after the agent is reminded of it; 0: never.
CALLBACK_REMINDER_MINUTES = env.int("CALLBACK_REMINDER_MINUTES", 30, validate=validate.Range(min=0, max=1440))

# Pages ----------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
USE_TZ, TIME_ZONE = True, "UTC"
FORMAT_MODULE_PATH = ["config.formats"]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static_collected"
WHITENOISE_USE_FINDERS = DEVELOPMENT  # no collectstatic before `make up`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

required.check()

"""Structured logs: JSON for machines, readable lines in a terminal."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from config.environment import env

LOG_FORMAT: Final = env.str("LOG_FORMAT", "console" if sys.stderr.isatty() else "json")
LOG_LEVEL: Final = env.str("LOG_LEVEL", "INFO")

# What `django.core.signing` puts behind a value. Links in e-mails end in it, and it is all that keeps them secret.
SIGNATURE: Final = re.compile(r":[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")


def hide_signatures(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Log paths without the signatures in them."""
    for name in ("event", "request"):
        if isinstance(value := event.get(name), str):
            event[name] = SIGNATURE.sub(":***", value)
    return event


SHARED: Final[list[Any]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    hide_signatures,
]
# Tracebacks come without local variables: they hold passwords, keys and tokens.
RENDER: Final[list[Any]] = (
    [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.RichTracebackFormatter(show_locals=False))]
    if LOG_FORMAT == "console"
    else [
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(),
    ]
)

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": SHARED,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *RENDER],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "pymongo": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},  # it would tell of each sweep
    },
}

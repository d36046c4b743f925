"""Structured logs: JSON for machines, readable lines in a terminal."""

import json
import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import orjson
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


def as_json(event: MutableMapping[str, Any], *, default: Callable[[Any], Any]) -> str:
    """A line of JSON. `default` is structlog's: what is no JSON is told as text."""
    try:
        return orjson.dumps(event, default=default, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # a number beyond 64 bits, or half a character
        return json.dumps(event, default=default)


class Formatter(structlog.stdlib.ProcessorFormatter):
    """structlog's, which copies each record for other handlers that may want it. Ours is the only one."""

    def format(self, record: logging.LogRecord) -> str:
        """As structlog's."""
        if not isinstance(record.msg, dict):
            return super().format(record)
        event: Any = {**record.msg, "_record": record, "_from_structlog": True}
        for process in self.processors:
            event = process(vars(record)["_logger"], vars(record)["_name"], event)
        return str(event)


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
        structlog.processors.JSONRenderer(as_json),
    ]
)

# No line says which line of the code wrote it, or which thread, so nobody need find out: Python's documented switches.
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False

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
            "()": Formatter,
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
        "httpcore": {"level": "WARNING"},  # it would tell the headers of answers, with the cookies in them
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},  # it would tell of each sweep
    },
}

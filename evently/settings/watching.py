"""What tells operators how the site is: errors, figures, logs."""

import logging
import sys

import structlog
from django.core.exceptions import ImproperlyConfigured

from core.logs import without_secrets
from core.sentry import start_sentry
from evently.settings.environment import ENVIRONMENT, PRODUCTION, env

# Where bugs are reported to: a Sentry project's address. Off without one (core/sentry.py says what is told).
SENTRY_DSN = env.str("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", "") or ENVIRONMENT
if SENTRY_DSN:
    start_sentry(SENTRY_DSN, SENTRY_ENVIRONMENT)

# What Prometheus shows to read /metrics. Without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN needs at least 32 characters, for example of `openssl rand -hex 32`.")

LOG_FORMAT = env.str("LOG_FORMAT", "json" if PRODUCTION else "text")
_shared_processors: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Without the frames' local variables: among them are tokens, passwords and what people typed.
_tracebacks = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
_renderer: list[structlog.typing.Processor] = (
    [_tracebacks, without_secrets, structlog.processors.JSONRenderer()]
    if LOG_FORMAT == "json"
    else [
        without_secrets,
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ]
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderer],
            "foreign_pre_chain": _shared_processors,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        "django.server": {"handlers": [], "propagate": True},
        "stripe": {"level": "WARNING"},  # below that it tells of every request
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared_processors,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line for each request, when it has been answered
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # evently.watching has decided whose word counts
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG  # sweeps come every two seconds
DJANGO_STRUCTLOG_CELERY_TASK_FAILURE_LOG_LEVEL = logging.ERROR

"""All of Evently's settings, read from the environment. `.env.example` explains each variable.

`EVENTLY_ENV` is `local` (the default: a laptop), `test`, or `production`. Production has no
defaults for secrets and addresses: a missing one stops the start with a sentence that names it.
"""

import json
import logging
import sys
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from core.limits import ACCOUNT_RATES, SECOND_FACTOR_RATES
from core.logs import without_secrets
from core.sentry import start_sentry

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if env.str("EVENTLY_ENV", "") != "test":  # tests bring their own environment, and must never meet a real one
    env.read_env(str(BASE_DIR / ".env"))
ENVIRONMENT = env.str("EVENTLY_ENV", "local")
if ENVIRONMENT not in ("local", "test", "production"):
    raise ImproperlyConfigured(f"EVENTLY_ENV is local, test or production, not {ENVIRONMENT!r}.")
PRODUCTION = ENVIRONMENT == "production"
if ENVIRONMENT == "local":
    env.read_env(str(VAR_DIR / "local.env"))


def required(name, local_value):
    """An environment variable that production must set; elsewhere `local_value` will do."""
    value = env.str(name, "")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it (see .env.example).")
    return local_value


# --- Who we are -----------------------------------------------------------------------------------

SECRET_KEY = required("SECRET_KEY", "local-only-" + "0" * 50)
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY needs at least 50 characters in production.")
# Base64 of a 32-byte Ed25519 seed that signs ticket codes, and of older public keys still honoured.
TICKET_SIGNING_KEY = required("TICKET_SIGNING_KEY", "bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk=")
TICKET_VERIFY_KEYS = env.list("TICKET_VERIFY_KEYS", default=[])
# The one origin that links in e-mails, tickets and calendars point to.
BASE_URL = required("BASE_URL", f"http://localhost:{env.str('PORT', '8000')}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names that people use, separated by commas.")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DEBUG = False
ROOT_URLCONF = "evently.urls"
WSGI_APPLICATION = "evently.wsgi.application"
ASGI_APPLICATION = "evently.asgi.application"

# --- What we are made of --------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "channels",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_structlog",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "lucide",
    "core",
    "outbox",
    "accounts",
    "events",
    "waitlist",
    "bookings",
    "payments",
    "tickets",
    "analytics",
    "notifications",
    "guests",
    "sample",
    "rehearsal",
    "evently",  # for its commands
]
MIDDLEWARE = [
    "evently.health.answer_first",
    "core.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "core.headers.browser_rules",
    "csp.middleware.CSPMiddleware",
    "core.middleware.admin_csp",
    "core.middleware.tell_limits",
    "core.middleware.plain_refusals",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.whole_sign_in",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.private_pages",
    "core.owner.name_owner",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Cotton and template-partials both want the loaders: they stand here once, partials outermost.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "core.templatetags.evently",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.page",
            ],
        },
    }
]
COTTON_DIR = "components"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database, Redis, jobs ------------------------------------------------------------------------

DATABASES = {"default": env.db_url_config(required("DATABASE_URL", "postgresql://evently@localhost/evently"))}
_database = DATABASES["default"]
_database["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer in transaction mode
_database.setdefault("OPTIONS", {})
# A web process shares a small pool among its threads (asgi.py sets its size); others keep one connection.
DATABASE_POOL = env.int("DATABASE_POOL", 0)
if DATABASE_POOL:
    _database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 20}
else:
    # In tests each request closes its own: a test database must be free when it is dropped.
    _database["CONN_MAX_AGE"] = 0 if ENVIRONMENT == "test" else 60
    _database["CONN_HEALTH_CHECKS"] = True

# Past PgBouncer, to the server itself: for `manage.py backup` and `restore`. Empty: DATABASE_URL leads there.
DATABASE_DIRECT_URL = env.str("DATABASE_DIRECT_URL", "")
DATABASE_DIRECT = env.db_url_config(DATABASE_DIRECT_URL) if DATABASE_DIRECT_URL else {}
# The folder of pg_dump and pg_restore, where they are not on PATH.
PG_BIN = env.str("PG_BIN", "")

REDIS_URL = required("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "evently",
        "OPTIONS": {
            # Without Redis the site goes on: reads miss, and each rate limit states what it does.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
        },
    },
    # Parts of pages, under names that change with what they show: no process need hear of another's.
    "fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
# For consumers that apps may add. Live numbers take a shorter way: docs/decisions/live.md.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
# The lanes of the outbox; a worker that is not told which (-Q) serves all.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"celery": {}, "post": {}, "bulk": {}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # the ledger and its sweep are the retry
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "visibility_timeout": 600,
}
CELERY_BEAT_SCHEDULE = {
    "deliver facts": {"task": "outbox.deliver_due", "schedule": 2.0, "args": ["facts"], "options": {"expires": 4}},
    "deliver post": {
        "task": "outbox.deliver_due",
        "schedule": 2.0,
        "args": ["post"],
        "options": {"queue": "post", "expires": 4},
    },
    "deliver bulk": {
        "task": "outbox.deliver_due",
        "schedule": 2.0,
        "args": ["bulk"],
        "options": {"queue": "bulk", "expires": 4},
    },
    "release lapsed holds": {
        "task": "bookings.release_lapsed_holds",
        "schedule": 2.0,
        "options": {"expires": 4},
    },
    "look at payments": {"task": "payments.look_at_the_clock", "schedule": 5.0, "options": {"expires": 10}},
    "look at lines": {"task": "waitlist.look_at_the_clock", "schedule": 5.0, "options": {"expires": 10}},
    "remind": {"task": "notifications.remind", "schedule": 60.0, "options": {"expires": 60}},
    "tell of what is about to lapse": {
        "task": "notifications.look_at_the_clock",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "summaries of the day before": {
        "task": "notifications.announce_summaries",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "heartbeat of facts": {"task": "core.heartbeat", "schedule": 10.0, "args": ["facts"], "options": {"expires": 20}},
    "heartbeat of post": {
        "task": "core.heartbeat",
        "schedule": 10.0,
        "args": ["post"],
        "options": {"queue": "post", "expires": 20},
    },
    "heartbeat of bulk": {
        "task": "core.heartbeat",
        "schedule": 10.0,
        "args": ["bulk"],
        "options": {"queue": "bulk", "expires": 20},
    },
    "figures follow": {"task": "analytics.follow", "schedule": 2.0, "options": {"expires": 4}},
    "audit figures": {"task": "analytics.audit", "schedule": 24 * 3600.0},
    "audit inventory": {"task": "bookings.audit_inventory", "schedule": 24 * 3600.0},
    "audit money": {"task": "payments.audit_money", "schedule": 24 * 3600.0},
    "forget expired sessions": {"task": "accounts.forget_expired_sessions", "schedule": 24 * 3600.0},
    "forget delivered": {"task": "outbox.forget_delivered", "schedule": 24 * 3600.0},
    "forget old notices": {"task": "notifications.forget_old", "schedule": 24 * 3600.0},
}

# --- Accounts -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["accounts.hashers.TunedArgon2PasswordHasher"]
if ENVIRONMENT == "test":  # thousands of sign-ins; the real one has a test of its own
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("events:list")
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetails"
ACCOUNT_FORMS = {
    "login": "accounts.entrance.SignIn",
    "signup": "accounts.entrance.SignUp",
    "change_password": "accounts.entrance.ChangePassword",
    "set_password": "accounts.entrance.SetPassword",
    "reset_password": "accounts.entrance.ResetPassword",
    "reset_password_from_key": "accounts.entrance.ResetPasswordFromKey",
    "reauthenticate": "accounts.entrance.Reauthenticate",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
# Whether an account opens only by the link in its first mail: then signing up tells nobody who has an account.
CONFIRM_ADDRESS_FIRST = env.bool("CONFIRM_ADDRESS_FIRST", False)
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if CONFIRM_ADDRESS_FIRST else "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a new password or address, to whom it may surprise
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("events:list")
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = BASE_URL.split(":")[0]
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_ADAPTER = "accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.TypeCode",
    "reauthenticate": "accounts.factor_forms.TypeCodeAgain",
    "activate_totp": "accounts.factor_forms.ActivateApp",
    "add_webauthn": "accounts.factor_forms.AddKey",
    "edit_webauthn": "accounts.factor_forms.RenameKey",
    "authenticate_webauthn": "accounts.factor_forms.ShowKey",
    "reauthenticate_webauthn": "accounts.factor_forms.ShowKeyAgain",
    "login_webauthn": "accounts.factor_forms.SignInByKey",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Evently"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off; each code still works once (accounts.factors)
# Platform staff have their powers only with a second factor; `make run`'s sample staff, on one's own machine, without.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", PRODUCTION)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"  # noqa: S105  a class, no secret
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 300
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
SESSION_COOKIE_AGE = 30 * 24 * 3600

# --- Pages, API, files ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", "") or VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.staticfiles.Storage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.tokens.AccessTokenAuthentication"],
    "DEFAULT_THROTTLE_CLASSES": ["core.rest.throttle.AtLarge"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.rest.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "core.rest.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "core.rest.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # what a client accepts stands in its Accept header alone
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Evently API",
    "DESCRIPTION": "Publish events, book tickets, check people in. Errors are `application/problem+json`.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATIONS": False,  # as evently/api.py lists them
    "SCHEMA_PATH_PREFIX": r"/api/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.rest.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventStatusEnum": "events.models.Event.Status",
        "BookingStatusEnum": "bookings.models.Booking.Status",
        "PaymentStatusEnum": "payments.models.Payment.Status",
        "RefundStatusEnum": "payments.models.Refund.Status",
        "RefundKindEnum": "payments.models.Refund.Kind",
        "LateChoiceEnum": "payments.serializers.CHOICES",
        "LateStatusEnum": "payments.models.Rescue.Status",
        "PaymentMethodEnum": "events.models.PaymentMethod",
        "WaitlistStatusEnum": "waitlist.models.Entry.Status",
        "PromoCodeKindEnum": "events.models.PromoCode.Kind",
        "WaitlistOrderEnum": "events.models.WaitlistOrder",
        "NoticeKindEnum": "notifications.serializers.NAMES",
        "NoticeGroupEnum": "notifications.kinds.Group",
        "ChannelEnum": "notifications.kinds.Channel",
        "FiguresRangeEnum": "analytics.serializers.NAMES",
        "FiguresScopeEnum": "analytics.serializers.KINDS",
        "FiguresStepEnum": "analytics.figures.period.Step",
    },
}

# --- Mail -----------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", "")
# A provider's API instead of SMTP, by django-anymail, with what it needs in variables that begin with ANYMAIL_.
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", "")
EMAIL_PROVIDERS = ["amazon_ses", "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postal"]
EMAIL_PROVIDERS += ["postmark", "resend", "scaleway", "sparkpost", "unisender_go"]
if EMAIL_PROVIDER and EMAIL_PROVIDER not in EMAIL_PROVIDERS:
    raise ImproperlyConfigured(f"EMAIL_PROVIDER is one of {', '.join(EMAIL_PROVIDERS)}, not {EMAIL_PROVIDER!r}.")
if EMAIL_PROVIDER and EMAIL_URL:
    raise ImproperlyConfigured("Mail goes out by EMAIL_URL or by EMAIL_PROVIDER, not by both: set one of them.")
ANYMAIL: dict[str, object] = {"IGNORE_UNSUPPORTED_FEATURES": True}  # better a mail without a nicety than none
ANYMAIL |= {
    name.removeprefix("ANYMAIL_"): json.loads(value) if value.startswith("{") else value
    for name, value in env.ENVIRON.items()
    if name.startswith("ANYMAIL_")
}
# With neither, local mode keeps each message as a file, for the page /inbox.
KEEPS_MAIL = ENVIRONMENT == "local" and not EMAIL_PROVIDER and not EMAIL_URL
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
elif EMAIL_URL or PRODUCTION:
    _mail = env.email_url_config(EMAIL_URL or "smtp://localhost:25")
    vars().update(_mail)
    if _mail["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        EMAIL_BACKEND = "notifications.mail.smtp.EmailBackend"
else:
    EMAIL_BACKEND = "notifications.mail.keeping.EmailBackend"
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 10)  # seconds for each thing said to the mail server, but for its verdict
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Evently <tickets@localhost>")

# --- Web push -------------------------------------------------------------------------------------

# The key push services know us by (`manage.py generate_vapid_keys`). Without one nobody is offered push.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", "")
# Whom a push service may write to: mailto:… or https://…
VAPID_SUBJECT = env.str("VAPID_SUBJECT", "") or (
    BASE_URL if BASE_URL.startswith("https://") else "mailto:admin@localhost"
)
# Lets browsers name a push service on this machine or network, by plain HTTP too: for tests and development alone.
PUSH_PRIVATE_ENDPOINTS = env.bool("PUSH_PRIVATE_ENDPOINTS", False)
if PUSH_PRIVATE_ENDPOINTS and PRODUCTION:
    raise ImproperlyConfigured("PUSH_PRIVATE_ENDPOINTS would let visitors reach your network: not in production.")

# --- Card payments --------------------------------------------------------------------------------

# Of a Stripe account that all organisers without one of their own share. Without a key they can't be paid by card.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", "")
# What card statements say after the account's own name: up to 22 Latin letters, digits and spaces.
STRIPE_STATEMENT = env.str("STRIPE_STATEMENT", "")
if STRIPE_SECRET_KEY.startswith("pk_"):
    raise ImproperlyConfigured(
        "STRIPE_SECRET_KEY is a publishable key: set the secret (sk_…) or a restricted one (rk_…)."
    )
if PRODUCTION and STRIPE_SECRET_KEY and not STRIPE_WEBHOOK_SECRET:
    raise ImproperlyConfigured("Set STRIPE_WEBHOOK_SECRET too: Stripe shows it with the webhook endpoint (whsec_…).")
# Where browsers find the pages on which people pay, if Stripe shows them under a domain of yours.
STRIPE_PAGES_URL = env.str("STRIPE_PAGES_URL", "") or "https://checkout.stripe.com"
# Where a server that speaks Stripe's protocol answers instead of Stripe. Tests and `make run` bring one; money that it
# says was paid is none.
STRIPE_API_URL = env.str("STRIPE_API_URL", "")
if PRODUCTION and not STRIPE_PAGES_URL.startswith("https://"):
    raise ImproperlyConfigured("STRIPE_PAGES_URL begins with https:// in production.")
if PRODUCTION and STRIPE_API_URL:
    raise ImproperlyConfigured("STRIPE_API_URL would let tickets go to people who paid nothing: not in production.")
if STRIPE_API_URL and "_live_" in STRIPE_SECRET_KEY:
    raise ImproperlyConfigured("STRIPE_API_URL is not Stripe, and must not be told a live key: unset one of them.")

# --- On the open internet -------------------------------------------------------------------------

SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE or PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if SESSION_COOKIE_SECURE else "evently_session"
CSRF_COOKIE_NAME = "__Host-csrf" if CSRF_COOKIE_SECURE else "evently_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.csrf_failed"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
# Whose pages, of other origins, may call the API: none unless they are named. Nobody's cookies go along: tokens do.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Idempotency-Replayed", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"]
# The admin theme compiles its own expressions: it alone gets these, by core.middleware.
ADMIN_CSP = {"script-src": [UNSAFE_EVAL, UNSAFE_INLINE], "style-src": [UNSAFE_INLINE]}
RATELIMIT_FAIL_OPEN = True
RATELIMIT_ENABLE = env.bool("RATE_LIMITS", ENVIRONMENT != "test")
ACCOUNT_RATE_LIMITS = ACCOUNT_RATES if RATELIMIT_ENABLE else False
MFA_RATE_LIMITS = SECOND_FACTOR_RATES if RATELIMIT_ENABLE else False
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail addresses are unique, by a constraint on their lower case that the check does not see
]

UNFOLD = {
    "SITE_TITLE": "Evently",
    "SITE_HEADER": "Evently",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "DASHBOARD_CALLBACK": "evently.admin_home.dashboard",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/icon.svg")}],
}

# --- Errors -----------------------------------------------------------------------------------------

# Where bugs are reported to: a Sentry project's address. Off without one (core/sentry.py says what is told).
SENTRY_DSN = env.str("SENTRY_DSN", "")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", "") or ENVIRONMENT
if SENTRY_DSN:
    start_sentry(SENTRY_DSN, SENTRY_ENVIRONMENT)

# --- Figures ---------------------------------------------------------------------------------------

# What Prometheus shows to read /metrics. Without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise ImproperlyConfigured("METRICS_TOKEN needs at least 32 characters, for example of `openssl rand -hex 32`.")

# --- Logs -----------------------------------------------------------------------------------------

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

# --- Sizes and limits of the product --------------------------------------------------------------

# How many requests to book may wait in one web process; more are told to come back.
BOOKINGS_WAITING = env.int("BOOKINGS_WAITING", 10_000)
# How long a web process that is told to end goes on, and says at /readyz that it is about to.
DRAIN_SECONDS = env.float("DRAIN_SECONDS", 0.0)
# How long a public page is served from memory before the database is asked; none is ever twice as old.
READ_CACHE_SECONDS = env.float("READ_CACHE_SECONDS", 0.0 if ENVIRONMENT == "test" else 0.5)
# Live connections that one web process takes from one network address; pages of more of them ask every few seconds.
LIVE_PER_ADDRESS = env.int("LIVE_PER_ADDRESS", 300)
HOLD_MINUTES = env.int("HOLD_MINUTES", 15)
HOLD_EXTENSION_MINUTES = env.int("HOLD_EXTENSION_MINUTES", 10)
HOLD_EXTENSIONS = env.int("HOLD_EXTENSIONS", 2)
# How long a worker may take over what it claims of the outbox before another may try it: in the lane of facts, and in
# those where it may have to wait for a slow peer.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 60)
OUTBOX_POST_LEASE_SECONDS = env.int("OUTBOX_POST_LEASE_SECONDS", 180)

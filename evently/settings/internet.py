"""What protects the site on the open internet: cookies, headers, origins, rate limits."""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from core.limits import ACCOUNT_RATES, SECOND_FACTOR_RATES
from evently.settings.accounts import ALLAUTH_TRUSTED_PROXY_COUNT
from evently.settings.environment import ENVIRONMENT, PRODUCTION, env
from evently.settings.identity import BASE_URL

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

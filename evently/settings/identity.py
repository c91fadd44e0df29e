"""Who this site is: its secrets, its address and the names it answers to."""

from django.core.exceptions import ImproperlyConfigured

from evently.settings.environment import PRODUCTION, env, required

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

"""How mail and web push go out."""

import json

from django.core.exceptions import ImproperlyConfigured

from evently.settings.environment import ENVIRONMENT, PRODUCTION, VAR_DIR, env
from evently.settings.identity import BASE_URL

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

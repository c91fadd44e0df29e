"""Card payments."""

from django.core.exceptions import ImproperlyConfigured

from evently.settings.environment import PRODUCTION, env

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

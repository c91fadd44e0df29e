"""A small server that speaks Stripe's protocol, for this machine and for tests. No money moves.

It does what Evently uses of Stripe's API (https://docs.stripe.com/api): Checkout Sessions with a page to pay on,
payment intents, refunds, disputes, idempotency keys, signed webhooks. Evently talks to it by Stripe's own library.
Production refuses to start with it.
"""

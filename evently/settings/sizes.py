"""Sizes and times of the product."""

from core.limits import SOCKETS
from evently.settings.environment import ENVIRONMENT, env

# How many requests to book may wait in one web process; more are told to come back.
BOOKINGS_WAITING = env.int("BOOKINGS_WAITING", 10_000)
# How long a web process that is told to end goes on, and says at /readyz that it is about to.
DRAIN_SECONDS = env.float("DRAIN_SECONDS", 0.0)
# How long a public page is served from memory before the database is asked; none is ever twice as old.
READ_CACHE_SECONDS = env.float("READ_CACHE_SECONDS", 0.0 if ENVIRONMENT == "test" else 0.5)
# Live connections that one web process takes from one network address; pages of more of them ask every few seconds.
LIVE_PER_ADDRESS = env.int("LIVE_PER_ADDRESS", SOCKETS.per_address)
HOLD_MINUTES = env.int("HOLD_MINUTES", 15)
HOLD_EXTENSION_MINUTES = env.int("HOLD_EXTENSION_MINUTES", 10)
HOLD_EXTENSIONS = env.int("HOLD_EXTENSIONS", 2)
# How long a worker may take over what it claims of the outbox before another may try it: in the lane of facts, and in
# those where it may have to wait for a slow peer.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 60)
OUTBOX_POST_LEASE_SECONDS = env.int("OUTBOX_POST_LEASE_SECONDS", 180)

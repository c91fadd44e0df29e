"""`python -m local.stripe`: the server of `make run`, until it is told to stop."""

import os
import signal
import threading
from urllib.parse import urlsplit

from local.paths import VAR
from local.stripe.server import StripeServer
from local.stripe.webhooks import Endpoint

FILE = VAR / "stripe.sqlite3"


def main() -> None:
    port = urlsplit(os.environ["STRIPE_API_URL"]).port
    endpoint = Endpoint(os.environ["STRIPE_WEBHOOK_URL"], os.environ["STRIPE_WEBHOOK_SECRET"])
    server = StripeServer(
        FILE,
        {os.environ["STRIPE_SECRET_KEY"]: endpoint},
        host=os.environ["HOST"],
        port=port or 0,
        public=os.environ["STRIPE_PAGES_URL"],
        welcoming=True,  # organisers may try what it is to have keys of their own
    )
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: over.set())
    server.start()
    over.wait()
    server.stop()


if __name__ == "__main__":
    main()

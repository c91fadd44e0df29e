"""The end of a web process, in good order: first it says so, then it stops.

Balancers find out that a process is about to end by asking `/readyz`. Until they have, they go on sending people. So
after SIGTERM it answers everything as before for DRAIN_SECONDS, and `/readyz` with 503; then the server takes no more
connections, finishes what is under way, and ends. With 0, as where no balancer asks, it goes at once.
"""

import signal
import threading
from types import FrameType
from typing import Any

_begun = threading.Event()


def has_begun() -> bool:
    """Whether this process is about to end."""
    return _begun.is_set()


def listen(seconds: float) -> None:
    """From now on SIGTERM means to drain first. In the main thread, once the server has put up its own handler, which
    is called `seconds` later; a second signal calls it at once."""
    if threading.current_thread() is not threading.main_thread():
        return  # a server inside of another program, as in tests: nobody sends it signals
    server_handler: Any = signal.getsignal(signal.SIGTERM)
    if not callable(server_handler):
        return

    def drain(number: int, frame: FrameType | None) -> None:
        if _begun.is_set() or not seconds:
            _begun.set()
            server_handler(number, frame)
            return
        _begun.set()
        timer = threading.Timer(seconds, server_handler, (number, frame))
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, drain)

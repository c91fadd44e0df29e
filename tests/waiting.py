"""Wait for what other processes do."""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], object], *, seconds: float = 40, every: float = 0.02) -> None:
    """Return once the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(every)

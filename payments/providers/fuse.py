"""A provider that hangs must not take everybody's threads with it: neither those that show pages, nor those that send
tickets."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from payments.providers.protocol import ProviderDown


class Fuse:
    """Blows when a call fails after more than `slow` seconds. For `rest` seconds nobody asks then, and everybody hears
    at once that the provider is away; afterwards one call at a time tries, until one is answered."""

    def __init__(self, *, slow: float = 2, rest: float = 10) -> None:
        self._slow, self._rest = slow, rest
        self._lock = threading.Lock()
        self._blown_until: float | None = None
        self._trying = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around a call. Raises ProviderDown instead of making it."""
        trying, started, blown = self._enter(), time.monotonic(), False
        try:
            yield
        except ProviderDown:
            blown = time.monotonic() - started > self._slow
            raise
        finally:
            self._leave(trying=trying, blown=blown)

    def _enter(self) -> bool:
        """Whether this call is the one that tries."""
        with self._lock:
            if self._blown_until is None:
                return False
            if self._trying or time.monotonic() < self._blown_until:
                raise ProviderDown("It took too long a moment ago, and is left alone for a while.")
            self._trying = True
            return True

    def _leave(self, *, trying: bool, blown: bool) -> None:
        with self._lock:
            self._trying = self._trying and not trying
            self._blown_until = time.monotonic() + self._rest if blown else None

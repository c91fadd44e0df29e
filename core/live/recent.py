"""What people were told in the last seconds, for pages of theirs that were just being loaded."""

import time
from collections import deque

SECONDS = 5.0
MOST = 20  # of a person


class Recent:
    """A page shows how things were when it was painted, and hears from when it is connected: this is between."""

    def __init__(self) -> None:
        self._by_user: dict[str, deque[tuple[float, str]]] = {}

    def add(self, user: str, text: str) -> None:
        self._by_user.setdefault(user, deque(maxlen=MOST)).append((time.monotonic(), text))

    def of(self, user: str) -> list[str]:
        since = time.monotonic() - SECONDS
        return [text for at, text in self._by_user.get(user, ()) if at > since]

    def prune(self) -> None:
        """Forget whoever was told nothing lately. To be called now and then."""
        since = time.monotonic() - SECONDS
        self._by_user = {user: told for user, told in self._by_user.items() if told[-1][0] > since}

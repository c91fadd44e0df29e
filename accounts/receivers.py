"""What signing out ends."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from core.live.marks import session_ended
from core.live.messages import session_digest


@receiver(user_logged_out)
def close_live_pages(*, request: HttpRequest | None, **_: Any) -> None:
    """Other tabs of theirs are told nothing more that is theirs alone."""
    if request is not None and (key := request.session.session_key):
        session_ended(session_digest(key))

"""What follows when somebody signs out, or gets a second factor."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.factors import APP, CODES, mark_used
from accounts.models import User
from accounts.sign_ins import end_others, note_sign_in
from core.live.marks import session_ended
from core.live.messages import session_digest


@receiver(user_logged_out)
def close_live_pages(*, request: HttpRequest | None, **_: Any) -> None:
    """Other tabs of theirs are told nothing more that is theirs alone."""
    if request is not None and (key := request.session.session_key):
        session_ended(session_digest(key))


@receiver(authenticator_added)
def use_up_its_first_code(*, authenticator: Authenticator, **_: Any) -> None:
    """The code that turned an app on lets nobody in besides."""
    if authenticator.type == APP:
        mark_used(authenticator)


@receiver(authenticator_added)
def end_what_needed_no_factor(*, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Whoever got in by the password alone, before there was a second factor, has to show it now."""
    others = Authenticator.objects.filter(user=user.pk).exclude(type=CODES).exclude(pk=authenticator.pk)
    if authenticator.type != CODES and not others.exists():
        end_others(user=user, here=request.session.session_key)


@receiver(user_logged_in)
def write_it_down(*, request: HttpRequest, user: User, **_: Any) -> None:
    note_sign_in(request=request, user=user, now=timezone.now())

"""Whose a booking is that a team makes for a guest."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import Team, User
from accounts.models.people import NOWHERE


def account_for(*, team: Team, email: str, name: str) -> User:
    """The account that such a booking belongs to.

    That of whoever has confirmed the address; else a new one without a password, which the address's owner opens by
    asking for one. Somebody may have signed up with an address that is not theirs: until it is confirmed, and for
    guests without any, it is the account that stands for a team's guests.
    """
    email = email.strip().lower()
    if not email:
        return stand_in(team=team)
    confirmed = EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True)
    if found := confirmed.select_related("user").first():
        return found.user
    user = User.objects.filter(email__iexact=email).first() or _opened(email, name)
    return user if user.is_active and not user.has_usable_password() else stand_in(team=team)


def stand_in(*, team: Team) -> User:
    """The account that stands for all of a team's guests who have none. Nobody can sign in to it, and no mail arrives
    there."""
    email = stand_in_address(team)
    return User.objects.filter(email=email).first() or _opened(email, f"Guests of {team.name}"[:120])


def stand_in_address(team: Team) -> str:
    """What it is known by."""
    return f"guests-{team.pk}{NOWHERE}"


def _opened(email: str, name: str) -> User:
    """Without a password; or that which somebody else has opened at the same moment."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, None, name=name)
    except IntegrityError:
        return User.objects.get(email__iexact=email)

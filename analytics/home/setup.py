"""What a new organiser has still to do, until it is done or they want to see it no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from accounts.models import Invitation, Membership
from analytics.home.scope import Scope
from events.models import Event
from payments.models import Account
from tickets.models import Scan


@dataclass(frozen=True)
class Step:
    """One of them: `url` leads to where it is done."""

    name: str
    why: str
    done: bool
    url: str = ""


def steps(scope: Scope, memberships: Sequence[Membership], *, described: bool, published: bool) -> list[Step]:
    """All of them, done or not; `described` and `published`: whether there is, and was, such an event. Five
    statements at most."""
    team = scope.teams[0]
    first = scope.events().exclude(status=Event.Status.CANCELLED).order_by("-created_at").first()
    here = reverse("organise:event", args=[first.slug]) if first else ""
    return [
        Step("Name your team", "People see who invites them.", True),
        Step(
            "Describe an event",
            "When, where, how many seats. It stays a draft until you say so.",
            described,
            reverse("organise:create"),
        ),
        Step("Say how you are paid", _PAID, _is_paid(scope), _paid_url(scope)),
        Step("Publish it", "From then on people can find it and book.", published, here),
        Step(
            "Invite somebody",
            "Managers run events with you, door staff let guests in.",
            _has_company(scope.teams),
            reverse("organise:team", args=[team]),
        ),
        Step(
            "Try the door",
            "Scan a ticket once before the evening, on the phone you will use.",
            _tried(scope),
            reverse("door:door", args=[first.slug]) if first else "",
        ),
    ]


_PAID = "A bank account or a card provider. What is free, or paid at the door, needs neither."


def _paid_url(scope: Scope) -> str:
    """Only who manages a team says how it is paid."""
    managed = [team for team in scope.teams if team in scope.managed]
    return reverse("money:account", args=[managed[0]]) if managed else ""


def welcome_steps() -> list[Step]:
    """The same for who has no team yet."""
    return [
        Step("Name your team", "People see who invites them.", False),
        Step("Describe an event", "When, where, how many seats. It stays a draft until you say so.", False),
        Step("Say how you are paid", _PAID, False),
        Step("Publish it", "From then on people can find it and book.", False),
        Step("Invite somebody", "Managers run events with you, door staff let guests in.", False),
        Step("Try the door", "Scan a ticket once before the evening, on the phone you will use.", False),
    ]


def _is_paid(scope: Scope) -> bool:
    """Whether money can come in, or none has to: something was published whose seats are free or paid at the door."""
    reachable = ~Q(stripe_key="") | ~Q(bank_account="")
    if Account.objects.filter(reachable, team__in=scope.teams).exists():
        return True
    on_sale = scope.events().exclude(status=Event.Status.DRAFT)
    free = Q(highest_price=None) | Q(highest_price=0) | Q(payment_methods__contains=["door"])
    return on_sale.filter(free).exists()


def _has_company(teams: list[UUID]) -> bool:
    if Invitation.objects.open().filter(team__in=teams).exists():
        return True
    return Membership.objects.filter(team__in=teams).count() > len(teams)


def _tried(scope: Scope) -> bool:
    return Scan.objects.filter(event__in=scope.events().values("pk")).exists()

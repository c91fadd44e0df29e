"""The providers there are. A new one is a file beside this one, and a line here."""

from datetime import datetime

from django.utils import timezone

from accounts.models import Team
from events.models import Event, PaymentMethod
from payments.models import Account, Payment
from payments.providers.by_hand import Door, Transfer
from payments.providers.protocol import Provider
from payments.providers.stripe import Stripe
from payments.transfers import kept_until

_providers: dict[str, Provider] = {provider.name: provider for provider in (Stripe(), Transfer(), Door())}


def by_name(name: str) -> Provider | None:
    return _providers.get(name)


def of(payment: Payment) -> Provider:
    return _providers[payment.provider]


def by_hand() -> list[str]:
    """The names of those that people book in and pay back for."""
    return [provider.name for provider in _providers.values() if provider.by_hand]


def account_of(team: Team) -> Account | None:
    return Account.objects.filter(team=team).first()


def choose(method: str, account: Account | None) -> tuple[Provider, Account | None] | None:
    """Who takes money by that method: with the team's own account, else with the platform's; None: nobody."""
    for provider in _providers.values():
        if provider.method == method:
            for whose in (account, None):
                if provider.serves(whose):
                    return provider, whose
    return None


def methods_of(event: Event, now: datetime | None = None) -> list[PaymentMethod]:
    """How this event can be paid here and now, in the order in which the organiser named the methods. Needs
    `organizer` fetched."""
    account = account_of(event.organizer)
    methods = [PaymentMethod(method) for method in event.payment_methods if choose(method, account)]
    in_time = kept_until(event, account, now or timezone.now())
    return [method for method in methods if method != PaymentMethod.TRANSFER or in_time]


def missing_methods(event: Event) -> list[PaymentMethod]:
    """The ways to pay that the organiser has named, though the team can't be paid by them yet. Needs `organizer`
    fetched; one query."""
    account = account_of(event.organizer)
    return [PaymentMethod(method) for method in event.payment_methods if not choose(method, account)]


def origins() -> list[str]:
    """Where the pages are on which customers pay, of all providers."""
    return sorted({origin for provider in _providers.values() for origin in provider.origins})

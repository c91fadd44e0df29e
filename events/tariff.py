"""From what an organiser asks for a ticket to what a guest pays for it: tax and fee. Pure arithmetic in minor units."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounts.models import Team
from core import money
from events.models import Event


class Price(NamedTuple):
    """What one ticket costs in all, and the fee in it."""

    total: int
    fee: int


@dataclass(frozen=True)
class Tariff:
    """A team's tax and an event's fee. Rates are in per cent: that of the tax of the net, that of the fee of the price
    with tax. The fee is meant with its tax."""

    tax_rate: Decimal
    tax_included: bool
    fee_fixed: int = 0
    fee_percent: Decimal = Decimal(0)

    def rate(self, own_rate: Decimal | None) -> Decimal:
        """The tax rate of a ticket type that has, or has not, a rate of its own."""
        return self.tax_rate if own_rate is None else own_rate

    def price(self, asked: int, own_rate: Decimal | None = None) -> Price:
        """What is free stays free: it bears no tax and no fee."""
        if asked == 0:
            return Price(0, 0)
        added = 0 if self.tax_included else money.percent_of(asked, self.rate(own_rate))
        fee = self.fee_fixed + money.percent_of(asked + added, self.fee_percent)
        return Price(asked + added + fee, fee)


def tariff_of(event: Event, team: Team) -> Tariff:
    """The tariff under which an event of that team sells."""
    return Tariff(team.tax_rate, team.tax_included, event.fee_fixed, event.fee_percent)

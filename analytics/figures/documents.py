"""Figures as the API tells them: the same that the pages show."""

from typing import Any

from analytics.figures.present import Present
from analytics.figures.reading import Figures
from analytics.figures.sums import Money, Sum
from core import money
from core.rest.fields import write_moment

COUNTS = {
    "views": "views",
    "bookings": "bookings",
    "tickets_sold": "tickets",
    "tickets_cancelled_since": "lost",
    "seats_cancelled": "cancelled",
    "seats_put_in_baskets": "basketed",
    "seats_lapsed": "lapsed",
    "seats_given_back": "abandoned",
    "seats_refused": "refused",
    "parties_joined": "joined",
    "seats_joined_for": "wanted",
    "parties_called_or_gone": "called",
    "arrivals": "arrived",
}
EARLY = {
    "30_days_before": "cancelled_month",
    "7_to_30_days_before": "cancelled_week",
    "1_to_7_days_before": "cancelled_days",
    "later": "cancelled_late",
}


def figures_document(figures: Figures, now: Present) -> dict[str, Any]:
    """Amounts as decimal strings in major units, each with its currency."""
    scope, period = figures.scope, figures.period
    return {
        "scope": {"kind": str(scope.level), "id": scope.id if scope.event or scope.team else None, "name": scope.name},
        "period": {
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "days": period.days,
            "timezone": period.zone.key,
            "starts_at": write_moment(period.start),
            "ends_at": write_moment(period.end),
            "step": str(period.step),
        },
        "as_of": write_moment(figures.as_of),
        "counted_since": figures.began and figures.began.isoformat(),
        "total": _sum(figures.total),
        "before": figures.before and _sum(figures.before),
        "steps": [
            {"begins": one.begins.isoformat(), **_sum(one), "parties_in_line": one.queue} for one in figures.columns
        ],
        "ticket_types": [
            {
                "id": one.ticket_type.pk,
                "name": one.ticket_type.name,
                "tickets_sold": one.tickets,
                "tickets_cancelled_since": one.lost,
                "seats_refused": one.refused,
                **_sold(one.sold, one.undone, scope.event.currency),
            }
            for one in figures.types
            if scope.event
        ],
        "categories": [{"category": one.slug, **_ranked(one)} for one in figures.categories],
        "places": [_ranked(one) for one in figures.places],
        "events": [{"slug": one.slug, **_ranked(one)} for one in figures.events],
        "now": {
            "capacity": now.capacity,
            "booked": now.booked,
            "in_baskets": now.held,
            "reserved": now.offered,
            "free": now.free,
            "parties_waiting": now.parties,
            "seats_wanted": now.wanted,
            "wanted_worth": [
                {"amount": money.plain(one.sold, one.currency), "currency": one.currency} for one in now.worth
            ],
            "expected": now.expected,
            "arrived": now.arrived,
            "arrivals": [{"at": write_moment(one.at), "arrived": one.count} for one in now.arrivals],
        },
    }


def _sum(one: Sum) -> dict[str, Any]:
    return {
        "counts": {name: one[measure] for name, measure in COUNTS.items()},
        "cancelled": {name: one[measure] for name, measure in EARLY.items()},
        "money": [_money(one.money[currency]) for currency in sorted(one.money)],
    }


def _money(one: Money) -> dict[str, str]:
    return {
        **_sold(one.sold, one.undone, one.currency),
        "received": money.plain(one.received, one.currency),
        "refunded": money.plain(one.refunded, one.currency),
        "net": money.plain(one.net, one.currency),
    }


def _sold(sold: int, undone: int, currency: str) -> dict[str, str]:
    return {
        "currency": currency,
        "sold": money.plain(sold, currency),
        "sold_cancelled_since": money.plain(undone, currency),
    }


def _ranked(one) -> dict[str, Any]:
    return {"name": one.name, "bookings": one.bookings, "tickets_sold": one.tickets}

"""Bookings that tell a story: one of each kind for whoever signs in as the attendee, and a few changes of mind."""

from dataclasses import dataclass
from enum import Enum

from sample.people import ATTENDEE


class Outcome(Enum):
    """What became of it."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    BASKET = "in the basket"


@dataclass(frozen=True)
class Journey:
    """Somebody booked, `days_ago`; `items` are quantities by ticket type. A basket is always of this moment."""

    email: str
    event: str
    items: dict[str, int]
    days_ago: int = 0
    outcome: Outcome = Outcome.BOOKED


JOURNEYS = [
    Journey(ATTENDEE.email, "fado-by-lamplight", {"Seat": 2}, 5),
    Journey(ATTENDEE.email, "accessible-by-default", {"Participant": 1}, 2),
    Journey(ATTENDEE.email, "atlantic-makers-fair", {"Visitor": 2, "Under 14": 1}, 9),
    Journey(ATTENDEE.email, "open-air-science-day", {"Scientist": 1, "Assistant under 10": 2}, 12),
    Journey(ATTENDEE.email, "slow-yoga-for-fast-runners", {"Mat": 1}, 15),
    Journey(ATTENDEE.email, "negotiate-like-a-neighbour", {"Seat": 1}, 8, Outcome.CANCELLED),
    Journey(ATTENDEE.email, "tile-walk-five-centuries-on-the-wall", {"Walker": 2}, 30),
    Journey(ATTENDEE.email, "office-hours-ask-a-database-anything", {"Seat": 1}, 20),
    Journey(ATTENDEE.email, "kompass-two-days-of-calm-software", {"Regular": 2}, outcome=Outcome.BASKET),
    Journey("noa.levy@example.org", "fado-by-lamplight", {"Seat": 3}, 11, Outcome.CANCELLED),
    Journey("chidi.nwosu@example.org", "atlantic-makers-fair", {"Visitor": 4}, 6, Outcome.CANCELLED),
    Journey("emre.yildiz@example.org", "kompass-two-days-of-calm-software", {"Student": 1}, 17, Outcome.CANCELLED),
]

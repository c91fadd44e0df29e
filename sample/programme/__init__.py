"""The sample events, a module for each organiser."""

from sample.programme import dhow, halyard, kawabe, lantern, mango, northlight, vereda
from sample.shapes import Listing

# By the organiser's key in sample/people.py.
PROGRAMME: dict[str, list[Listing]] = {
    "lantern": lantern.EVENTS,
    "northlight": northlight.EVENTS,
    "halyard": halyard.EVENTS,
    "mango": mango.EVENTS,
    "kawabe": kawabe.EVENTS,
    "vereda": vereda.EVENTS,
    "dhow": dhow.EVENTS,
}

"""The kinds of messages, and by which channels each is heard: the one table."""

from dataclasses import dataclass

from django.db import models


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    PUSH = "push", "Push"
    BELL = "bell", "In Evently"


class Group(models.TextChoices):
    """How people find a kind among their preferences."""

    BOOKINGS = "bookings", "Your bookings"
    EVENTS = "events", "Events you go to"
    WAITLIST = "waitlist", "The waitlist"
    ACCOUNT = "account", "Your account"
    ORGANISING = "organising", "Events you run"


EMAIL, PUSH, BELL = Channel.EMAIL, Channel.PUSH, Channel.BELL


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    `channels` it can be heard by; of these `always` can't be switched off (because one's ticket, or one's way back into
    the account, hangs on it) and `asked` are off until somebody wants them. `bulk` ones go to many people at once and
    wait behind what concerns one person. `toast`: pages of theirs that are open say it at once, as it is news to them.
    """

    name: str
    group: Group
    label: str
    channels: tuple[Channel, ...]
    always: tuple[Channel, ...] = ()
    asked: tuple[Channel, ...] = ()
    bulk: bool = False
    toast: str = ""  # its tone; none where it follows from what they did themselves

    def is_usual(self, channel: Channel) -> bool:
        """Whether it is heard by that channel while nobody has chosen."""
        return channel in self.channels and channel not in self.asked


_KINDS = [
    Kind("booking_confirmed", Group.BOOKINGS, "Your tickets", (EMAIL, PUSH, BELL), always=(EMAIL,), asked=(PUSH,)),
    Kind("tickets_again", Group.BOOKINGS, "Your tickets, sent again", (EMAIL,), always=(EMAIL,), bulk=True),
    Kind("hold_ending", Group.BOOKINGS, "Seats in your basket are about to be released", (PUSH, BELL), toast="warning"),
    Kind("booking_cancelled", Group.BOOKINGS, "A booking is cancelled", (EMAIL, PUSH, BELL), always=(EMAIL,)),
    Kind("tickets_cancelled", Group.BOOKINGS, "Some tickets are cancelled", (EMAIL, PUSH, BELL), always=(EMAIL,)),
    Kind("transfer_due", Group.BOOKINGS, "How to pay by bank transfer", (EMAIL, BELL), always=(EMAIL,)),
    Kind("transfer_part", Group.BOOKINGS, "A part of your transfer has arrived", (EMAIL, BELL), toast="info"),
    Kind(
        "transfer_ending",
        Group.BOOKINGS,
        "Your transfer is still missing",
        (EMAIL, PUSH, BELL),
        always=(EMAIL,),
        toast="warning",
    ),
    Kind("payment_failed", Group.BOOKINGS, "A payment did not go through", (EMAIL, PUSH, BELL), toast="warning"),
    Kind(
        "payment_late",
        Group.BOOKINGS,
        "A payment came late: seats or money",
        (EMAIL, PUSH, BELL),
        always=(EMAIL,),
        toast="warning",
    ),
    Kind("payment_returned", Group.BOOKINGS, "A late payment goes back to you", (EMAIL, BELL), always=(EMAIL,)),
    Kind("refunded", Group.BOOKINGS, "Money was paid back to you", (EMAIL, BELL)),
    Kind(
        "event_changed",
        Group.EVENTS,
        "The date or the place has changed",
        (EMAIL, PUSH, BELL),
        always=(EMAIL,),
        bulk=True,
        toast="warning",
    ),
    Kind(
        "event_postponed",
        Group.EVENTS,
        "It is postponed",
        (EMAIL, PUSH, BELL),
        always=(EMAIL,),
        bulk=True,
        toast="warning",
    ),
    Kind(
        "event_cancelled",
        Group.EVENTS,
        "It is cancelled",
        (EMAIL, PUSH, BELL),
        always=(EMAIL,),
        bulk=True,
        toast="warning",
    ),
    Kind("reminder_day", Group.EVENTS, "A reminder the day before", (EMAIL, PUSH, BELL), bulk=True, toast="info"),
    Kind(
        "reminder_hours",
        Group.EVENTS,
        "A reminder two hours before",
        (EMAIL, PUSH, BELL),
        asked=(EMAIL,),
        bulk=True,
        toast="info",
    ),
    Kind("waitlist_joined", Group.WAITLIST, "You have joined a waitlist", (EMAIL, BELL)),
    Kind("offer", Group.WAITLIST, "Seats are reserved for you", (EMAIL, PUSH, BELL), always=(EMAIL,), toast="success"),
    Kind("offer_ending", Group.WAITLIST, "An offer is about to lapse", (EMAIL, PUSH, BELL), toast="warning"),
    Kind("offer_lapsed", Group.WAITLIST, "An offer has lapsed", (EMAIL, PUSH, BELL), toast="warning"),
    Kind("place_ended", Group.WAITLIST, "Your place in a line has ended", (EMAIL, BELL), toast="info"),
    Kind("welcome", Group.ACCOUNT, "Welcome", (EMAIL, BELL)),
    Kind("verify", Group.ACCOUNT, "Confirm your e-mail address", (EMAIL,), always=(EMAIL,)),
    Kind("way_in", Group.ACCOUNT, "Signing in and new passwords", (EMAIL,), always=(EMAIL,)),
    Kind("security", Group.ACCOUNT, "A password or an address was changed", (EMAIL, BELL), always=(EMAIL, BELL)),
    Kind("team_invitation", Group.ORGANISING, "Invitations to a team", (EMAIL,), always=(EMAIL,)),
    Kind("sold_out", Group.ORGANISING, "An event is sold out", (EMAIL, PUSH, BELL), toast="success"),
    Kind(
        "payment_trouble",
        Group.ORGANISING,
        "A dispute, a failed refund or an odd payment",
        (EMAIL, PUSH, BELL),
        always=(EMAIL,),
        toast="warning",
    ),
    Kind("daily_summary", Group.ORGANISING, "A summary every morning", (EMAIL, BELL), asked=(BELL,)),
]
KINDS = {kind.name: kind for kind in _KINDS}


def kind(name: str) -> Kind:
    """KeyError for a name that is no kind's."""
    return KINDS[name]

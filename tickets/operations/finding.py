"""Find tickets by what their codes say."""

from core.ids import read_code
from tickets import codes
from tickets.models import CODE_LENGTH, Ticket


def verify(*, text: str) -> Ticket | None:
    """The ticket that a code names, with all it shows; None when it is not one of ours.

    The text is what a scanner read (the signed code) or what a person typed (the 12 characters printed
    under it). The ticket's `status` says whether it still admits.
    """
    if signed := codes.read(text):
        return Ticket.objects.with_all().filter(pk=signed.ticket_id).first()
    typed = read_code(text[:100])
    if len(typed) != CODE_LENGTH or not typed.isascii() or not typed.isalnum():
        return None
    return Ticket.objects.with_all().filter(code=typed).first()

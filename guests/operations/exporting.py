"""Taking the guest list along."""

from accounts.models import Change, User, What
from accounts.operations import trail
from accounts.permissions import Permission, require
from events.models import Event


def note_export(*, event: Event, which: str, by: User) -> Change:
    """Write down that somebody has taken names and addresses of guests along. Raises NotAllowed."""
    require(by, Permission.EDIT_EVENTS, event.organizer_id)
    return trail.record(
        team_id=event.organizer_id,
        event_id=event.pk,
        by=by,
        what=What.GUESTS_EXPORTED,
        subject=event,
        new={"Guests": which},
    )

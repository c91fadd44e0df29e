"""Who changed what of a team and its events, and when."""

from django.db import models
from django.utils import timezone

from accounts.models.people import Team, User
from core.ids import new_id

MAX_LABEL = 200


class What(models.TextChoices):
    """The kinds of changes, and how a page tells them. The column takes any text: a new kind needs no migration."""

    TEAM_CREATED = "team-created", "Team founded"
    MEMBER_INVITED = "member-invited", "Invited"
    INVITATION_RESENT = "invitation-resent", "Invitation sent again"
    INVITATION_WITHDRAWN = "invitation-withdrawn", "Invitation withdrawn"
    INVITATION_DECLINED = "invitation-declined", "Invitation declined"
    MEMBER_JOINED = "member-joined", "Joined the team"
    MEMBER_REMOVED = "member-removed", "Removed from the team"
    MEMBER_LEFT = "member-left", "Left the team"
    ROLE_CHANGED = "role-changed", "Role changed"
    TAX_CHANGED = "tax-changed", "Tax changed"
    PAYMENTS_CHANGED = "payments-changed", "Payment settings changed"
    EVENT_CREATED = "event-created", "Event created"
    EVENT_EDITED = "event-edited", "Event edited"
    EVENT_PUBLISHED = "event-published", "Event published"
    EVENT_POSTPONED = "event-postponed", "Event postponed"
    EVENT_CANCELLED = "event-cancelled", "Event cancelled"
    EVENT_DELETED = "event-deleted", "Draft deleted"
    CODE_CREATED = "code-created", "Promo code made"
    CODES_CREATED = "codes-created", "Promo codes made"
    CODE_EDITED = "code-edited", "Promo code changed"
    CODE_SWITCHED = "code-switched", "Promo code switched"
    LINE_REMOVED = "line-removed", "Removed from the line"
    LINE_INVITED = "line-invited", "Invited out of order"
    GUEST_BOOKED = "guest-booked", "Booked for a guest"
    GUEST_INVITED = "guest-invited", "Complimentary tickets given"
    HOLDER_CHANGED = "holder-changed", "Name on a ticket changed"
    BOOKINGS_CANCELLED = "bookings-cancelled", "Bookings cancelled"
    TICKETS_RESENT = "tickets-resent", "Tickets sent again"
    GUESTS_EXPORTED = "guests-exported", "Guest list exported"
    CHECKED_IN = "checked-in", "Checked in by hand"
    CHECK_IN_UNDONE = "check-in-undone", "Check-in undone"


class Change(models.Model):
    """One thing that somebody did to a team, its events or their guests: append-only.

    `label` is what it was called at that moment; `old` and `new` hold what changed and nothing else, by the name that
    people know, as words. `person` is whose name or address may stand in them: when their account is closed, those are
    erased. `event_id` may outlive its event.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="changes", db_index=False)
    event_id = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=MAX_LABEL, blank=True)
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    old = models.JSONField(default=dict, blank=True)
    new = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "change in a team"
        verbose_name_plural = "changes in teams"
        indexes = [
            models.Index(fields=["team", "at", "id"], name="changes_of_a_team"),
            models.Index(fields=["event_id", "at", "id"], name="changes_of_an_event"),
        ]

    def __str__(self) -> str:
        return f"{self.words}: {self.label}" if self.label else self.words

    @property
    def names(self) -> str:
        """What changed, by its names alone."""
        return ", ".join(dict.fromkeys([*self.new, *self.old]))

    @property
    def words(self) -> str:
        """The kind of change as people read it."""
        return What(self.what).label if self.what in What.values else self.what.replace("-", " ").capitalize()

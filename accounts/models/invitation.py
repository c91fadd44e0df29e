"""An address that was asked to join a team."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models.people import Membership, Team, User
from core.ids import new_id

GOOD_FOR = timedelta(days=7)


class InvitationQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Neither answered nor withdrawn; whether there is time left or not."""
        return self.filter(status=Invitation.Status.OPEN)

    def sent_to(self, email: str) -> Self:
        """Those to one address, in whatever case it is written."""
        return self.filter(email__iexact=email)

    def in_time(self, at: datetime) -> Self:
        """Those that can still be accepted."""
        return self.open().filter(expires_at__gt=at)


class Invitation(models.Model):
    """An address that was asked to join a team in a role, whether an account uses it or not.

    The link in its mail names the invitation and `round`, which counts how often it was sent: an older mail's link is
    good for nothing.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address", max_length=254)
    role = models.CharField(max_length=10, choices=Membership.Role)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "team", Lower("email"), condition=Q(status="open"), name="one_open_invitation_per_address"
            )
        ]
        indexes = [models.Index(Lower("email"), condition=Q(status="open"), name="open_invitations_to")]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()} of {self.team}"

    def get_absolute_url(self) -> str:
        """Where somebody who is signed in answers it."""
        return reverse("organise:invitation", args=[self.pk])

    def is_for(self, user: User) -> bool:
        """Whether it was sent to the address of their account."""
        return self.email.casefold() == user.email.casefold()

    def has_lapsed(self, at: datetime) -> bool:
        return self.expires_at <= at

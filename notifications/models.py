"""What people are told, how it reached them, and what they want to hear."""

import hashlib
from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from core.ids import new_id
from events.models import Event
from notifications.kinds import KINDS, Channel, Group, Kind

CHANGES = ["event_changed", "event_postponed"]  # kinds of mailings that say how an event is otherwise now


class NoticeQuerySet(models.QuerySet):
    def of(self, user) -> Self:
        """What one person is told."""
        return self.filter(recipient_id=user.pk)

    def in_bell(self) -> Self:
        return self.filter(in_bell=True)

    def unread(self) -> Self:
        """In the bell and not read yet."""
        return self.in_bell().filter(read_at__isnull=True)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def by_age(self) -> Self:
        """The newest first, as core.paging takes it."""
        return self.annotate(by_created=F("created_at")).order_by("-by_created", "-id")

    def newer_than(self, notice: "Notice") -> Self:
        """What stands before it in a list, the newest first."""
        same = Q(created_at=notice.created_at, id__gt=notice.pk)
        return self.filter(Q(created_at__gt=notice.created_at) | same)

    def not_newer_than(self, notice: "Notice") -> Self:
        """It, and what stands after it."""
        same = Q(created_at=notice.created_at, id__lte=notice.pk)
        return self.filter(Q(created_at__lt=notice.created_at) | same, created_at__lte=notice.created_at)


class Notice(models.Model):
    """One thing that one person is told, by whatever channels. `key` says which occurrence it is: told once.

    `title`, `line` and `url` are what the bell shows: how it was when it was told. What is sent later is composed anew
    from `about` (the id of a booking, an event, a place in line) and `data` (what can't be looked up any more, such as
    the old date).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=200, unique=True)
    # Nobody, where mail goes to an address that has no account.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", null=True, db_index=False
    )
    about = models.UUIDField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    title = models.CharField(max_length=250)
    line = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=500, blank=True)
    in_bell = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="From when on it is no use to send it")
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], condition=Q(in_bell=True), name="the_bell"),
            models.Index(fields=["recipient"], condition=Q(in_bell=True, read_at__isnull=True), name="unread_notices"),
            models.Index(fields=["about"], name="notices_about"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Marks it read and leads on to what it is about."""
        return reverse("notifications:open", args=[self.pk])

    @property
    def sort(self) -> Kind:
        """Of a kind that there is no more, one that is heard by no channel: the bell shows it all the same."""
        return KINDS.get(self.kind) or Kind(self.kind, Group.ACCOUNT, self.kind, ())

    def is_late(self, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at


class DeviceQuerySet(models.QuerySet):
    def of(self, user) -> Self:
        """The devices of one person."""
        return self.filter(user_id=user.pk)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class Device(models.Model):
    """A browser that may be pushed to (RFC 8030): its push service's address and the keys to encrypt for it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    label = models.CharField(max_length=80, blank=True, help_text="'Chrome on Android'")
    session = models.CharField(max_length=32, blank=True, help_text="Digest of the session it belongs to")
    created_at = models.DateTimeField(default=timezone.now)
    reached_at = models.DateTimeField(null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = "push device"
        verbose_name_plural = "push devices"

    def __str__(self) -> str:
        return self.label or "A browser"

    @property
    def digest(self) -> str:
        """Names its endpoint without giving it away: pages compare it with that of the browser they are shown in."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()


class DeliveryQuerySet(models.QuerySet):
    def with_all(self) -> Self:
        """With what sending needs."""
        return self.select_related("notice__recipient", "device")


class Delivery(models.Model):
    """One notice on its way by one channel to one address: sent once. `answer` is what the other side said last."""

    class Status(models.TextChoices):
        PENDING = "pending", "On its way"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"
        DROPPED = "dropped", "Not sent: no longer true or wanted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=5, choices=[(Channel.EMAIL, "E-mail"), (Channel.PUSH, "Push")])
    address = models.EmailField(max_length=254, blank=True)
    device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries")
    status = models.CharField(max_length=7, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    again = models.PositiveSmallIntegerField(default=0, help_text="How often staff have sent it again")
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(help_text="Not before; quiet hours move it")
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notice"], condition=Q(channel="email"), name="one_mail_a_notice"),
            models.UniqueConstraint(fields=["notice", "device"], name="one_push_a_device"),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="deliveries_by_status")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} to {self.address or self.device}"

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that mailboxes can tell (RFC 5322, 3.6.4); another one when it is sent again
        after it had arrived, as mailboxes show the same one only once."""
        again = f".{self.again}" if self.again else ""
        return f"<{self.pk}{again}@{urlsplit(settings.BASE_URL).hostname}>"


class MailingQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Not begun: what they will say can still change."""
        return self.filter(began_at__isnull=True, finished_at__isnull=True)

    def of_changes(self) -> Self:
        return self.filter(kind__in=CHANGES)


class Mailing(models.Model):
    """One message to everybody who goes to an event, told some people at a time. `key` says which occasion it is for.

    `after` is the person told last: people are told in the order of their ids, so a mailing can stop anywhere and go
    on there. `due_at` is empty while it waits for an event to be on again. `data` is what the kind needs: the changes
    in their order, or the day of the start that is meant.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="mailings", db_index=False)
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120, unique=True)
    data = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0, help_text="How many there were when it began")
    told = models.PositiveIntegerField(default=0)
    after = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    dropped = models.CharField(max_length=100, blank=True, help_text="Why nobody (else) is told")

    objects = MailingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(kind__in=CHANGES, began_at__isnull=True, finished_at__isnull=True),
                name="changes_wait_together",
            )
        ]
        indexes = [models.Index(fields=["event", "-created_at"], name="mailings_of_event")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.event_id}"

    @property
    def of_change(self) -> bool:
        return self.kind in CHANGES


class Choice(models.Model):
    """Where somebody wants it otherwise than the table of kinds has it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_choices", db_index=False
    )
    kind = models.CharField(max_length=30)
    channel = models.CharField(max_length=5, choices=Channel)
    wanted = models.BooleanField()

    class Meta:
        verbose_name = "choice of channel"
        verbose_name_plural = "choices of channels"
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_choice_each")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {'yes' if self.wanted else 'no'}"


class QuietHours(models.Model):
    """When somebody's devices stay silent, by the clock of their zone. `until` may be on the next morning."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="quiet_hours"
    )
    begin = models.TimeField()
    until = models.TimeField()
    zone = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "quiet hours"

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}–{self.until:%H:%M} {self.zone}"

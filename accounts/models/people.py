"""People and the organiser teams they belong to."""

from decimal import Decimal
from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from core.ids import new_id

NOWHERE = "@invalid"  # how addresses end that no mail can reach (RFC 2606): of closed accounts, and of nobody's


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person who can sign in with an e-mail address; without a password, only after a reset."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the login, in lower case and unique whatever its case."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField("e-mail address", max_length=254)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField("active", default=True)
    is_staff = models.BooleanField("platform staff", default=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email_address")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def address(self) -> str:
        """The e-mail address; empty where no mail arrives."""
        return "" if self.email.endswith(NOWHERE) else self.email


def display_name(user: User) -> str:
    """How allauth's pages and mails call a person."""
    return str(user)


class TeamQuerySet(models.QuerySet):
    def of(self, user) -> Self:
        """Teams the user belongs to, in whatever role."""
        return self.filter(memberships__user_id=user.pk)

    def with_role(self, user, roles) -> Self:
        """Teams in which the user has one of these roles."""
        return self.filter(memberships__user_id=user.pk, memberships__role__in=roles)


class Team(models.Model):
    """An organiser: those who run events together.

    `tax_rate` is in per cent of the net, for all ticket types that have no rate of their own. What the team enters as
    a price has the tax in it if it is `tax_included`; else it is added. Changed by events.operations.set_tax alone,
    because prices follow.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    tax_name = models.CharField(max_length=20, default="VAT", db_default="VAT")
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    tax_included = models.BooleanField(default=True, db_default=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    objects = TeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tax_rate__range=(0, 100)), name="a_tax_rate_is_per_cent")
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's one role in a team. accounts/permissions.py says what each role may do."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        MANAGER = "manager", "Manager"
        DOOR = "door", "Door staff"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    hides_setup = models.BooleanField(
        default=False, db_default=False, help_text="Whether they want to see no more of what is still to be set up"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_role_per_member")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.team}"

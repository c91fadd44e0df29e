"""Changing the e-mail address one signs in with: agreed by whoever reads the new one, and by whoever reads the old."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.errors import ChangeOver, EmailTaken
from accounts.facts import mail_requested
from accounts.models import AddressChange, User
from accounts.sign_ins import end_others
from core.errors import Invalid
from outbox.operations import announce

CONFIRM, STOP = "accounts.address-change.confirm", "accounts.address-change.stop"
TAKEN = "Another account has taken this address meanwhile. Ask for the change again, with another one."


@transaction.atomic
def ask_to_change(*, user: User, email: str, now: datetime) -> AddressChange:
    """Write to both addresses; the account stays as it is until the new one says yes. An earlier wish that is open is
    given up. Raises Invalid.

    An address that another account uses gets the same answer, and a letter that says so instead of a link: whoever
    asks does not learn whose addresses have accounts.
    """
    email = email.strip().lower()
    user = User.objects.select_for_update().get(pk=user.pk)
    if email == user.email:
        raise Invalid({"email": ["This is your address already."]})
    user.address_changes.open().update(ended_at=now)
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    change = AddressChange.objects.create(
        user=user, old=user.email, new=email, old_was_confirmed=confirmed, asked_at=now
    )
    if _is_taken(user, email):
        _write_to_its_owner(email)
    else:
        _write_to_the_new(change)
    if user.address:
        _write_to_the_old(change)
    return change


@transaction.atomic
def confirm_change(*, change: AddressChange, now: datetime) -> User:
    """The new address becomes the one. Raises ChangeOver, or EmailTaken when another account was faster."""
    user, change = _lock(change)
    if not change.can_be_confirmed(now) or not user.is_active or user.email != change.old:
        raise ChangeOver("This change has been confirmed, stopped or forgotten. Ask for it again if you want it.")
    _set_address(user, change.new, leaving=change.old)
    change.confirmed_at = now
    change.save(update_fields=["confirmed_at"])
    if change.old_was_confirmed:
        _write_of_the_change(change)
    return user


@transaction.atomic
def stop_change(*, change: AddressChange, now: datetime) -> bool:
    """Say no from the old address. True when the change was made already and is undone by this: then the account is
    shut to whoever made it. Its password, sessions and every second factor that came after the wish are gone, and the
    old address gets in by asking for a new password. Raises ChangeOver, or EmailTaken."""
    user, change = _lock(change)
    if not change.can_be_stopped(now) or not user.is_active:
        raise ChangeOver("It is too late to stop this change, or it has been stopped already.")
    made = change.confirmed_at is not None
    if made:
        _set_address(user, change.old, leaving=user.email)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        Authenticator.objects.filter(user=user, created_at__gte=change.asked_at).delete()
        user.address_changes.exclude(pk=change.pk).filter(ended_at=None).update(ended_at=now)
        end_others(user=user, here=None)
    change.ended_at = now
    change.save(update_fields=["ended_at"])
    return made


def change_named(key: str, *, salt: str) -> AddressChange | None:
    """The change that a link from a letter is about; None when the link is none."""
    try:
        return AddressChange.objects.filter(pk=signing.loads(key, salt=salt)).first()
    except signing.BadSignature:
        return None


def link(change: AddressChange, *, salt: str) -> str:
    """Where a letter's reader answers."""
    name = "account_confirm_change" if salt == CONFIRM else "account_stop_change"
    return settings.BASE_URL + reverse(name, args=[signing.dumps(str(change.pk), salt=salt)])


def _lock(change: AddressChange) -> tuple[User, AddressChange]:
    """The account is locked: who asks, confirms and stops at the same moment takes turns. The change as it is then."""
    user = User.objects.select_for_update().get(pk=change.user_id)
    return user, AddressChange.objects.get(pk=change.pk)


def _is_taken(user: User, email: str) -> bool:
    others = EmailAddress.objects.filter(email__iexact=email, verified=True).exclude(user=user)
    return others.exists() or User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()


def _set_address(user: User, email: str, *, leaving: str) -> None:
    """Constraints decide between two accounts that want the same address at the same moment."""
    if _is_taken(user, email):
        raise EmailTaken(TAKEN)
    try:
        with transaction.atomic():
            EmailAddress.objects.filter(Q(user=user, email__iexact=leaving) | Q(email__iexact=email)).delete()
            EmailAddress.objects.filter(user=user).update(primary=False)
            EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
            user.email = email
            user.save(update_fields=["email"])
    except IntegrityError as error:
        raise EmailTaken(TAKEN) from error


def _write_to_the_new(change: AddressChange) -> None:
    announce(
        mail_requested,
        template="address_change",
        to=change.new,
        user_id=change.user_id,
        subject="Confirm your new e-mail address",
        text=f"Somebody, we hope you, wants to sign in to Evently with this address from now on.\n\n"
        f"{link(change, salt=CONFIRM)}\n\n"
        "The link works for three days. If it was not you, ignore this message: nothing changes.",
    )


def _write_to_the_old(change: AddressChange) -> None:
    announce(
        mail_requested,
        template="address_change_told",
        to=change.old,
        user_id=change.user_id,
        subject="Your e-mail address is about to change",
        text=f"Somebody, we hope you, wants your Evently account to have another address: {change.new}. It has, once "
        "that address is confirmed.\n\n"
        "If it was not you, stop it, and choose a new password:\n\n"
        f"{link(change, salt=STOP)}\n\n"
        "If it was you, there is nothing to do here.",
    )


def _write_of_the_change(change: AddressChange) -> None:
    announce(
        mail_requested,
        template="address_changed",
        to=change.old,
        user_id=change.user_id,
        subject="Your e-mail address was changed",
        text=f"Your Evently account has another address now: {change.new}. You sign in with that from now on.\n\n"
        "If it was not you, take it back within seven days. Whoever did it is signed out everywhere, and you choose a "
        "new password:\n\n"
        f"{link(change, salt=STOP)}\n\n"
        "If it was you, there is nothing to do here.",
    )


def _write_to_its_owner(email: str) -> None:
    announce(
        mail_requested,
        template="account_already_exists",
        to=email,
        user_id=None,
        subject="You have an account already",
        text="Somebody, perhaps you, wants to use this address for another account of theirs. You have one with it "
        "already, so that can't be: just sign in. Forgotten the password? Choose a new one here:\n\n"
        f"{settings.BASE_URL}{reverse('account_reset_password')}\n\n"
        "If it was not you, ignore this message: nothing changes.",
    )

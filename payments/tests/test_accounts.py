"""How a team sets up that it is paid."""

import pytest
from django.utils import timezone

from accounts.models import Change, Membership
from core.errors import Invalid, NotAllowed
from core.sealed import unseal
from payments import operations
from payments.models import Account
from tests.factories import make_team, make_user, owner_of

pytestmark = pytest.mark.django_db
KEY = "sk_test_51Hdesk0000x7Qa"


def change(team, by=None, **changes):
    return operations.change_account(team=team, changes=changes, by=by or owner_of(team), now=timezone.now())


def test_keys_are_sealed_and_what_was_changed_is_written_down_without_them():
    team = make_team()
    change(team, stripe_key=KEY, statement="EVENTLY")
    account = Account.objects.get()
    assert KEY not in account.stripe_key
    assert unseal(account.stripe_key) == KEY
    written = Change.objects.get(what="payments-changed")
    assert (written.by, written.old, written.new) == (
        owner_of(team),
        {"On card statements": ""},
        {"On card statements": "EVENTLY", "Stripe key": "changed"},
    )


def test_what_is_not_named_stays_and_what_is_emptied_goes():
    team = make_team()
    change(team, stripe_key=KEY, bank_holder="Team", bank_account="GB82WEST12345698765432")
    change(team, legal_name="Team Ltd")
    assert Account.objects.get().takes_cards
    change(team, stripe_key="")
    assert not Account.objects.get().takes_cards
    assert Account.objects.get().takes_transfers


def test_saving_the_same_again_is_no_change():
    team = make_team()
    change(team, legal_name="Team Ltd")
    change(team, legal_name="Team Ltd", stripe_key="")
    assert Change.objects.filter(what="payments-changed").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bank_holder": "T", "bank_account": "GB82WEST12345698765423"}, "bank_account"),
        ({"bank_holder": "T"}, "bank_account"),
        ({"bank_account": "GB82WEST12345698765432"}, "bank_holder"),
        ({"transfer_days": 0}, "transfer_days"),
        ({"transfer_days": 31}, "transfer_days"),
        ({"statement": "ABCD"}, "statement"),
        ({"statement": "12345"}, "statement"),
        ({"statement": "ROCK * ROLL"}, "statement"),
        ({"stripe_key": "pk_test_51Hdesk0000x7Qa"}, "stripe_key"),
        ({"stripe_key": "sk_test_ with a space"}, "stripe_key"),
        ({"stripe_webhook_secret": KEY}, "stripe_webhook_secret"),
    ],
)
def test_what_makes_no_sense_is_named_and_changes_nothing(changes, field):
    team = make_team()
    with pytest.raises(Invalid) as refusal:
        change(team, **changes)
    assert [*refusal.value.errors] == [field]
    assert not Account.objects.exists()


def test_accounts_without_an_iban_are_taken_as_they_are():
    change(make_team(), bank_holder="Team", bank_account="021000021 / 1234567890")
    assert Account.objects.get().takes_transfers


@pytest.mark.parametrize("role", ["manager", "door"])
def test_only_owners_change_it(role):
    team = make_team()
    member = make_user("Max")
    Membership.objects.create(team=team, user=member, role=role)
    with pytest.raises(NotAllowed):
        change(team, by=member, legal_name="Mine")
    assert not Account.objects.exists()

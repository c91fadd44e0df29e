"""How a team is paid: its bank account, its keys, and what stands on its receipts."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Team, User, What
from accounts.operations import trail
from accounts.permissions import Permission, require
from core.errors import Invalid
from core.sealed import seal
from payments.iban import is_iban, looks_like_iban
from payments.models import Account

PLAIN = (
    "bank_holder",
    "bank_account",
    "bank_code",
    "bank_name",
    "transfer_days",
    "statement",
    "legal_name",
    "address",
    "tax_id",
)
SECRET = ("stripe_key", "stripe_webhook_secret")
MOST_TRANSFER_DAYS = 30
# Stripe's rules for what stands on card statements: 5 to 22 Latin characters, a letter among them, none of < > \ ' " *
_STATEMENT = re.compile(r"""(?=.*[A-Za-z])[ -~]{5,22}""")
NOT_ON_STATEMENTS = "<>\\'\"*"


@transaction.atomic
def change_account(*, team: Team, changes: Mapping[str, str | int], by: User, now: datetime) -> Account:
    """Set what `changes` names, fields of Account; secrets in the clear, "" to forget one. What is not named stays.

    Only owners may. What was changed is written down, never what a secret is. Raises NotAllowed or Invalid.
    """
    require(by, Permission.MANAGE_TEAM, team.pk)
    Account.objects.get_or_create(team=team)
    account = Account.objects.select_for_update(of=("self",)).get(team=team)
    changed = [name for name in PLAIN if name in changes and getattr(account, name) != changes[name]]
    changed += [name for name in SECRET if name in changes and (changes[name] or getattr(account, name))]
    old = {_label(name): getattr(account, name) for name in changed if name in PLAIN}
    for name in changed:
        setattr(account, name, seal(str(changes[name])) if name in SECRET else changes[name])
    _check(account, changes)
    if changed:
        account.save(update_fields=changed)
        new = {_label(name): _told(name, changes[name]) for name in changed}
        trail.record(team_id=team.pk, by=by, what=What.PAYMENTS_CHANGED, subject=team, old=old, new=new, now=now)
    return account


def _label(name: str) -> str:
    label = str(getattr(Account._meta.get_field(name), "verbose_name", name))
    return label[0].upper() + label[1:]


def _told(name: str, value: str | int) -> str | int:
    """What the trail keeps of it: of a secret, that it changed."""
    if name in SECRET:
        return "changed" if value else "removed"
    return value


def _check(account: Account, changes: Mapping[str, str | int]) -> None:
    """Raises Invalid, naming every field that makes no sense."""
    wrong: dict[str, list[str]] = {}
    number = account.bank_account
    if number and not account.bank_holder:
        wrong["bank_holder"] = ["Say whose account it is: banks ask for the name."]
    if account.bank_holder and not number:
        wrong["bank_account"] = ["Give the number of the account."]
    if looks_like_iban(number) and not is_iban(number):
        wrong["bank_account"] = ["This IBAN is not right: its check digits don't fit. Please compare it once more."]
    if not 1 <= account.transfer_days <= MOST_TRANSFER_DAYS:
        wrong["transfer_days"] = [f"From 1 to {MOST_TRANSFER_DAYS} days."]
    if account.statement and not _may_be_on_statements(account.statement):
        wrong["statement"] = [f"From 5 to 22 plain signs, at least one of them a letter; none of {NOT_ON_STATEMENTS}"]
    _check_secret(changes, wrong, "stripe_key", ("sk_", "rk_"), "A secret key of Stripe begins with sk_ or rk_.")
    _check_secret(changes, wrong, "stripe_webhook_secret", ("whsec_",), "A signing secret begins with whsec_.")
    if wrong:
        raise Invalid(wrong)


def _may_be_on_statements(text: str) -> bool:
    return bool(_STATEMENT.fullmatch(text)) and not {*NOT_ON_STATEMENTS} & {*text}


def _check_secret(
    changes: Mapping[str, str | int], wrong: dict[str, list[str]], name: str, begins: tuple[str, ...], words: str
) -> None:
    given = str(changes.get(name, ""))
    if given and not (given.startswith(begins) and re.fullmatch(r"[A-Za-z0-9_]{10,250}", given)):
        wrong[name] = [words]

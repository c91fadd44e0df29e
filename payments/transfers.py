"""Bank transfers: how long one may take, and what whoever makes one has to know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString, mark_safe
from segno import helpers

from core import money
from events.models import Event
from payments.iban import compact, grouped, is_iban
from payments.models import Account, Payment

# A credit transfer arrives by the next business day (SEPA; Directive (EU) 2015/2366, article 83), and over a weekend
# that is the third one.
SHORTEST = timedelta(days=3)
BEFORE_START = timedelta(days=1)  # so that somebody can still book it in
MOST_BY_CODE = 999_999_999_99  # euro cents, by EPC069-12


def kept_until(event: Event, account: Account | None, now: datetime) -> datetime | None:
    """Until when seats are kept for a transfer that is promised now; None when the event is too near for one."""
    if account is None or not account.takes_transfers:
        return None
    last = event.starts_at - BEFORE_START
    if last < now + SHORTEST:
        return None
    return min(now + timedelta(days=account.transfer_days), last)


@dataclass(frozen=True)
class Instructions:
    """What to enter at one's bank. `amount` is what is still missing, in minor units of `currency`; `account` is in
    groups of four where it is an IBAN; `code` is a picture that banks' apps read, or empty."""

    holder: str
    account: str
    bank_code: str
    bank: str
    amount: int
    currency: str
    reference: str
    until: datetime | None
    code: SafeString

    @property
    def amount_label(self) -> str:
        return money.words(self.amount, self.currency)

    @property
    def amount_plain(self) -> str:
        """To be copied: '12.50'."""
        return money.plain(self.amount, self.currency)

    @property
    def is_iban(self) -> bool:
        return is_iban(self.account)


def instructions(payment: Payment) -> Instructions | None:
    """How a payment is made by bank transfer; None for one without an account. Needs `account`, `booking` fetched."""
    account = payment.account
    if account is None:
        return None
    amount = payment.missing
    return Instructions(
        holder=account.bank_holder,
        account=grouped(account.bank_account),
        bank_code=account.bank_code,
        bank=account.bank_name,
        amount=amount,
        currency=payment.currency,
        reference=payment.booking.reference,
        until=payment.booking.hold_expires_at,
        code=_code(account, amount, payment.currency, payment.booking.reference),
    )


def _code(account: Account, amount: int, currency: str, reference: str) -> SafeString:
    """The European Payments Council's QR code (EPC069-12), for euros to an IBAN; black on white, as SVG."""
    if currency != "EUR" or not is_iban(account.bank_account) or not 0 < amount <= MOST_BY_CODE:
        return SafeString("")
    code = helpers.make_epc_qr(
        name=account.bank_holder[:70],
        iban=compact(account.bank_account),
        amount=money.to_major(amount, currency),
        text=reference,
        encoding="utf-8",
    )
    return mark_safe(code.svg_inline(border=4, light="#fff", omitsize=True))  # noqa: S308  # made of squares alone

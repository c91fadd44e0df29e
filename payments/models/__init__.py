"""Money: what is asked for, what came in, what went back, and what providers said."""

from payments.models.account import Account
from payments.models.act import MoneyAct
from payments.models.payment import Payment, Receipt
from payments.models.refund import Refund
from payments.models.rescue import Rescue
from payments.models.said import ProviderEvent

__all__ = ["Account", "MoneyAct", "Payment", "ProviderEvent", "Receipt", "Refund", "Rescue"]

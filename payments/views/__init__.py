"""The pages on which people pay, and where providers tell us that something has happened."""

from payments.views.checkout import checkout
from payments.views.late import late
from payments.views.receipts import receipt
from payments.views.returning import paid
from payments.views.transfer import transfer
from payments.views.webhooks import webhook

__all__ = ["checkout", "late", "paid", "receipt", "transfer", "webhook"]

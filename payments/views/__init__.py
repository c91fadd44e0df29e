"""The pages on which people pay."""

from payments.views.checkout import checkout
from payments.views.returning import paid
from payments.views.webhooks import webhook

__all__ = ["checkout", "paid", "webhook"]

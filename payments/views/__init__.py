"""The pages on which people pay."""

from payments.views.checkout import checkout
from payments.views.returning import paid

__all__ = ["checkout", "paid"]

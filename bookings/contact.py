"""Who a booking is for, as its organisers may see it."""

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf


def contact(field: str) -> Coalesce:
    """The `name` or `email` of a booking; that of its account only where there is none on the booking itself.

    Whoever books for guests by name and address would else learn from a search whether there is such an account, and
    what it is called.
    """
    return Coalesce(NullIf(F(field), Value("")), F(f"customer__{field}"))

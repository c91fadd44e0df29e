"""Cards, through Stripe's Checkout: people pay on a page of Stripe's, so that card data never comes near us.

What there is to know of it: https://docs.stripe.com/payments/checkout and https://docs.stripe.com/api. The version of
the API is the one that the library was made for.
"""

from payments.providers.stripe.provider import Stripe

__all__ = ["Stripe"]

"""Stripe's amounts: which currencies have how many decimals there, and what is too little or too much."""

from decimal import Decimal

from babel.numbers import format_currency, list_currencies

from local.stripe.refusals import Refusal

# https://docs.stripe.com/currencies: without decimals, with three of which the last is nought, and with two of which
# both are nought. All others have two.
NO_DECIMALS = {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}
WHOLE_ALONE = {"ISK", "UGX"}
NOT_TAKEN = {"CUP", "IQD", "IRR", "KPW", "LYD", "SDG", "SSP", "SYP", "VES", "ERN", "XXX", "XTS"}
MOST = 99_999_999
# The least that can be charged, of those we have prices in; others are taken from one unit on.
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "chf": 50, "jpy": 50, "sek": 300, "nok": 300, "dkk": 250, "pln": 200}
LEAST |= {"czk": 1500, "huf": 17500, "aud": 50, "cad": 50, "nzd": 50, "sgd": 50, "hkd": 400, "mxn": 1000, "brl": 50}


def known_currency(code: str) -> str:
    """As Stripe writes it, in small letters. Refused when it takes no payments in it."""
    if code != code.lower() or code.upper() not in list_currencies() or code.upper() in NOT_TAKEN:
        raise Refusal(f"Invalid currency: {code}.", code="parameter_invalid_string_enum", param="currency")
    return code


def check(amount: int, currency: str) -> None:
    """Refuse what can't be charged."""
    if amount < LEAST.get(currency, 1):
        least = words(LEAST.get(currency, 1), currency)
        raise Refusal(f"The total amount due must add up to at least {least}.", code="amount_too_small")
    if amount > MOST:
        raise Refusal(f"The total amount due must be no more than {words(MOST, currency)}.", code="amount_too_large")
    step = 10 if currency.upper() in THREE_DECIMALS else 100 if currency.upper() in WHOLE_ALONE else 1
    if amount % step:
        raise Refusal(f"Amounts in {currency} must be divisible by {step}.", code="parameter_invalid_integer")


def words(amount: int, currency: str) -> str:
    """For people: '€12.50'."""
    code = currency.upper()
    decimals = 0 if code in NO_DECIMALS else 3 if code in THREE_DECIMALS else 2
    return format_currency(Decimal(amount).scaleb(-decimals), code, locale="en_GB")

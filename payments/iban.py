"""Bank account numbers by ISO 13616."""

import re

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")  # country, check digits, the country's own account number
_LOOKS_LIKE_ONE = re.compile(r"[A-Z]{2}[0-9]{2}")


def compact(text: str) -> str:
    """An account number without what people put between its parts."""
    return re.sub(r"[\s.-]", "", text).upper()


def looks_like_iban(text: str) -> bool:
    """Whether it is meant to be one. Where there are none, as in the United States, accounts are plain digits."""
    return bool(_LOOKS_LIKE_ONE.match(compact(text)))


def is_iban(text: str) -> bool:
    """Whether its check digits are right: ISO 7064's MOD 97-10, over the number with its first four characters at the
    end and letters as 10 to 35 (ISO 13616-1, annex A)."""
    number = compact(text)
    if not _SHAPE.fullmatch(number):
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def grouped(text: str) -> str:
    """In groups of four, as it stands on paper; other account numbers as they were entered."""
    number = compact(text)
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if is_iban(text) else text

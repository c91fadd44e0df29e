"""Identifiers: time-ordered UUIDs for machines, short references for people."""

import secrets
import uuid
from datetime import datetime

import uuid_utils
import uuid_utils.compat

# Crockford's base 32: no I, L, O or U, so that nothing is misread or reads as a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): its time prefix keeps inserts at the end of the index."""
    return uuid_utils.compat.uuid7()


def new_id_text() -> str:
    """`new_id` as text, for a fifth of the time."""
    return str(uuid_utils.uuid7())


def new_code(length: int) -> str:
    """A random code of `length` base-32 characters: 5 bits each, unguessable from 10 on."""
    bits = int.from_bytes(secrets.token_bytes(length))  # 8 random bits for each character that takes 5
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(length))


def read_code(text: str) -> str:
    """What a person typed as a code: upper case, without spaces and dashes, look-alikes put right."""
    return text.upper().replace("-", "").replace(" ", "").translate(_MISREAD)


def first_id_of(moment: datetime) -> uuid.UUID:
    """The lowest that `new_id` can have made at a moment: ids from it on are those made since.

    For finding what is new by the primary key alone. Its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7).
    """
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)

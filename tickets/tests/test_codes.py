import base64
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import Booking
from tickets import codes
from tickets.models import Ticket

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def unsaved_ticket() -> Ticket:
    return Ticket(booking=Booking(event_id=uuid4()))


def raw(code: str) -> bytes:
    return base64.b32decode(code + "=")


def spelled(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def test_a_code_is_read_back():
    ticket = unsaved_ticket()

    code = codes.read(codes.sign(ticket))

    assert code.ticket_id == ticket.pk
    assert code.is_for(ticket.booking.event_id)
    assert not code.is_for(uuid4())


def test_anyone_verifies_a_code_with_the_public_key_and_the_documented_format_alone():
    ticket = unsaved_ticket()

    data = raw(codes.sign(ticket))

    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(codes.public_key()))
    key.verify(data[25:], data[:25])  # raises when it does not fit
    assert data[:25] == b"\x01" + ticket.pk.bytes + ticket.booking.event_id.bytes[-8:]
    with pytest.raises(InvalidSignature):
        key.verify(data[25:], bytes([data[0], data[1] ^ 1]) + data[2:25])


def test_a_code_is_143_characters_of_the_qr_alphanumeric_alphabet():
    code = codes.sign(unsaved_ticket())

    assert (len(code), set(code) - set(ALPHABET)) == (143, set())


def test_changing_any_byte_makes_a_code_worthless():
    data = raw(codes.sign(unsaved_ticket()))

    changed = [data[:i] + bytes([data[i] ^ 0x40]) + data[i + 1 :] for i in range(len(data))]

    assert [codes.read(spelled(other)) for other in changed] == [None] * 89


def test_changing_any_character_makes_a_code_worthless():
    code = codes.sign(unsaved_ticket())

    for position, letter in enumerate(code):
        others = [ALPHABET[(ALPHABET.index(letter) + step) % 32] for step in (1, 7, 31)]
        assert [codes.read(code[:position] + other + code[position + 1 :]) for other in others] == [None] * 3


def test_lower_case_and_white_space_do_not_matter():
    ticket = unsaved_ticket()
    code = codes.sign(ticket).lower()

    assert codes.read(f" {code[:70]}\n {code[70:]}\t").ticket_id == ticket.pk


def test_a_code_signed_by_somebody_else_is_none():
    payload = raw(codes.sign(unsaved_ticket()))[:25]
    forged = payload + Ed25519PrivateKey.generate().sign(payload)

    assert codes.read(spelled(forged)) is None


def test_codes_of_an_older_key_stay_good_while_its_public_key_is_listed(settings):
    old_code, old_key = codes.sign(unsaved_ticket()), codes.public_key()
    settings.TICKET_SIGNING_KEY = base64.b64encode(b"n" * 32).decode()
    assert codes.read(old_code) is None

    settings.TICKET_VERIFY_KEYS = [old_key]

    assert codes.read(old_code) is not None


@given(st.text() | st.text(ALPHABET, min_size=143, max_size=143))
def test_garbage_is_read_as_none_and_raises_nothing(text):
    assert codes.read(text) is None


@pytest.mark.parametrize("text", ["", "\x00", "A" * 143, "ß" * 143, "ı" * 143, "=" * 143, "A" * 10**6, "😀" * 200])
def test_famous_garbage_is_none_too(text):
    assert codes.read(text) is None


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"x" * 31).decode(), "!" * 44, "é" * 44])
def test_a_bad_signing_key_stops_the_start_and_is_named(settings, key):
    settings.TICKET_SIGNING_KEY = key

    with pytest.raises(ImproperlyConfigured, match="TICKET_SIGNING_KEY"):
        codes.check_keys()


def test_a_bad_older_key_stops_the_start_and_is_named(settings):
    settings.TICKET_VERIFY_KEYS = ["nonsense"]

    with pytest.raises(ImproperlyConfigured, match="TICKET_VERIFY_KEYS"):
        codes.check_keys()


def test_the_command_prints_the_public_key(capsys):
    call_command("ticket_public_key")

    assert capsys.readouterr().out == codes.public_key() + "\n"

"""A provider that hangs is left alone for a while."""

import threading

import pytest
from django.utils import timezone

from payments import operations
from payments.providers.fuse import Fuse
from payments.providers.protocol import ProviderDown, ProviderRefused
from payments.providers.stripe import calls
from payments.tests.carding import LOOK, begun


def use(fuse, error=None):
    with fuse.guard():
        if error:
            raise error


def is_whole(fuse) -> bool:
    try:
        use(fuse)
    except ProviderDown:
        return False
    return True


def test_a_slow_failure_keeps_everybody_away():
    fuse = Fuse(slow=-1, rest=3600)
    with pytest.raises(ProviderDown, match="hung up"):
        use(fuse, ProviderDown("hung up"))
    with pytest.raises(ProviderDown, match="left alone for a while"):
        use(fuse)


@pytest.mark.parametrize("error", [ProviderDown("at once"), ProviderRefused("no"), ValueError("a bug")])
def test_a_quick_failure_keeps_nobody_away(error):
    fuse = Fuse(slow=3600, rest=3600)
    with pytest.raises(type(error)):
        use(fuse, error)
    assert is_whole(fuse)


def test_a_clear_no_is_an_answer_however_long_it_took():
    fuse = Fuse(slow=-1, rest=3600)
    with pytest.raises(ProviderRefused):
        use(fuse, ProviderRefused("no"))
    assert is_whole(fuse)


def test_after_the_rest_one_at_a_time_tries_until_it_is_answered():
    fuse = Fuse(slow=-1, rest=-1)
    with pytest.raises(ProviderDown):
        use(fuse, ProviderDown("hung up"))
    inside, go_on = threading.Event(), threading.Event()

    def try_it():
        with fuse.guard():
            inside.set()
            go_on.wait(30)

    trying = threading.Thread(target=try_it)
    trying.start()
    assert inside.wait(30)
    assert not is_whole(fuse)
    go_on.set()
    trying.join(30)
    assert is_whole(fuse)


@pytest.mark.django_db
def test_while_stripe_hangs_it_is_asked_once(cards, impatient, monkeypatch):
    fuse = Fuse(slow=0.5, rest=3600)
    monkeypatch.setattr(calls, "_fuse", lambda url: fuse)
    payment = begun()
    cards.faults.plan("hang", on=LOOK)
    asked = len(cards.faults.seen)
    for _ in range(5):
        with pytest.raises(ProviderDown):
            operations.check(payment_id=payment.pk, now=timezone.now())
    assert len(cards.faults.seen) == asked + 1

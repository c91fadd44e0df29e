"""Many browsers of one person at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from notifications.models import Device
from notifications.operations.devices import MOST, register
from tests.factories import make_user
from tests.racing import closing, race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


def registering(user, subscription):
    return partial(register, user_id=user.pk, label="", now=timezone.now(), **subscription)


def test_nobody_ever_has_more_devices_than_ten(service):
    user = make_user()
    for _ in range(MOST - 1):
        registering(user, service.subscribe())()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            registering(user, service.subscribe())()
            another = pool.submit(closing(registering(user, service.subscribe())))
            wait_until_blocked()  # it counts when the first one has been committed
        another.result(30)
    assert Device.objects.count() == MOST


def test_one_browser_that_says_it_many_times_is_one_device(service):
    user, subscription = make_user(), service.subscribe()
    outcomes = race([registering(user, subscription)] * 20, threads=6)
    assert {getattr(one, "pk", one) for one in outcomes} == {Device.objects.get().pk}


def test_one_browser_of_two_people_at_once_is_one_s(service):
    ada, bob, subscription = make_user("Ada"), make_user("Bob"), service.subscribe()
    outcomes = race([registering(ada, subscription), registering(bob, subscription)] * 10, threads=6)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert Device.objects.count() == 1

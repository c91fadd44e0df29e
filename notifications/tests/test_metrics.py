"""How messages stand, for monitors."""

import pytest
from django.utils import timezone

from notifications.kinds import Channel
from notifications.metrics import deliveries
from notifications.models import Delivery
from notifications.tests.notices import make_notice
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_what_has_not_arrived_is_counted_by_one_query(django_assert_num_queries):
    for status in ("pending", "pending", "failed", "sent", "dropped"):
        Delivery.objects.create(
            notice=make_notice(make_user()), channel=Channel.EMAIL, status=status, due_at=timezone.now()
        )
    with django_assert_num_queries(1):
        [family] = list(deliveries())
    assert {tuple(sample.labels.values()): sample.value for sample in family.samples} == {
        ("email", "pending"): 2,
        ("email", "failed"): 1,
        ("push", "pending"): 0,
        ("push", "failed"): 0,
    }

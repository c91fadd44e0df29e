"""A mailing whose worker is killed goes on where it was: each is told once."""

from collections import Counter

import pytest
from django.db import transaction
from django.utils import timezone

from local.services import throwaway_valkey
from notifications.models import Mailing, Notice
from notifications.operations.mailings import TOGETHER
from notifications.tests.mailings import crowd, edit
from outbox.models import Message
from tests.factories import make_event
from tests.racing import wait_until_blocked
from tests.waiting import wait_for
from tests.working import working

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PEOPLE = 1000


def test_a_worker_killed_in_the_middle_of_a_mailing_of_a_thousand_tells_each_once(tmp_path):
    event = make_event(title="Jazz")
    people = crowd(event, PEOPLE)
    edit(event, title="Blues")
    mailing = Mailing.objects.get()
    in_the_third_step = event.bookings.get(customer=people[2 * TOGETHER + 50])
    with throwaway_valkey() as valkey, working(tmp_path, REDIS_URL=valkey.url, EMAIL_URL="dummymail://") as worker:
        worker.kill()
        Mailing.objects.update(due_at=timezone.now())
        Message.objects.filter(fact="mailing_due").update(available_at=timezone.now())
        with transaction.atomic():
            # The worker wants to write the same key, and waits to hear whether this one stays.
            Notice.objects.create(kind="event_changed", key=f"{mailing.pk}:{in_the_third_step.pk}")
            worker.start()
            wait_for(lambda: Mailing.objects.get().told == 2 * TOGETHER, seconds=60)
            wait_until_blocked()
            worker.kill()
            transaction.set_rollback(True)
        assert Notice.objects.filter(kind="event_changed").count() == 2 * TOGETHER
        worker.start()
        wait_for(lambda: Mailing.objects.get().finished_at, seconds=60)
    told = Counter(Notice.objects.filter(kind="event_changed").values_list("recipient", flat=True))
    assert told == dict.fromkeys((one.pk for one in people), 1)
    assert Mailing.objects.get().told == PEOPLE
    assert Message.objects.filter(fact="bulk_letter_due").count() == PEOPLE

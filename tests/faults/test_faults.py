"""One part of a whole installation dies while guests book, pay and cancel, and is started again as any supervisor does.
Nothing is lost, nothing happens twice, and the site is back by itself.

`make faults` prints what it cost: requests that failed, and how long it took until none did any more.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.faults.installation import Installation, installation
from tests.faults.load import Load, loading
from tests.faults.verdict import faults, is_quiet, twice
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

GUESTS = 600
BEFORE, AFTER = 3.0, 6.0  # seconds of load
DOWN = 2.0  # how long a supervisor takes to notice
SENDERS = 6  # threads that may have handed a letter over when they die: each of those may come once more


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("installation")) as it:
        yield it


def web(site: Installation) -> None:
    site.kill("web")
    time.sleep(DOWN)
    site.start("web")


def workers(site: Installation) -> None:
    site.kill("worker", "post", "bulk")
    time.sleep(DOWN)
    site.start("worker", "post", "bulk")


def beat(site: Installation) -> None:
    site.kill("beat")
    time.sleep(DOWN)
    site.start("beat")


def redis(site: Installation) -> None:
    site.cache.kill()
    time.sleep(DOWN)
    site.cache.start()


def postgresql(site: Installation) -> None:
    site.kill_database()
    time.sleep(DOWN)
    site.database.start()


def smtp(site: Installation) -> None:
    """It takes connections and letters, and says nothing."""
    taking, site.office.answer = site.office.answer, lambda message, attempt: "hang"
    time.sleep(2 * DOWN)
    site.office.answer = taking


@dataclass(frozen=True)
class Fault:
    happens: Callable[[Installation], None]
    letters_twice: int = 0  # at most

    def __str__(self) -> str:
        return self.happens.__name__


FAULTS = [Fault(web), Fault(workers, SENDERS), Fault(beat), Fault(redis), Fault(postgresql, SENDERS), Fault(smtp)]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_the_site_comes_back_by_itself_and_nothing_is_lost(site, fault):
    event, guests = site.stage(GUESTS)
    wait_for(site.is_well, seconds=90, every=0.2)
    doubled = twice(site)
    with loading(site.address, guests) as load:
        time.sleep(BEFORE)
        assert load.told, "nobody had booked before it happened"
        assert not load.failed()
        began = time.monotonic()
        fault.happens(site)
        time.sleep(AFTER)
    wait_for(lambda: is_quiet(site), seconds=240, every=0.5)
    quiet = time.monotonic() - began
    wait_for(site.is_well, seconds=120, every=0.5)

    assert faults(site, event, load.told) == []
    assert twice(site) - doubled <= fault.letters_twice
    print(figures(str(fault), load, began, quiet, twice(site) - doubled))


def figures(name: str, load: Load, began: float, quiet: float, doubled: int) -> str:
    """A line of the table in docs/operations.md."""
    failed = load.failed()
    back = max(failed, default=began) - began
    return (
        f"\n{name}: {len(failed)} of {len(load.tries)} requests failed, the last {back:.1f} s after it died; "
        f"{len(load.told)} bookings; all done after {quiet:.1f} s; {doubled} letters twice"
    )

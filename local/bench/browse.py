"""Somebody who browses while others book: a process of its own, so that it never waits for their crowd.

python -m local.bench.browse ADDRESS PATH SECONDS
"""

import json
import sys
from dataclasses import asdict

from local.bench.samples import Sample, answered_only, sample_of
from rehearsal.crowd import Call, rush

PACE = 40  # pages a second: browsing, not a flood
VISITORS = 64  # connections, so that a slow page keeps nobody from asking for the next


def browse(address: str, path: str, seconds: float) -> Sample:
    """One page at an easy pace."""
    page = Call("GET", path)
    crowd = rush(address, [page], connections=VISITORS, seconds=seconds, pace=PACE, repeat=True, bodies=False)
    sample = sample_of(crowd, {"web": 0, "database": 0}, answered_only(crowd, (200,)))
    sample.web_cpu = sample.database_cpu = None
    return sample


if __name__ == "__main__":
    print(json.dumps(asdict(browse(sys.argv[1], sys.argv[2], float(sys.argv[3])))))

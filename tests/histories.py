"""How random histories are looked for."""

import os

from hypothesis import HealthCheck, Phase, settings

_IN_CI = os.environ.get("CI") == "true"


def histories(examples: int, steps: int) -> settings:
    """So many histories of so many steps each. CI shows the one that fails as it was found: each takes seconds, and
    finding its shortest form would take hundreds."""
    phases = set(Phase) - {Phase.shrink, Phase.explain} if _IN_CI else set(Phase)
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=sorted(phases),
        suppress_health_check=list(HealthCheck),
    )

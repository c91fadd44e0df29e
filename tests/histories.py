"""How random histories are looked for."""

import os

from hypothesis import HealthCheck, Phase, settings

_IN_CI = os.environ.get("CI") == "true"


def histories(examples: int, steps: int) -> settings:
    """So many histories of so many steps each. CI shows the one that fails as it was found: each takes seconds, and
    finding its shortest form would take hundreds."""
    phases = [phase for phase in Phase if not (_IN_CI and phase in (Phase.shrink, Phase.explain))]
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )

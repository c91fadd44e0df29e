"""What changes here: figures are counted anew, and counts are brought from Redis."""

from analytics.operations.auditing import Difference, audit
from analytics.operations.counting import bring
from analytics.operations.sweeping import mark_all, sweep, sweep_all

__all__ = ["Difference", "audit", "bring", "mark_all", "sweep", "sweep_all"]

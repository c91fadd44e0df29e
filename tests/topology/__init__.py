"""Evently as it is deployed, by hand: nginx in front of two web processes, PgBouncer in transaction mode behind, two
workers and beat; all of it the real programs. `EVENTLY_TOPOLOGY=1 pytest tests/browser/test_journey.py` has a browser
use it."""

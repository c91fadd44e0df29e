"""What the events app announces."""

from core.facts import fact

event_changed = fact("event_changed")
event_cancelled = fact("event_cancelled")

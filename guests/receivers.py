"""What a worker does for an event's team."""

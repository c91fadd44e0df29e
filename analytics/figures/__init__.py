"""Figures of an event, of a team and of the platform: read from slots, told in words and pictures."""

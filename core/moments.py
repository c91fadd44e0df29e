"""Moments in words."""

from datetime import datetime, timedelta


def zone_name(moment: datetime) -> str:
    """The short name of a moment's zone: 'CET'; where a zone has none but its offset, 'UTC-3' or 'UTC+5:45'."""
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    hours, minutes = divmod(abs(int((moment.utcoffset() or timedelta()).total_seconds())) // 60, 60)
    return f"UTC{name[0]}{hours}" + (f":{minutes:02}" if minutes else "")


def in_words(moment: datetime) -> str:
    """'Friday 4 December, 19:30 CET', for a sentence."""
    return f"{moment:%A} {moment.day} {moment:%B, %H:%M} {zone_name(moment)}"


def span_in_words(start: datetime, end: datetime) -> str:
    """From when until when, in full: 'Friday 4 December 2026, 19:30–22:00 CET'."""
    day = f"{start:%A} {start.day} {start:%B %Y, %H:%M}"
    if start.date() != end.date():
        return f"{day} {zone_name(start)}, until {in_words(end)}"
    if start.utcoffset() != end.utcoffset():  # the clocks change in between
        return f"{day} {zone_name(start)} until {end:%H:%M} {zone_name(end)}"
    return f"{day}–{end:%H:%M} {zone_name(start)}"

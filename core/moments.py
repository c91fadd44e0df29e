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
    """'Friday 4 December 2026, 19:30 to 22:00 CET', or both ends in full where they differ in day or zone name."""
    if (start.date(), zone_name(start)) == (end.date(), zone_name(end)):
        return f"{start:%A} {start.day} {start:%B %Y, %H:%M} to {end:%H:%M} {zone_name(end)}"
    first, last = (f"{one:%A} {one.day} {one:%B %Y, %H:%M} {zone_name(one)}" for one in (start, end))
    return f"{first} to {last}"

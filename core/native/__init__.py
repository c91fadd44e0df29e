"""Doors that answer in the event loop, without Django's handler: for the few addresses that many people want at
the same instant. Such a door answers what is plain and hands everything else on to Django, untouched."""

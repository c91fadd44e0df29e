"""Updates that reach pages by themselves: what changed (`marks`), who reads it (`broadcaster`), who is told (`hub`).

Knows nothing of events: a subject is anything with an id whose newest state can be read and shown to everybody.
docs/decisions/live.md says why it is built so.
"""

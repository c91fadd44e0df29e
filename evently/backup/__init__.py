"""Everything that cannot be made again, in one file: the database and the pictures.

A tar archive of `manifest.json`, `database.dump` (pg_dump's custom format) and `media/…`. The manifest says when and by
which code it was made, how many rows the tables had at that moment, and the SHA-256 of each file. Redis is not
in it: what it holds can be lost (docs/operations.md). Secrets are not either: keep `.env` in another place.
"""

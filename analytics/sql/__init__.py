"""What the database does by itself, and how it counts."""

from pathlib import Path

_HERE = Path(__file__).parent
STALE = (_HERE / "stale.sql").read_text()
COUNTED = (_HERE / "counted.sql").read_text()

"""What the database does by itself."""

from pathlib import Path

DECIDE = (Path(__file__).parent / "decide.sql").read_text()

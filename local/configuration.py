"""`python -m local.configuration`: writes docs/configuration.md from .env.example, which says it all once."""

import re
from pathlib import Path

from local.paths import ROOT

EXAMPLE, PAGE = ROOT / ".env.example", ROOT / "docs/configuration.md"
HEAD = """\
# Every setting

Made from `.env.example` by `python -m local.configuration`. Settings come from the environment, else from `.env` beside
`manage.py`. Production does not start without what is needed, and says which; everything else has a default.
"""
_SECTION = re.compile(r"# --- (.+?) -+")
_SETTING = re.compile(r"#?([A-Z][A-Z0-9_]+)=(.*)")


def page(example: str) -> str:
    """The page for an example: a table for each of its sections."""
    lines = [HEAD, "| setting | in the example | is |", "|---|---|---|"]
    words: list[str] = []
    for line in example.splitlines():
        if section := _SECTION.fullmatch(line):
            lines += ["", f"## {section[1]}", "", "| setting | in the example | is |", "|---|---|---|"]
        elif setting := _SETTING.fullmatch(line):
            value = f"`{setting[2]}`" if setting[2] else ""
            lines.append(f"| `{setting[1]}` | {value} | {_cell(words)} |")
            words = []
        elif line.startswith("#"):
            words.append(line.removeprefix("#").strip())
        else:
            words = []
    return "\n".join(lines) + "\n"


def _cell(words: list[str]) -> str:
    """What stands above a setting, and if nothing does, it goes with the one before."""
    return " ".join(words).replace("|", "\\|") or "see above"


def main(target: Path = PAGE) -> None:
    target.write_text(page(EXAMPLE.read_text()))


if __name__ == "__main__":
    main()

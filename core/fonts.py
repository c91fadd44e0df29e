"""Our two typefaces: where they come from, which cuts of them we ship, and where those lie.

`manage.py build_fonts` makes the cuts. Pages get variable woff2 files (`static/css/fonts.css` names
them); PDFs and share images get fixed TTF cuts, because neither WeasyPrint nor Pillow should have to
pick a place on a variable font's axes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

Axes = Mapping[str, float | tuple[float, float]]

# Latin with its extensions, combining marks, punctuation, currency signs, letterlike, arrows, minus, ✓.
UNICODES = (
    *range(0x0020, 0x007F),
    *range(0x00A0, 0x0180),
    *range(0x0192, 0x0193),
    *range(0x0218, 0x021C),
    *range(0x02BB, 0x02DD),
    *range(0x0300, 0x030D),
    *range(0x1E80, 0x1E86),
    0x1E9E,
    *range(0x2010, 0x2028),
    *range(0x202F, 0x203B),
    *range(0x20A0, 0x20C1),
    0x2116,
    0x2122,
    *range(0x2190, 0x219A),
    0x2212,
    0x2215,
    0x2713,
    0xFB01,
    0xFB02,
)


@dataclass(frozen=True)
class Cut:
    """One file to make: `axes` pins an axis to a number or narrows it to a range."""

    family: str
    axes: Axes
    suffix: str


# Headings have one weight: lively at the optical size where they live, yet open enough for a phone.
CUTS = {
    "heading": Cut("Bricolage Grotesque", {"opsz": 28, "wdth": 96, "wght": 760}, ".woff2"),
    "text": Cut("Instrument Sans", {"wdth": 100, "wght": (400, 700)}, ".woff2"),
    "heading-bold": Cut("Bricolage Grotesque", {"opsz": 28, "wdth": 96, "wght": 760}, ".ttf"),
    "text-regular": Cut("Instrument Sans", {"wdth": 100, "wght": 400}, ".ttf"),
    "text-semibold": Cut("Instrument Sans", {"wdth": 100, "wght": 600}, ".ttf"),
}


def fonts_dir() -> Path:
    """The git-ignored folder that `build_fonts` fills; part of what collectstatic collects."""
    return Path(settings.BASE_DIR) / "static" / "build" / "fonts"


def font_file(name: str) -> Path:
    """The file of a cut: "heading-bold", "text-regular" or "text-semibold" for PDFs and images.

    Raises FileNotFoundError when `manage.py build_fonts` has not been run.
    """
    path = fonts_dir() / f"{name}{CUTS[name].suffix}"
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is missing: run `manage.py build_fonts` first.")
    return path

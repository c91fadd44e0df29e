"""Cut our typefaces down to what the pages, PDFs and share images use."""

import hashlib
import json
from argparse import ArgumentParser
from importlib.metadata import version
from pathlib import Path

import fontpkg
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from core.fonts import CUTS, UNICODES, Cut, fonts_dir

STAMP = "stamp.json"
# Kerning, accents, ligatures, tabular figures; no stylistic sets, fractions or small capitals.
FEATURES = ["calt", "ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "pnum", "tnum"]


class Command(BaseCommand):
    """Idempotent, and instant when nothing changed."""

    help = "Subset the fonts into static/build/fonts (woff2 for pages, TTF for PDFs and images)."
    requires_system_checks: list[str] = []  # it runs before there is a database

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--force` builds even when the stamp says that all is there."""
        parser.add_argument("--force", action="store_true", help="build even when up to date")

    def handle(self, *args: object, **options: object) -> None:
        """Build each cut into the folder, then write the stamp that the next run reads."""
        folder = fonts_dir()
        if not options["force"] and _is_current(folder):
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name, cut in CUTS.items():
            target = folder / f"{name}{cut.suffix}"
            _build(cut, target)
            self.stdout.write(f"{target.name}: {target.stat().st_size / 1024:.0f} kB")
        (folder / STAMP).write_text(_recipe())


def _is_current(folder: Path) -> bool:
    stamp = folder / STAMP
    made = all((folder / f"{name}{cut.suffix}").exists() for name, cut in CUTS.items())
    return made and stamp.exists() and stamp.read_text() == _recipe()


def _recipe() -> str:
    """What the files were made from: the cuts, the characters and the versions of the sources."""
    sources = {f"fontpkg-{cut.family.lower().replace(' ', '-')}" for cut in CUTS.values()} | {"fonttools"}
    parts = {
        "cuts": {name: [cut.family, dict(cut.axes), cut.suffix] for name, cut in CUTS.items()},
        "characters": hashlib.sha256(repr(UNICODES).encode()).hexdigest()[:16],
        "features": FEATURES,
        "versions": {name: version(name) for name in sorted(sources)},
    }
    return json.dumps(parts, indent=1, sort_keys=True)


def _build(cut: Cut, target: Path) -> None:
    font = TTFont(fontpkg.family(cut.family).files[0].path)
    subset_options = subset.Options(layout_features=FEATURES, hinting=False)
    subsetter = subset.Subsetter(subset_options)
    subsetter.populate(unicodes=UNICODES)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, dict(cut.axes))
    font.flavor = "woff2" if cut.suffix == ".woff2" else None
    part = target.with_suffix(".part")
    font.save(part)
    part.replace(target)

"""Static files with hashed names, and the stylesheets joined into one: a page asks for one, not for thirty.

`static/css/site.css` imports one small file per layer or component. Each import would be a request that
holds up the first paint, so collectstatic writes them out in their place, each inside its layer.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from servestatic.storage import CompressedManifestStaticFilesStorage

SHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("(?P<name>[^"]+)"\)(?: layer\((?P<layer>\w+)\))?;')


class JoinedStylesheet:
    """Joins `SHEET` before names are hashed. Imported files may use url() only if they lie beside it."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Replace the sheet among what the manifest storage is about to read."""
        if SHEET in paths and not dry_run:
            source, name = paths[SHEET]
            joined = join(source, name)
            self.delete(SHEET)  # type: ignore[attr-defined]  # mixed into a storage
            self._save(SHEET, ContentFile(joined.encode()))  # type: ignore[attr-defined]
            paths = {**paths, SHEET: (self, SHEET)}
        yield from super().post_process(paths, dry_run, **options)  # type: ignore[misc]


class Storage(JoinedStylesheet, CompressedManifestStaticFilesStorage):
    """Production's: also compresses each file."""


class UncompressedStorage(JoinedStylesheet, ManifestStaticFilesStorage):  # type: ignore[misc]  # the stubs disagree on url()
    """The same names in half a second, for tests and laptops."""


def join(storage: Any, name: str) -> str:
    """The sheet with each `@import url("x.css") layer(y);` replaced by x.css inside `@layer y`."""
    folder = name.rpartition("/")[0]

    def written_out(found: re.Match[str]) -> str:
        text = _read(storage, f"{folder}/{found['name']}")
        return f"@layer {found['layer']} {{\n{text}}}" if found["layer"] else text

    return IMPORT.sub(written_out, _read(storage, name))


def _read(storage: Any, name: str) -> str:
    with storage.open(name) as file:
        return str(file.read().decode())

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from core.staticfiles import SHEET, UncompressedStorage, join

CSS = Path(settings.BASE_DIR) / "static" / "css"
IMPORTED = re.findall(r'@import url\("([^"]+)"\)', (CSS / "site.css").read_text())


def make_sheet(folder: Path) -> FileSystemStorage:
    (folder / "css").mkdir()
    (folder / "css" / "site.css").write_text(
        '@layer base, pages;\n@import url("fonts.css");\n@import url("base.css") layer(base);\n'
    )
    (folder / "css" / "fonts.css").write_text("a { src: url(x.png); }\n")
    (folder / "css" / "base.css").write_text("b { top: 0; }\n")
    (folder / "css" / "x.png").write_bytes(b"png")
    return FileSystemStorage(folder)


def test_imports_are_written_out_in_their_layers(tmp_path):
    storage = make_sheet(tmp_path)

    joined = join(storage, SHEET)

    assert joined == "@layer base, pages;\na { src: url(x.png); }\n\n@layer base {\nb { top: 0; }\n}\n"


def test_the_collected_sheet_is_joined_and_its_addresses_are_hashed(tmp_path):
    (tmp_path / "source").mkdir()
    source = make_sheet(tmp_path / "source")
    target = UncompressedStorage(tmp_path / "target", "/static/")
    paths = {f"css/{name}": (source, f"css/{name}") for name in ("site.css", "fonts.css", "base.css", "x.png")}
    for name in paths:
        with source.open(name) as file:
            target._save(name, file)

    list(target.post_process(paths))

    text = Path(target.path(target.stored_name(SHEET))).read_text()
    assert "@import" not in text
    assert re.search(r'src: url\("x\.[0-9a-f]{12}\.png"\)', text)


def test_site_css_imports_each_component_and_page_once():
    folders = [
        path.relative_to(CSS).as_posix() for folder in ("components", "pages") for path in CSS.glob(f"{folder}/*")
    ]

    assert sorted(name for name in IMPORTED if "/" in name) == sorted(folders)


@pytest.mark.parametrize("name", sorted({*IMPORTED} - {"tokens.css"}))
def test_only_the_tokens_name_colours(name):
    found = re.findall(r":[^;{}]*(#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\()", (CSS / name).read_text())

    assert found == []


def test_only_the_fonts_sheet_has_addresses():
    assert [name for name in IMPORTED if "url(" in (CSS / name).read_text()] == ["fonts.css"]

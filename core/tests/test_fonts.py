import pytest
from django.core.management import call_command
from fontTools.ttLib import TTFont

from core import fonts
from core.management.commands import build_fonts


@pytest.fixture
def one_cut(tmp_path, monkeypatch):
    """Only the regular text, into a folder of our own."""
    cuts = {"text-regular": fonts.CUTS["text-regular"]}
    for module in (fonts, build_fonts):
        monkeypatch.setattr(module, "CUTS", cuts)
        monkeypatch.setattr(module, "fonts_dir", lambda: tmp_path)
    return tmp_path / "text-regular.ttf"


def test_fonts_are_built_once(one_cut):
    call_command("build_fonts", verbosity=0)
    first = one_cut.stat().st_mtime_ns

    call_command("build_fonts", verbosity=0)

    assert one_cut.stat().st_mtime_ns == first


def test_a_cut_has_the_letters_and_signs_we_print(one_cut):
    call_command("build_fonts", verbosity=0)

    characters = TTFont(fonts.font_file("text-regular")).getBestCmap()

    assert [sign for sign in "AzÅłőßçñ€£¥→–“…−" if ord(sign) not in characters] == []


def test_a_missing_cut_says_what_to_run(one_cut):
    with pytest.raises(FileNotFoundError, match="run `manage.py build_fonts` first"):
        fonts.font_file("text-regular")

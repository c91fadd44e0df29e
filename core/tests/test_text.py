"""What is fit to stand in one line."""

import pytest

from core.text import is_one_line


@pytest.mark.parametrize("text", ["Jazz", "Fête d’été – №1", "👩‍👩‍👧 ❤️", "سوق الجمعة", "می‌خواهم", "!", "7"])
def test_names_of_all_languages_are_fit(text):
    assert is_one_line(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "\u2060\ufeff", "a\nb", "a\x00", "a\x1b[31m", "a\u2028b", "\u202egnp.exe", "a\u2067b"]
)
def test_what_shows_nothing_or_upsets_its_surroundings_is_not(text):
    assert not is_one_line(text)

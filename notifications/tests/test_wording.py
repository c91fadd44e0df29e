import pytest

from notifications.letters.wording import SUBJECT, counted, listed, shortened, titled

LONG = "An evening of improvised music for string quartet, electronics and a very patient audience"


def test_a_short_title_stands_as_it_is():
    assert titled("Your tickets for", "Jazz") == "Your tickets for Jazz"
    assert titled("", "Jazz", "is sold out") == "Jazz is sold out"


def test_a_long_title_is_cut_between_words_so_that_the_subject_fits():
    title = titled("Your booking for", LONG, "is cancelled")
    assert title == "Your booking for An evening of improvised music for string… is cancelled"
    assert len(title) <= SUBJECT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abcdefghijkl", "abcdefghi…"),
        ("one two three", "one two…"),
        ("12345678e\u0301xyz", "12345678…"),
        ("1234567👩\u200d🚀xyz", "1234567…"),
        ("一二三四五六七八九十一二", "一二三四五六七八九…"),
    ],
    ids=["one word", "words", "an accent", "an astronaut", "no spaces"],
)
def test_nothing_is_cut_in_the_middle(text, expected):
    assert shortened(text, 10) == expected


def test_numbers_and_lists_read_like_speech():
    assert counted(1, "ticket") == "1 ticket"
    assert counted(1200, "party", "parties") == "1,200 parties"
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]

"""Full-text search: words as they are being typed, without accents, and with typing errors."""

import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import BooleanField, F, FloatField, Func, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Round

from events.models import Event

MOST_WORDS = 8
LONGEST_WORD = 60
# How alike a word and a part of an event's words must be: by pg_trgm, "festvial" and "festival" are 0.44
# alike, "jazz" and "jam" 0.4.
ALIKE = 0.42
SHORTEST_TYPO = 4  # three letters are too few to tell a typing error from another word
# Letters, digits, and the marks that belong to letters: nothing that has a meaning in a tsquery. What
# `unaccent` makes of them has none either, with one exception.
WORD_CATEGORIES = {"Lu", "Ll", "Lt", "Lo", "Nd", "Mn", "Mc"}
UNACCENTED_TO_A_QUOTE = "ŉ"


def words_of(text: str) -> list[str]:
    """The words of what somebody typed: letters and digits alone, at most MOST_WORDS, in lower case."""
    kept = "".join(letter if _belongs(letter) else " " for letter in unicodedata.normalize("NFC", text))
    words = [word[:LONGEST_WORD] for word in kept.lower().split() if any(map(str.isalnum, word))]
    return words[:MOST_WORDS]


def _belongs(letter: str) -> bool:
    return unicodedata.category(letter) in WORD_CATEGORIES and letter != UNACCENTED_TO_A_QUOTE


def find(queryset: QuerySet[Event], text: str) -> QuerySet[Event]:
    """Events that have every word, or one that begins like it, or one much like it.

    Annotates `relevance` in millionths, an integer, so that a cursor can repeat it exactly.
    """
    words = words_of(text)
    if not words:
        return queryset.filter(pk__in=[]).annotate(relevance=Value(0, IntegerField()))
    for word in words:
        queryset = queryset.filter(_has(word))
    return queryset.annotate(relevance=_relevance(words))


def _has(word: str) -> Q:
    condition = Q(search_vector=_beginning([word]))
    if len(word) >= SHORTEST_TYPO:
        condition |= Q(_alike(word, BooleanField(), template=f"(%(function)s(%(expressions)s) >= {ALIKE})"))
    return condition


def _relevance(words: list[str]) -> Cast:
    """Weighted words (title, then tags and place, then the rest) plus likeness as a whole."""
    rank = SearchRank(F("search_vector"), _beginning(words))
    likeness = _alike(" ".join(words), FloatField())
    return Cast(Round((rank + likeness) * 1_000_000), IntegerField())


def _beginning(words: list[str]) -> SearchQuery:
    """A tsquery for words that begin like these. Each stands in quotation marks, which it cannot leave."""
    text = " & ".join(f"'{word}':*" for word in words)
    return SearchQuery(_folded(text), config="pg_catalog.simple", search_type="raw")


def _alike(text: str, output_field: BooleanField | FloatField, **options: str) -> Func:
    return Func(_folded(text), F("search_text"), function="word_similarity", output_field=output_field, **options)


def _folded(text: str) -> Func:
    """As the search columns are folded: lower case, without accents."""
    return Func(Value(text, TextField()), function="evently_fold", output_field=TextField())

"""Rows found by the words they hold, accents off (tìm theo từ).

An index of words finds few rows among many at once. Where there are more than MOST, they lie so close together that
walking the rows in the order of a page soon fills it, and nobody is told how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import BigIntegerField, BooleanField, F, Func, Model, Q, QuerySet, Value

from motcua.catalogue.words import words

MOST = 3_000
LONGEST = 60  # signs of a word
_KEYS = ArrayField(BigIntegerField())
Row = TypeVar("Row", bound=Model)


class Tokens(Func):
    """The words of a column as an index holds them.

    A function of the database (0014), declared dear there, so that no plan asks it of row after row.
    """

    function = "steering_tokens"
    output_field = SearchVectorField()


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """The rows that hold some words; `many`: more than MOST of them, so they are not to be counted.

    `indexed` are the same rows by way of the index, to count those of them that something else makes few.
    """

    rows: QuerySet[Row]
    indexed: QuerySet[Row]
    many: bool = False


def written(*texts: str) -> str:
    """What a row is found by, as its column `words` holds it: folded words, a space before and after each."""
    return f" {' '.join(_cut(' '.join(texts)))} "


def found(asked: QuerySet[Row], text: str) -> Found[Row]:
    """The rows whose `words` hold every word of a text: a number as it stands, anything else from its beginning."""
    said = list(dict.fromkeys(_cut(text)))
    if not said:
        return Found(asked, asked)
    indexed = asked.filter(_indexed(said))
    keys = list(indexed.order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        return Found(asked.filter(*(Q(words__contains=_walked(word)) for word in said)), indexed, many=True)
    rows = asked.model._default_manager.filter(_among(keys))
    return Found(rows, rows)


def _cut(text: str) -> list[str]:
    return [word[:LONGEST] for word in words(text)]


def _indexed(said: list[str]) -> Func:
    query = " & ".join(f"'{word}'" if word.isdecimal() else f"'{word}':*" for word in said)
    wanted = Func(Value(query), template="%(expressions)s::tsquery")
    return _compared(" @@ ", Tokens(F("words")), wanted)


def _walked(word: str) -> str:
    return f" {word} " if word.isdecimal() else f" {word}"


def _among(keys: list[int]) -> Func:
    """One array instead of as many values, which a statement would be slow to read."""
    return _compared(" = ANY(", F("pk"), Value(keys, output_field=_KEYS), template="%(expressions)s)")


def _compared(sign: str, *sides: Any, template: str = "%(expressions)s") -> Func:
    told: dict[str, Any] = {"template": template, "arg_joiner": sign}
    return Func(*sides, output_field=BooleanField(), **told)

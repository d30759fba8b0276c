"""The page of requirements is held to the code: every line, and nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/requirements.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if re.match(r"\| R\d{3}-\d{2} ", line)
]
LINES = {"R000": 19, "R001": 30, "R002": 24, "R003": 22, "R004": 12}
each_row = pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])


@cache
def addresses() -> frozenset[str]:
    return frozenset(_names(get_resolver()))


def _names(resolver: URLResolver) -> Iterator[str]:
    for found in resolver.url_patterns:
        if isinstance(found, URLPattern):
            yield str(found.name)
        else:
            yield from _names(found)


def test_all_lines_are_there_once_and_in_order() -> None:
    wanted = [f"{seed}-{number:02}" for seed, count in LINES.items() for number in range(1, count + 1)]
    assert [row[0] for row in ROWS] == wanted


@each_row
def test_a_line_names_only_what_is_there(row: list[str]) -> None:
    _, asks, where, test = row
    assert asks
    for named in re.findall(r"`([^`]+)`", where):
        command = named.removeprefix("motcua ")
        assert named in addresses() or (named != command and command in get_commands()), named
    for named in re.findall(r"`([^`]+)`", test):
        assert (ROOT / named).is_file(), named


@each_row
def test_a_line_is_served_and_shown_or_says_not_yet(row: list[str]) -> None:
    _, _, where, test = row
    served = "`" in where
    assert served or "not yet" in where
    assert served == ("`" in test)

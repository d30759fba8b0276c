"""The glossary and the code name the same things: every model, fact and act, with the same Vietnamese words."""

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps

import motcua
from motcua.law import (
    announcements,
    books,
    drafting,
    facts,
    grading,
    lifecycle,
    offices,
    par_round,
    postal,
    publications,
    registers,
    steering_facts,
    surveys,
)

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ROOMS = Path(motcua.__file__).parent


class Entry(NamedTuple):
    """One row of a table of the glossary."""

    name: str
    term: str
    source: str


def entries(heading: str) -> list[Entry]:
    section = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", GLOSSARY, flags=re.MULTILINE | re.DOTALL)
    assert section, f"docs/glossary.md has no section “{heading}”"
    rows = (line.strip("| ").split(" | ") for line in section[1].splitlines() if line.startswith("| `"))
    return [Entry(name.strip("`"), *(cell.strip() for cell in cells)) for name, *cells in rows]


def models() -> dict[str, type]:
    every = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in every if model.__module__.startswith("motcua.")}


def acts() -> dict[str, Callable[..., object]]:
    """Public functions of every `acts.py`, and whatever is an act by its decorator elsewhere; `acts/` is one module."""
    found: dict[str, Callable[..., object]] = {}
    for file in sorted(ROOMS.rglob("*.py")):
        written = file.read_text(encoding="utf-8")
        if "acts" in (file.stem, file.parent.name) or re.search(
            r"^@(log\.)?act$", written, flags=re.MULTILINE
        ):
            found |= dict(_functions(file))
    return found


def _functions(file: Path) -> Iterator[tuple[str, Callable[..., object]]]:
    module = import_module(".".join(file.relative_to(ROOMS.parent).with_suffix("").parts))
    for name, function in vars(module).items():
        here = inspect.isfunction(function) and function.__module__ == module.__name__
        if here and not name.startswith("_") and (file.name == "acts.py" or hasattr(function, "__wrapped__")):
            yield f"{_room(module.__name__)}.{name}", function


def _room(module: str) -> str:
    return re.sub(r"\.acts\..*", ".acts", module.removeprefix("motcua."))


THINGS = {
    "Models": (models, lambda model: model.__doc__),
    "Facts": (lambda: facts.KINDS | facts.GROUP_KINDS, lambda fact: fact.label),
    "Changes": (lambda: offices.KINDS | announcements.KINDS, lambda change: change.label),
    "Registers": (lambda: registers.KINDS, lambda change: change.label),
    "Drafting": (lambda: drafting.KINDS, lambda fact: fact.label),
    "Steering facts": (
        lambda: steering_facts.KINDS | par_round.KINDS | grading.KINDS | books.KINDS | surveys.KINDS,
        lambda fact: fact.label,
    ),
    "Publications": (lambda: publications.KINDS, lambda publication: publication.label),
    "Postal services": (lambda: postal.KINDS, lambda fact: fact.label),
    "Acts": (acts, lambda act: act.__doc__),
}
each_heading = pytest.mark.parametrize("heading", THINGS)


@each_heading
def test_the_glossary_lists_exactly_what_the_code_has(heading: str) -> None:
    listed, there = [entry.name for entry in entries(heading)], set(THINGS[heading][0]())
    assert {"missing": there - set(listed), "stale": set(listed) - there} == {
        "missing": set(),
        "stale": set(),
    }
    assert len(listed) == len(set(listed))


@each_heading
def test_an_entry_has_a_vietnamese_term_and_a_source_or_says_there_is_none(heading: str) -> None:
    assert [entry for entry in entries(heading) if not entry.term or not entry.source] == []


@each_heading
def test_the_code_says_the_same_vietnamese_term(heading: str) -> None:
    code, words = THINGS[heading]
    said = {name: words(thing).casefold() for name, thing in code().items()}
    assert [entry for entry in entries(heading) if entry.term.casefold() not in said[entry.name]] == []


def test_a_fact_stands_under_the_provision_that_refuses_it() -> None:
    sources = {fact.__name__: lifecycle.source(fact) for fact in (facts.KINDS | facts.GROUP_KINDS).values()}
    assert {entry.name: entry.source for entry in entries("Facts")} == sources


def test_acts_of_every_shape_are_found_and_nothing_else() -> None:
    names = set(acts())
    assert {"dossiers.acts.complete_step", "people.acts.appoint", "catalogue.acts.publish"} <= names
    assert "journal.log.read" not in names

"""What the documents say can be done: links lead somewhere, commands run, names and tables are those of the code."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from motcua.demo import province, worlds
from motcua.law import clock, facts, indicators, lifecycle, packs
from motcua.law.calendar import TZ
from motcua.law.facts import Accepted, Fact, PapersGiven, ResultProposed
from motcua.law.lifecycle import LABELS, Standing, State

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.vi.md"]
PAGES = [
    *READMES,
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("motcua/**/*.md")),
]
LAW = (ROOT / "docs/law.md").read_text(encoding="utf-8")
RULES = clock.rules_of("nd118-2025")
SCORED_ON = date(2026, 8, 31)
MOTCUA = ".venv/bin/motcua"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
each_readme = pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text(page), flags=re.MULTILINE | re.DOTALL)


def fenced(page: Path) -> list[str]:
    """The lines of the fenced blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text(page), flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def table(first: str, words: str) -> list[list[str]]:
    """The rows of the table whose heading begins with `first`."""
    found = re.search(rf"^\| {re.escape(first)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", words, flags=re.MULTILINE)
    assert found, f"no table “{first}”"
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in found[1].splitlines()]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# Links and names


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = re.findall(r"`((?:motcua|tests|docs|\.ci)/[^`\s]*)`", prose(page))
    real = [name for name in named if not set("<…") & set(name)]
    assert [name for name in real if not list(ROOT.glob(name.rstrip("/")))] == []


def test_every_decision_has_its_own_number_and_says_why_and_what_follows() -> None:
    records = sorted(ROOT.glob("docs/adr/*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        assert text(record).startswith(f"# {int(record.name[:4])}. "), record.name
        for part in ("Status: ", "## Context", "## Decision", "## Consequences"):
            assert f"\n{part}" in text(record), record.name


def test_decisions_named_in_the_code_exist() -> None:
    files = [file for kind in ("motcua/**/*.py", "tests/**/*.py") for file in ROOT.glob(kind)]
    named = {number for file in files for number in re.findall(r"docs/adr/(\d{4})", text(file))}
    assert named
    assert [number for number in named if not list(ROOT.glob(f"docs/adr/{number}-*.md"))] == []


# Commands


def commands(readme: Path) -> list[str]:
    """The commands of a README as typed, without what is said beside them."""
    lines = (line.split("  #")[0].strip() for line in fenced(readme))
    return [line for line in lines if "./run" in line or MOTCUA in line]


def words_after(command: str, program: str) -> list[str]:
    return shlex.split(command.partition(program)[2])


@cache
def verbs() -> set[str]:
    shown = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True).stdout
    return set(re.findall(r"^  ([a-z]+) ", shown, flags=re.MULTILINE))


def parsed(name: str, words: list[str]) -> Any:
    """What a management command understands of the words; SystemExit or CommandError for words it does not know."""
    return load_command_class(get_commands()[name], name).create_parser("motcua", name).parse_args(words)


EVERY = [(readme, command) for readme in READMES for command in commands(readme)]
OFFLINE = ("due", "score", "law")
QUICK = sorted({c for _, c in EVERY if MOTCUA in c and words_after(c, MOTCUA)[0] in OFFLINE})


@pytest.mark.parametrize(("readme", "command"), EVERY, ids=[f"{r.name} {c[:40]}" for r, c in EVERY])
def test_a_command_of_a_readme_exists_with_its_options(readme: Path, command: str) -> None:
    if MOTCUA in command:
        name, *words = words_after(command, MOTCUA)
        assert name == "help" or parsed(name, words)
    else:
        verb, *words = words_after(command, "./run")
        assert verb in verbs()
        assert verb not in get_commands() or parsed(verb, words)


@each_page
def test_a_command_named_in_passing_exists(page: Path) -> None:
    known = {"./run": verbs(), "motcua": {"help", *get_commands()}}
    said = re.findall(r"`(?:\.venv/bin/)?(\./run|motcua) ([a-z]+)[^`]*`", prose(page))
    assert [f"{program} {verb}" for program, verb in said if verb not in known[program]] == []


@pytest.mark.parametrize("command", QUICK)
def test_a_command_that_needs_no_database_does_what_the_readme_shows(command: str) -> None:
    program = Path(sys.executable).with_name("motcua")
    typed = command.replace(MOTCUA, shlex.quote(str(program)))
    env = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = subprocess.run(typed, shell=True, cwd=ROOT, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_every_offline_command_is_shown_and_run() -> None:
    assert {words_after(command, MOTCUA)[0] for command in QUICK} == set(OFFLINE)


def test_both_readmes_show_the_same() -> None:
    english, vietnamese = READMES
    assert commands(english) == commands(vietnamese)
    parts = [len(re.findall(r"^(?:#|\||- )", prose(readme), flags=re.MULTILINE)) for readme in READMES]
    assert parts[0] == parts[1]
    links = [set(re.findall(r"\]\((?!README)([^)]+)\)", prose(readme))) for readme in READMES]
    assert links[0] == links[1]


def test_the_readme_shows_every_verb() -> None:
    shown = {words_after(command, "./run")[0] for command in commands(READMES[0]) if MOTCUA not in command}
    assert shown == verbs()


@each_readme
def test_the_demo_sign_ins_of_a_readme_are_those_of_the_demo(readme: Path) -> None:
    people = {officer.username: officer for officer in province.officers(worlds.SEED)}
    named = re.findall(r"^\| `([a-z0-9.-]+)` \|", prose(readme), flags=re.MULTILINE)
    assert len(named) >= 6
    assert set(named) <= {*people, province.ADMIN}
    assert f"`{province.PASSWORD}`" in prose(readme)
    assert f" {len(people)} " in prose(readme)


@each_readme
def test_the_pages_a_readme_names_are_there(readme: Path) -> None:
    named = re.findall(r"`(/[a-z-]+/)`", prose(readme))
    assert len(named) >= 5
    for path in named:
        resolve(path)


# The tables of docs/law.md


def test_the_law_names_every_pack() -> None:
    listed = re.search(r"^Module `packs`.*Today: (.+)\.$", LAW, flags=re.MULTILINE)
    assert listed
    assert set(re.findall(r"`([\w-]+)`", listed[1])) == set(packs.subjects())


def test_the_law_names_every_state_as_the_code_does() -> None:
    rows = table("code | state | code | state", LAW)
    cells = [pair for row in rows for pair in (row[:2], row[2:]) if pair[0]]
    assert {int(code): name for code, name in cells} == {
        state.value: label for state, label in LABELS.items()
    }


def numbers(cell: str) -> set[int]:
    return {int(number) for number in re.findall(r"\d+", cell)}


def example(kind: type[Fact]) -> Fact:
    at = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)
    empty = {"str": "", "int": 0, "bool": True, "tuple[str, ...]": ()}
    needed = {
        name: empty[str(about.type)]
        for name, about in kind.__dataclass_fields__.items()
        if name != "at" and str(about.type) in empty
    }
    return kind(at=at, **needed)


def leads_to(kind: type[Fact]) -> dict[State, set[int]]:
    """The states a fact of this kind leads to from each in which it may follow, accepted before or not."""
    accepted = example(Accepted)
    found: dict[State, set[int]] = {}
    for state in State:
        ways = [Standing(state=state), Standing(state=state, accepted=accepted)]
        ways += [Standing(state=state, draft=example(ResultProposed))]
        ways += [Standing(state=state, moving=example(PapersGiven))]
        may = [way for way in ways if lifecycle.possible(way, RULES)[kind] is None]
        if may:
            found[state] = {lifecycle.fold([example(kind)], way).state.value for way in may}
    return found


@pytest.mark.parametrize("name", facts.KINDS)
def test_the_law_says_where_a_fact_may_follow_and_where_it_leads(name: str) -> None:
    [row] = [row for row in table("fact | may follow in", LAW) if row[0] == f"`{name}`"]
    found = leads_to(facts.KINDS[name])
    assert numbers(row[1]) == {state.value for state in found}
    if row[2] == "unchanged":
        assert all(after == {state.value} for state, after in found.items())
    else:
        assert numbers(row[2]) == set().union(*found.values())
    assert row[3] == lifecycle.source(facts.KINDS[name])


def test_the_law_shows_the_indicators_as_the_pack_has_them() -> None:
    assert f"{SCORED_ON:%d/%m/%Y}" in LAW
    shown = {row[0]: row[1:] for row in table("code | group | max", LAW)}
    assert shown == {i.code: _shown(i) for i in indicators.catalogue(SCORED_ON)}


def _shown(i: indicators.Indicator) -> list[str]:
    zero = {"unmeasured": "not measured", "zero": "0", "full": "max"}[i.zero]
    over = {"refuse": "refused", "cap": "max", "free": "allowed"}[i.over]
    rests = "QĐ 766" if i.source.startswith("Quyết định 766") else "portal figures"
    most = ["shown only", "–", "–"] if i.informative else [str(i.max), f"{int(i.target * 100)} %", zero]
    return [i.group, *most, over, rests if i.verified else f"{rests} †"]


# What no file may say

HERE = Path(__file__).relative_to(ROOT)
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])(?:/(?:root|home)/\w|/work\b)",
    "who wrote it, and when": r"\b(?:this|last|next|previous|earlier|coding|agent|working) sessions?\b|\bhelpers?\b",
    "a registry": r"pypi\.org|pythonhosted\.org|npmjs\.|\bregistry\.\w|artifactory|ghcr\.io|docker\.io",
}


def tracked() -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        if name and Path(name) != HERE and (ROOT / name).is_file():
            yield ROOT / name


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: what is tracked is not known")
@pytest.mark.parametrize("what", FORBIDDEN)
def test_tracked_text_speaks_of_the_project_alone(what: str) -> None:
    found = []
    for file in tracked():
        for number, line in enumerate(file.read_bytes().decode(errors="ignore").splitlines(), start=1):
            if re.search(FORBIDDEN[what], line, flags=re.IGNORECASE):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []

"""One dossier over several agencies: each agency's part, and paper that can only be in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law.agencies import in_turn, shares, spent
from motcua.law.calendar import TZ, Calendar
from motcua.law.process import Flow, Kind, Node, Process, begin, complete
from motcua.law.soundness import Severity, check, longest_path_hours

from .strategies import processes

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=TZ)
HOUR = timedelta(hours=1)


def owner(node: Node) -> str | None:
    return None if node.role == "reception" else node.unit


def step(name: str, unit: str = "", hours: str | None = "8", role: str = "handler") -> Node:
    return Node(name, Kind.STEP, name, role, unit, Decimal(hours) if hours else None, hours is not None)


def forked(*branches: list[Node]) -> Process:
    """Reception, the branches at once, then the lead's signature."""
    nodes = [
        Node("s", Kind.START),
        step("nhan", role="reception", hours=None),
        Node("tach", Kind.SPLIT),
        Node("gop", Kind.JOIN),
        step("ky"),
        Node("e", Kind.END),
    ]
    flows = [Flow("s", "nhan"), Flow("nhan", "tach"), Flow("gop", "ky"), Flow("ky", "e")]
    for branch in branches:
        line = ["tach", *(node.id for node in branch), "gop"]
        flows += [Flow(a, b) for a, b in pairwise(line)]
        nodes += branch
    return Process.of(nodes, flows)


def walked(process: Process) -> list[tuple[str, ...]]:
    """The steps that wait together, from the start to the end, the first of them always done next."""
    marking, seen = begin(process), []
    while marking.steps:
        seen.append(marking.steps)
        marking = complete(process, marking, marking.steps[0])
    assert marking.ended
    return seen


def test_a_paper_dossier_is_with_one_agency_at_a_time() -> None:
    process = forked([step("a", "A"), step("a2", "A")], [step("b", "B")])
    assert ("a", "b") in walked(process)
    assert walked(in_turn(process, owner)) == [("nhan",), ("a",), ("a2",), ("b",), ("ky",)]


def test_branches_within_one_agency_stay_side_by_side_on_paper() -> None:
    process = forked([step("a", "A")], [step("b", "A")])
    assert in_turn(process, owner) is process


def test_a_branch_at_the_one_stop_desk_is_left_as_it_was_published() -> None:
    process = forked([step("a", "A")], [step("b", "B", role="reception")])
    assert in_turn(process, owner) is process


def test_a_branch_with_a_choice_keeps_it_on_paper() -> None:
    process = forked([step("a", "A")], [step("b", "B")])
    nodes = [*process.nodes.values(), Node("chon", Kind.CHOICE), Node("hop", Kind.MERGE), step("a3", "A")]
    flows = [flow for flow in process.flows if flow != Flow("a", "gop")]
    flows += [Flow("a", "chon"), Flow("chon", "a3", "sai"), Flow("chon", "hop", ""), Flow("a3", "hop")]
    drawn = in_turn(Process.of(nodes, [*flows, Flow("hop", "gop")]), owner)
    marking = complete(drawn, complete(drawn, begin(drawn), "nhan"), "a", "sai")
    assert marking.steps == ("a3",)
    assert complete(drawn, marking, "a3").steps == ("b",)


def test_each_agency_has_its_steps_and_its_term_on_the_longest_way() -> None:
    process = forked([step("a", "A", "4"), step("a2", "A", "2")], [step("b", "B", None)])
    told = {share.agency: ([s.id for s in share.steps], share.hours) for share in shares(process, owner)}
    assert told == {
        "A": (["a", "a2"], Decimal(6)),
        "B": (["b"], None),
        "": (["ky"], Decimal(8)),
    }


def test_the_term_of_an_agency_that_works_in_two_branches_is_the_longer_of_them() -> None:
    process = forked([step("a", "A", "4")], [step("b", "A", "6")])
    assert shares(process, owner)[0].hours == Decimal(6)


def test_time_spent_side_by_side_counts_once_and_waits_do_not_count() -> None:
    turns = [(MONDAY, MONDAY + 2 * HOUR), (MONDAY + HOUR, MONDAY + 3 * HOUR)]
    assert spent(turns, [], Calendar()) == 180
    assert spent(turns, [(MONDAY + HOUR, MONDAY + 2 * HOUR)], Calendar()) == 120


def test_time_spent_leaves_out_the_night_and_the_wait_before_the_turn() -> None:
    turns = [(MONDAY, MONDAY + 24 * HOUR)]
    assert spent(turns, [(MONDAY - 48 * HOUR, MONDAY)], Calendar()) == 480


@given(processes(), st.integers(0, 2**16))
def test_on_paper_a_sound_process_stays_sound_and_never_gets_shorter(process: Process, seed: int) -> None:
    random = Random(seed)
    nodes = [
        replace(node, unit=random.choice("AB")) if node.kind is Kind.STEP else node
        for node in process.nodes.values()
    ]
    process = Process.of(nodes, process.flows)
    paper = in_turn(process, owner)
    assert [f for f in check(paper) if f.severity is Severity.ERROR] == []
    assert {node.id for node in paper.steps} == {node.id for node in process.steps}
    assert longest_path_hours(paper) >= longest_path_hours(process)


@given(processes())
def test_with_one_agency_there_is_nothing_to_put_in_turn(process: Process) -> None:
    assert in_turn(process, owner) is process


@pytest.mark.parametrize("branches", [2, 3])
def test_every_agency_comes_once_in_the_order_it_was_drawn(branches: int) -> None:
    process = forked(*([step(f"x{n}", f"U{n}")] for n in range(branches)))
    order = [steps[0] for steps in walked(in_turn(process, owner))]
    assert order == ["nhan", *(f"x{n}" for n in range(branches)), "ky"]

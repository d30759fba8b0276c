"""Changing a process step by step: what each change does, and that none makes a sound process unsound."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from motcua.catalogue import editing, tabling
from motcua.law.facts import Refused
from motcua.law.process import Flow, Kind, Node, Process
from motcua.law.soundness import Topic, check
from tests.law.strategies import processes


def line(*names: str) -> Process:
    return Process.sequence([Node(name, Kind.STEP, name) for name in names])


def ways(process: Process) -> list[str]:
    """Each step with what follows it, in words."""
    return [f"{row.node.name or row.node.id}: {row.next}" for row in tabling.rows(process) if row.is_step]


def flaws(process: Process) -> list[str]:
    return [found.message for found in check(process) if found.topic is Topic.FLOW]


def at(process: Process, source: str) -> int:
    return next(n for n, flow in enumerate(process.flows) if flow.source == source)


# One after another


def test_a_new_step_stands_where_it_was_asked_for() -> None:
    process, name = editing.insert_step(line("a", "c"), 1)
    assert [step.id for step in process.steps] == ["a", name, "c"]
    assert flaws(process) == []


def test_a_step_goes_and_its_neighbours_meet() -> None:
    assert editing.remove(line("a", "b", "c"), "b") == line("a", "c")


def test_a_step_moves_up_and_down_one_place() -> None:
    assert ways(editing.move(line("a", "b", "c"), "b", up=True)) == ["b: bước 2", "a: bước 3", "c: kết thúc"]
    assert ways(editing.move(line("a", "b", "c"), "b", up=False)) == ["a: bước 2", "c: bước 3", "b: kết thúc"]


@pytest.mark.parametrize(("name", "up"), [("a", True), ("c", False)])
def test_the_first_step_goes_no_higher_and_the_last_no_lower(name: str, up: bool) -> None:
    with pytest.raises(Refused, match="đã đứng"):
        editing.move(line("a", "b", "c"), name, up=up)


# At once


def test_two_steps_are_done_at_once_and_joined_behind_both() -> None:
    process = editing.beside(line("a", "b", "c", "d"), "c")
    assert ways(process)[0] == "a: cùng lúc: bước 2 và bước 3"
    assert ways(process)[1:] == [
        "b: chờ đủ các nhánh rồi bước 4",
        "c: chờ đủ các nhánh rồi bước 4",
        "d: kết thúc",
    ]
    third = editing.beside(process, "d")
    assert ways(third)[0] == "a: cùng lúc: bước 2 và bước 3 và bước 4"
    assert flaws(process) == flaws(third) == []


def test_a_step_leaves_a_group_at_its_edge_and_the_group_goes_with_the_last_but_one() -> None:
    group = editing.beside(line("a", "b", "c", "d"), "c")
    assert ways(editing.move(group, "c", up=False)) == ways(line("a", "b", "c", "d"))
    assert ways(editing.move(group, "c", up=True))[:2] == ["a: bước 2", "c: bước 3"]
    assert tabling.is_sequence(editing.remove(group, "b"))


def test_a_step_moves_over_a_whole_group() -> None:
    group = editing.beside(line("a", "b", "c", "d"), "c")
    up, down = editing.move(group, "d", up=True), editing.move(group, "a", up=False)
    assert ways(up)[1] == "d: cùng lúc: bước 3 và bước 4"
    assert ways(down)[2:] == ["a: bước 4", "d: kết thúc"]
    assert flaws(up) == flaws(down) == []


def test_a_group_gets_another_branch() -> None:
    group = editing.beside(line("a", "b", "c"), "c")
    split = group.of_kind(Kind.SPLIT)[0].id
    process, name = editing.connect(group, split)
    assert flaws(process) == []
    assert [row.inside for row in tabling.rows(process) if row.node.id == name] == [True]


def test_the_first_step_has_none_before_it_to_be_done_at_once_with() -> None:
    with pytest.raises(Refused, match="đứng ngay trước"):
        editing.beside(line("a", "b"), "a")


# By outcome


def test_a_choice_keeps_the_way_there_was_and_adds_outcomes() -> None:
    process, choice = editing.choose(line("a", "b"), "a")
    assert ways(process)[0] == "a: còn lại: bước 2; nếu “Kết quả 2”: kết thúc"
    again, _ = editing.choose(process, "a")
    assert "nếu “Kết quả 3”: kết thúc" in ways(again)[0]
    fewer = editing.remove_flow(again, len(again.flows) - 1)
    whole = editing.remove_flow(fewer, len(fewer.flows) - 1)
    assert (ways(whole), choice in whole.nodes) == (ways(line("a", "b")), False)


def test_an_outcome_leads_back_to_an_earlier_step() -> None:
    process, _ = editing.choose(line("a", "b"), "b")
    way = len(process.flows) - 1
    looped = editing.retarget(process, way, "a", "Làm lại")
    assert "nếu “Làm lại”: bước 1" in ways(looped)[1]
    assert flaws(looped) == []


def test_a_step_is_not_parted_from_the_choice_that_goes_by_its_outcome() -> None:
    process, _ = editing.choose(line("a", "b", "c"), "b")
    for change in (
        lambda: editing.move(process, "b", up=True),
        lambda: editing.move(process, "a", up=False),
        lambda: editing.beside(process, "b"),
    ):
        with pytest.raises(Refused, match="theo kết quả của bước “b”"):
            change()


def test_a_dead_end_is_led_to_the_end() -> None:
    dead = Process.of(line("a", "b").nodes.values(), [Flow("start", "a"), Flow("a", "b")])
    assert flaws(dead) != []
    assert editing.connect(dead, "b")[0] == line("a", "b")


def test_what_is_not_there_is_refused() -> None:
    for change in (
        lambda: editing.remove(line("a"), "x"),
        lambda: editing.insert_step(line("a"), 9),
        lambda: editing.remove(line("a"), "start"),
        lambda: editing.remove_flow(line("a"), -1),
    ):
        with pytest.raises(Refused):
            change()


# Any change to any process


@given(processes(), st.data())
def test_no_change_makes_a_sound_process_unsound_or_loses_another_step(
    process: Process, data: st.DataObject
) -> None:
    assume(flaws(process) == [])
    name = data.draw(st.sampled_from([step.id for step in process.steps]))
    what = data.draw(st.sampled_from(["up", "down", "remove", "beside", "insert"]))
    try:
        if what == "insert":
            changed, _ = editing.insert_step(process, at(process, name))
        elif what == "remove":
            changed = editing.remove(process, name)
        elif what == "beside":
            changed = editing.beside(process, name)
        else:
            changed = editing.move(process, name, up=what == "up")
    except Refused:
        return
    kept = {step.id for step in process.steps} - ({name} if what == "remove" else set())
    assert kept <= {step.id for step in changed.steps}
    assert [flaw for flaw in flaws(changed) if "không có bước nào" not in flaw] == []


@given(processes())
def test_the_rows_hold_every_node_and_every_way_once(process: Process) -> None:
    rows = tabling.rows(tabling.in_rows(process))
    assert {row.node.id for row in rows} == set(process.nodes)
    assert [way.at for row in rows for way in row.ways] == list(range(len(process.flows)))
    assert sorted(way.flow for row in rows for way in row.ways) == sorted(process.flows)

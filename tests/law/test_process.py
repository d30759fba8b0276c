"""The token game of internal processes: what waits, what a return undoes, what a wrong drawing is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.law import soundness
from motcua.law.facts import Accepted, Fact, Rated, Refused, SentBack, StepDone
from motcua.law.process import (
    Action,
    Flow,
    Kind,
    Marking,
    Node,
    Process,
    Turn,
    allowed,
    begin,
    complete,
    decide,
    fold,
    history,
    run,
    send_back,
)
from motcua.law.soundness import Severity, Topic, check, longest_path, longest_path_hours

from .strategies import completions, processes

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LETTERS = {"<": Kind.START, "?": Kind.CHOICE, "m": Kind.MERGE, "+": Kind.SPLIT, "&": Kind.JOIN, ">": Kind.END}


def drawn(text: str, **hours: str | None) -> Process:
    """A process from its flows: "< a, a ?, ? b yes, ? > no".

    A node's first letter tells its kind, others are steps; these last 4 hours unless `hours` says otherwise.
    """
    flows = [tuple(flow.split(maxsplit=2)) for flow in text.split(",")]
    names = dict.fromkeys(name for flow in flows for name in flow[:2])
    return Process.of([_node(name, hours.get(name, "4")) for name in names], flows)


def _node(name: str, hours: str | None) -> Node:
    if name[0] in LETTERS:
        return Node(name, LETTERS[name[0]])
    limit = None if hours is None else Decimal(hours)
    return Node(name, Kind.STEP, f"Bước {name}", "chuyen-vien", "", limit, counted=limit is not None)


def played(process: Process, *moves: str, marking: Marking | None = None) -> Marking:
    """The marking after moves such as "a", "b:yes" (an outcome) or "c<a" (returned from c to a)."""
    marking = marking or begin(process)
    for move in moves:
        step, _, outcome = move.partition(":")
        source, _, to = move.partition("<")
        marking = send_back(process, marking, source, to) if to else complete(process, marking, step, outcome)
    return marking


def facts(*moves: str) -> list[Fact]:
    """The same moves as facts, an hour apart from 08:00 in Hà Nội, by officers named after their steps."""
    told: list[Fact] = [Accepted(at=MORNING, channel="counter", limit="", rules_day="", due="")]
    for hour, move in enumerate(moves, start=1):
        at = MORNING + timedelta(hours=hour)
        step, _, outcome = move.partition(":")
        source, _, to = move.partition("<")
        if to:
            told.append(SentBack(at=at, by=f"cb-{source}", step=source, to=to, reason="thiếu chữ ký"))
        else:
            told.append(StepDone(at=at, by=f"cb-{step}", step=step, outcome=outcome))
    return told


def walked(process: Process, data: st.DataObject, *, most: int = 14) -> list[StepDone]:
    """A drawn run of at most so many completions, an hour apart."""
    marking, told = begin(process), []
    while marking.steps and len(told) < most:
        step, outcome = data.draw(st.sampled_from(completions(process, marking)))
        marking = complete(process, marking, step, outcome)
        told.append(StepDone(at=MORNING + timedelta(hours=len(told)), by="cb", step=step, outcome=outcome))
    return told


def waiting(process: Process, *moves: str) -> str:
    return " ".join(played(process, *moves).steps)


LINE = drawn("< a, a b, b c, c >")
BRANCHES = drawn("< a, a +, + b, b c, + d, c &, d &, & e, e >")
CHOICE = drawn("< a, a ?, ? b đạt, ? c, b m, c m, m d, d >")
LOOP = drawn("< m, m a, a b, b ?, ? m lại, ? c, c >")
NESTED = drawn("< a, a +1, +1 b, b +2, +2 c, +2 d, c &2, d &2, &2 e, +1 f, e &1, f &1, &1 g, g >")


# Going on


def test_steps_in_a_row_wait_one_after_another() -> None:
    assert [waiting(LINE, *"abc"[:done]) for done in range(4)] == ["a", "b", "c", ""]


def test_process_ends_when_nothing_waits() -> None:
    assert not played(LINE, "a", "b").ended
    assert played(LINE, "a", "b", "c").ended


def test_split_opens_every_branch_at_once() -> None:
    assert waiting(BRANCHES, "a") == "b d"


def test_join_waits_for_the_last_branch() -> None:
    assert waiting(BRANCHES, "a", "d") == "b"
    assert waiting(BRANCHES, "a", "d", "b") == "c"
    assert waiting(BRANCHES, "a", "d", "b", "c") == "e"


def test_branch_that_is_done_is_seen_waiting_at_its_join() -> None:
    assert played(BRANCHES, "a", "d").arrived == (Flow("d", "&"),)


def test_inner_join_does_not_open_the_outer_one() -> None:
    assert waiting(NESTED, "a", "b", "c", "d") == "e f"
    assert waiting(NESTED, "a", "b", "c", "d", "e") == "f"


def test_empty_branch_arrives_at_the_join_by_itself() -> None:
    process = drawn("< a, a +, + b, + &, b &, & c, c >")
    assert waiting(process, "a") == "b"
    assert waiting(process, "a", "b") == "c"


def test_join_behind_a_join_opens_with_it() -> None:
    process = drawn("< +1, +1 +2, +2 a, +2 b, +1 c, a &2, b &2, &2 &1, c &1, &1 d, d >")
    assert waiting(process) == "a b c"
    assert waiting(process, "a", "c", "b") == "d"


def test_outcome_chooses_the_branch() -> None:
    assert waiting(CHOICE, "a:đạt") == "b"


def test_no_outcome_takes_the_default_branch() -> None:
    assert waiting(CHOICE, "a") == "c"


def test_several_flows_into_a_step_need_no_merge() -> None:
    process = drawn("< a, a ?, ? b đạt, ? c, b d, c d, d >")
    assert waiting(process, "a", "c") == waiting(process, "a:đạt", "b") == "d"


def test_loop_comes_back_until_its_outcome_lets_it_go() -> None:
    assert waiting(LOOP, "a", "b:lại") == "a"
    assert waiting(LOOP, "a", "b:lại", "a", "b:lại", "a", "b") == "c"


def test_end_reached_is_kept() -> None:
    process = drawn("< a, a ?, ? >no từ chối, ? b, b >yes")
    assert played(process, "a:từ chối").ends == (">no",)
    assert played(process, "a", "b").ends == (">yes",)


# Refusing


@pytest.mark.parametrize(
    ("process", "moves", "reason"),
    [
        (LINE, ["a", "a"], "Bước “Bước a” đã được hoàn thành"),
        (LINE, ["b"], "Bước “Bước b” chưa tới lượt"),
        (LINE, ["x"], "Quy trình không có bước “x”"),
        (LINE, ["a:đạt"], "Bước “Bước a” không có lựa chọn “đạt”"),
        (CHOICE, ["a:khác"], "Bước “Bước a” cần chọn một trong các kết quả: “đạt”"),
        (LOOP, ["a", "b:lại", "b"], "Bước “Bước b” đã được hoàn thành"),
        (BRANCHES, ["a", "b", "c<d"], "Không thể trả lại từ bước “Bước c” về “Bước d”"),
        (LINE, ["a", "b<b"], "Không thể trả lại từ bước “Bước b” về “Bước b”"),
        (LINE, ["a", "b<c"], "Không thể trả lại từ bước “Bước b” về “Bước c”"),
        (LINE, ["a", "b<x"], "Không thể trả lại từ bước “Bước b” về “x”"),
        (LINE, ["a", "b", "b<a"], "Bước “Bước b” đã được hoàn thành"),
        (CHOICE, ["a:đạt", "b", "d<c"], "Không thể trả lại từ bước “Bước d” về “Bước c”"),
    ],
)
def test_what_cannot_be_done_is_refused_in_plain_words(
    process: Process, moves: list[str], reason: str
) -> None:
    before = played(process, *moves[:-1])
    with pytest.raises(Refused) as refusal:
        played(process, moves[-1], marking=before)
    assert refusal.value.reason.startswith(reason)


def test_choice_without_a_default_names_every_outcome() -> None:
    process = drawn("< a, a ?, ? b đạt, ? c hỏng, b m, c m, m >")
    with pytest.raises(Refused, match="“đạt”, “hỏng”"):
        played(process, "a")


def test_runs_that_came_another_way_are_not_the_same() -> None:
    one, other = played(CHOICE, "a:đạt", "b"), played(CHOICE, "a", "c")
    assert one.steps == other.steps
    assert one != other


# Two officers at once


@given(processes(), st.data())
def test_two_branches_meet_in_the_same_marking_whoever_comes_first(
    process: Process, data: st.DataObject
) -> None:
    told = walked(process, data)
    for done in range(len(told)):
        marking = fold(process, told[:done])
        for (one, other), (first, second) in rivals(process, marking, data):
            this = complete(process, complete(process, marking, one, first), other, second)
            that = complete(process, complete(process, marking, other, second), one, first)
            assert this == that
            assert hash(this) == hash(that)


@given(processes(), st.data())
def test_officer_who_lost_the_race_decides_again_on_the_new_facts(
    process: Process, data: st.DataObject
) -> None:
    told: list[Fact] = list(walked(process, data, most=data.draw(st.integers(0, 8))))
    for (one, other), (first, second) in rivals(process, fold(process, told), data):
        mine = StepDone(at=MORNING, by="cb-1", step=one, outcome=first)
        theirs = StepDone(at=MORNING, by="cb-2", step=other, outcome=second)
        assert decide(process, run(process, [*told, theirs]), mine) == fold(process, [*told, mine, theirs])


@given(processes(loops=False), st.data())
def test_without_loops_no_step_is_ever_opened_twice(process: Process, data: st.DataObject) -> None:
    told = walked(process, data, most=100)
    steps = [turn.step for turn in history(process, told)]
    assert len(steps) == len(set(steps))
    assert fold(process, told).ended


def test_second_officer_is_told_who_did_the_step_and_when() -> None:
    with pytest.raises(Refused, match="“Bước b” đã được cb-b hoàn thành lúc 10:00 ngày 02/03/2026"):
        decide(BRANCHES, run(BRANCHES, facts("a", "b")), StepDone(at=MORNING, by="cb-khac", step="b"))


def test_of_several_turns_the_last_is_told() -> None:
    with pytest.raises(Refused, match="“Bước a” đã được cb-a hoàn thành lúc 11:00"):
        decide(LINE, run(LINE, facts("a", "b<a", "a")), StepDone(at=MORNING, by="cb-khac", step="a"))


def test_officer_whose_step_was_taken_away_is_told_who_returned_it() -> None:
    with pytest.raises(Refused, match="“Bước d” đã được cb-b trả lại về bước “Bước a” lúc 10:00"):
        decide(BRANCHES, run(BRANCHES, facts("a", "b<a")), StepDone(at=MORNING, by="cb-khac", step="d"))


def test_step_undone_by_a_return_is_again_not_yet_due() -> None:
    with pytest.raises(Refused, match="“Bước b” chưa tới lượt"):
        decide(LINE, run(LINE, facts("a", "b", "c<a")), StepDone(at=MORNING, by="cb-khac", step="b"))


def rivals(
    process: Process, marking: Marking, data: st.DataObject
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Neighbouring pairs of waiting steps, with a drawn outcome for each."""
    chosen = dict(data.draw(st.permutations(completions(process, marking))))
    return [((one, other), (chosen[one], chosen[other])) for one, other in pairwise(chosen)]


# Returning


def test_return_opens_the_earlier_step_again() -> None:
    assert waiting(LINE, "a", "b", "c<a") == "a"


def test_return_inside_a_branch_leaves_the_others_alone() -> None:
    assert waiting(BRANCHES, "a", "b", "c<b") == "b d"
    marking = played(BRANCHES, "a", "d", "b", "c<b")
    assert (marking.steps, marking.arrived) == (("b",), (Flow("d", "&"),))


def test_return_to_before_the_split_takes_every_branch_away() -> None:
    assert played(BRANCHES, "a", "b", "d", "c<a") == begin(BRANCHES)


def test_return_from_behind_the_join_repeats_one_branch_only() -> None:
    marking = played(BRANCHES, "a", "b", "c", "d", "e<c")
    assert (marking.steps, marking.arrived) == (("c",), (Flow("d", "&"),))
    assert waiting(BRANCHES, "a", "b", "c", "d", "e<c", "c") == "e"


def test_return_inside_an_inner_split_keeps_the_outer_branches() -> None:
    assert waiting(NESTED, "a", "b", "c", "d", "e<b") == "b f"
    assert waiting(NESTED, "a", "b", "c", "f", "d", "e", "g<c") == "c"


def test_branch_not_taken_cannot_be_returned_to() -> None:
    at_d = allowed(CHOICE, played(CHOICE, "a:đạt", "b"))
    assert at_d == (Action("d", ("",), ("a", "b")),)


def test_another_outcome_may_be_chosen_after_a_return() -> None:
    assert waiting(CHOICE, "a:đạt", "b<a", "a") == "c"


def test_return_in_a_loop_goes_to_the_last_round() -> None:
    marking = played(LOOP, "a", "b:lại", "a", "b<a")
    assert marking == played(LOOP, "a", "b:lại")
    assert marking.done == {"a": ("",), "b": ("lại",)}


def test_return_over_the_turn_of_a_loop_takes_the_round_back() -> None:
    assert played(LOOP, "a", "b:lại", "a<b") == played(LOOP, "a")


@given(processes(), st.data())
def test_after_a_return_the_same_work_leads_to_the_same_place(process: Process, data: st.DataObject) -> None:
    marking = fold(process, walked(process, data, most=data.draw(st.integers(1, 12))))
    for action in allowed(process, marking):
        for to in action.back_to:
            again = send_back(process, marking, action.step, to)
            assert to in again.steps
            assert redone(process, again, marking) == marking


def redone(process: Process, marking: Marking, before: Marking) -> Marking:
    """What was done `before` and is not now, done again."""
    while todo := [s for s in marking.steps if len(before.done.get(s, ())) > len(marking.done.get(s, ()))]:
        outcome = before.done[todo[0]][len(marking.done.get(todo[0], ()))]
        marking = complete(process, marking, todo[0], outcome)
    return marking


# What is allowed


def test_actions_name_the_outcomes_and_the_steps_to_return_to() -> None:
    assert allowed(BRANCHES, played(BRANCHES, "a", "b", "d")) == (Action("c", ("",), ("a", "b")),)
    assert allowed(LOOP, played(LOOP, "a")) == (Action("b", ("lại", ""), ("a",)),)


def test_nothing_is_allowed_at_the_end() -> None:
    assert allowed(LINE, played(LINE, "a", "b", "c")) == ()


@given(processes(), st.data())
def test_what_is_allowed_is_accepted_and_all_else_refused(process: Process, data: st.DataObject) -> None:
    marking = fold(process, walked(process, data))
    open_now = {action.step: action for action in allowed(process, marking)}
    names = [step.id for step in process.steps]
    for step in names:
        action = open_now.get(step, Action(step, (), ()))
        assert {to for to in names if accepted(send_back, process, marking, step, to)} == set(action.back_to)
        tried = ("", "đạt", "không đạt", "khác", "làm lại", "xong", "từ chối", "đồng ý", "lạ")
        assert {o for o in tried if accepted(complete, process, marking, step, o)} == set(action.outcomes)


def accepted(act: Callable[..., Marking], *wish: object) -> bool:
    try:
        act(*wish)
    except Refused:
        return False
    return True


# Facts and turns


def test_fold_reads_steps_and_returns_and_passes_over_other_facts() -> None:
    told = [*facts("a", "b", "c<a", "a"), Rated(at=MORNING, satisfied=True)]
    assert fold(BRANCHES, told) == played(BRANCHES, "a")


def test_turns_tell_since_when_a_step_waits_and_who_ended_it() -> None:
    accepted_at, done = facts("a")[0].at, facts("a")[1]
    assert history(LINE, facts("a")) == (Turn("a", accepted_at, done), Turn("b", done.at))


def test_step_behind_a_join_waits_since_the_last_branch_came() -> None:
    told = facts("a", "d", "b", "c")
    assert history(BRANCHES, told)[-1] == Turn("e", told[-1].at)


def test_every_return_is_a_new_turn() -> None:
    told = facts("a", "b<a", "a")
    assert [(turn.step, turn.ended) for turn in history(LINE, told)] == [
        ("a", told[1]),
        ("b", told[2]),
        ("a", told[3]),
        ("b", None),
    ]


def test_return_to_before_the_split_ends_the_turns_of_all_branches() -> None:
    told = facts("a", "b<a")
    ended = {turn.step: turn.ended for turn in history(BRANCHES, told)[1:3]}
    assert ended == {"b": told[2], "d": told[2]}


def test_branch_left_alone_by_a_return_keeps_its_turn() -> None:
    told = facts("a", "b", "c<b")
    assert [turn for turn in history(BRANCHES, told) if turn.step == "d"] == [Turn("d", told[1].at)]


def test_step_that_loops_to_itself_begins_a_new_turn() -> None:
    process = drawn("< m, m a, a ?, ? m lại, ? >")
    told = facts("a:lại")
    assert history(process, told) == (Turn("a", MORNING, told[1]), Turn("a", told[1].at))


def test_before_acceptance_the_first_step_waits_since_no_moment() -> None:
    assert history(LINE, []) == (Turn("a"),)


@given(processes(), st.data())
def test_turns_not_ended_are_the_waiting_steps(process: Process, data: st.DataObject) -> None:
    told = walked(process, data)
    turns = history(process, told)
    assert tuple(sorted(turn.step for turn in turns if not turn.ended)) == fold(process, told).steps
    assert sum(turn.ended is not None for turn in turns) == len(told)


# Kept as data


@given(processes())
def test_process_comes_back_from_json_as_it_was(process: Process) -> None:
    assert Process.from_data(json.loads(json.dumps(process.as_data()))) == process


@given(processes(), st.data())
def test_marking_comes_back_from_json_as_it_was(process: Process, data: st.DataObject) -> None:
    marking = fold(process, walked(process, data))
    assert Marking.from_data(json.loads(json.dumps(marking.as_data()))) == marking


def test_limit_keeps_every_decimal_in_json() -> None:
    step = Node("a", Kind.STEP, "Thẩm định", "chuyen-vien", "H14.05", Decimal("0.250"))
    data = Process.sequence([step]).as_data()
    assert data["nodes"][1] == {
        "id": "a",
        "kind": "step",
        "name": "Thẩm định",
        "role": "chuyen-vien",
        "unit": "H14.05",
        "hours": "0.250",
    }
    assert Process.from_data(data).nodes["a"] == step


def test_a_step_not_counted_says_so_in_json_and_others_say_nothing() -> None:
    steps = [Node("a", Kind.STEP, counted=False), Node("b", Kind.STEP)]
    data = Process.sequence(steps).as_data()
    assert [node.get("counted") for node in data["nodes"][1:3]] == [False, None]
    assert list(Process.from_data(data).steps) == steps


def test_two_nodes_with_one_id_are_refused() -> None:
    step = Node("a", Kind.STEP)
    with pytest.raises(ValueError, match="cùng mang mã “a”"):
        Process.sequence([step, step])


def test_sequence_joins_the_steps_in_their_order() -> None:
    process = Process.sequence(LINE.steps)
    assert [waiting(process, *"abc"[:done]) for done in range(4)] == ["a", "b", "c", ""]
    assert check(process) == []


# Checking a drawing


def errors(process: Process) -> list[tuple[str, str]]:
    return [(found.node, found.message) for found in check(process) if found.severity is Severity.ERROR]


@given(processes())
def test_well_formed_process_has_no_error(process: Process) -> None:
    assert errors(process) == []


@pytest.mark.parametrize(
    ("text", "node", "message"),
    [
        ("a b, b >", "", "Quy trình phải có đúng một nút bắt đầu, đang có 0"),
        ("<1 a, <2 a, a >", "", "Quy trình phải có đúng một nút bắt đầu, đang có 2"),
        ("< a, a b", "", "Quy trình không có nút kết thúc"),
        ("< >", "", "Quy trình không có bước nào"),
        ("< a, a b, a >", "a", "Sau “Bước a” có 2 hướng: thêm nút lựa chọn hoặc nút tách nhánh"),
        ("< a, a ?, ? b đạt, ? >", "b", "Ngõ cụt: sau “Bước b” không có bước nào"),
        ("< a, a >, > b, b >2", ">", "Sau nút kết thúc “>” không được có gì nữa"),
        ("< a, a >, b >", "b", "Không có đường từ nút bắt đầu tới “Bước b”"),
        ("< m, m a, a ?, ? m lại, ? >, ? < mới", "<", "Không được quay lại nút bắt đầu"),
        ("< a, a ?, ? >, ? b, b >", "?", "Nút lựa chọn “?” có 2 đường mặc định"),
        ("< a, a ?, ? > đạt, ? b đạt, b >", "?", "Nút lựa chọn “?” có 2 kết quả “đạt”"),
        ("< ?, ? a, ? b khác, a >, b >", "?", "Nút lựa chọn “?” phải đứng ngay sau một bước"),
        ("< a, a ?, ? ?2, ?2 >, ?2 b x, b >", "?2", "Nút lựa chọn “?2” phải đứng ngay sau một bước"),
        ("< a, a ?, ? b x, b ?, ? m, m ?2, ?2 >", "?2", "Nút lựa chọn “?2” phải đứng ngay sau một bước"),
        (
            "< +, + a, + b, a &, b &, & ?, ? >, ? c lại, c >",
            "?",
            "Nút lựa chọn “?” phải đứng ngay sau một bước",
        ),
        (
            "< m, m a, a ?, ? b lại, b m, ? >, < >2",
            "<",
            "Sau “<” có 2 hướng: thêm nút lựa chọn hoặc nút tách nhánh",
        ),
        ("< a, a m, m b, b m", "m", "Vòng lặp không có lối ra: từ “m” không tới được kết thúc"),
        ("< a, a m, m +, + m, + >", "+", "Vòng lặp qua “+” không có bước nào"),
        ("< a, a >, a >", "a", "Đường nối a → > được vẽ 2 lần"),
        (
            "< a, a ?, ? b đạt, ? c, b &, c &, & >",
            "&",
            "Nút hợp nhánh “&” có lúc chờ mãi: thiếu nhánh từ “Bước c”",
        ),
        ("< m, m &, a ?, ? & lại, ? >, & a", "&", "Nút hợp nhánh “&” có lúc chờ mãi: thiếu nhánh từ “?”"),
        (
            "< +, + a, + b, a c, b c, c >",
            "c",
            "Tới “Bước c” hai lần cùng lúc: các nhánh song song cần nút hợp nhánh",
        ),
        ("< +, + a, + b, a >, b >", ">", "Các nhánh song song tới “>” mà không hợp lại: thêm nút hợp nhánh"),
        ("< a, a +, + >, + >2", ">", "Các nhánh song song tới “>” mà không hợp lại: thêm nút hợp nhánh"),
        ("< m, m +, + >, + a, a m", ">", "Các nhánh song song tới “>” mà không hợp lại: thêm nút hợp nhánh"),
        ("< +, + a, + >, a >", ">", "Các nhánh song song tới “>” mà không hợp lại: thêm nút hợp nhánh"),
    ],
)
def test_drawing_that_cannot_work_is_told_where_and_why(text: str, node: str, message: str) -> None:
    assert (node, message) in errors(drawn(text))


@pytest.mark.parametrize("flow", [Flow("c", "x"), Flow("x", "c")])
def test_flow_at_a_node_that_is_not_there_is_told(flow: Flow) -> None:
    process = replace(LINE, flows=(*LINE.flows, flow))
    assert errors(process) == [("x", f"Đường nối {flow.source} → {flow.target} trỏ tới nút không có")]


def test_step_without_a_role_is_an_error() -> None:
    nodes = {**LINE.nodes, "b": replace(LINE.nodes["b"], role="")}
    assert errors(replace(LINE, nodes=nodes)) == [("b", "Bước “Bước b” chưa giao cho vai trò nào")]


def test_step_without_a_limit_is_an_error() -> None:
    nodes = {**LINE.nodes, "b": replace(LINE.nodes["b"], hours=None)}
    [found] = check(replace(LINE, nodes=nodes))
    assert (found.severity, found.node, found.topic) == (Severity.ERROR, "b", Topic.LIMIT)


def test_step_with_a_limit_that_is_not_counted_is_an_error() -> None:
    nodes = {**LINE.nodes, "b": replace(LINE.nodes["b"], counted=False)}
    assert errors(replace(LINE, nodes=nodes)) == [
        ("b", "Bước “Bước b” vừa có thời hạn, vừa không tính thời gian")
    ]


def test_step_whose_time_is_said_not_to_count_is_only_a_warning() -> None:
    [found] = check(drawn("< a, a b, b >", b=None))
    assert (found.severity, found.node, found.topic) == (Severity.WARNING, "b", Topic.LIMIT)
    assert found.message == "Bước “Bước b” không tính thời gian"


@pytest.mark.parametrize("hours", ["0", "-1"])
def test_limit_must_be_more_than_nothing(hours: str) -> None:
    assert errors(drawn("< a, a >", a=hours)) == [("a", "Thời hạn của bước “Bước a” phải lớn hơn 0")]


def test_process_too_large_to_play_is_not_called_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "STATES_LIMIT", 3)
    assert errors(BRANCHES) == [("", "Quy trình quá phức tạp để kiểm tra hết các trường hợp")]


def test_many_branches_at_once_are_checked_without_playing_every_order() -> None:
    branches = ", ".join(f"+ x{n}, x{n} y{n}, y{n} &" for n in range(30))
    assert errors(drawn(f"< +, {branches}, & z, z >")) == []


@given(processes().filter(lambda process: process.of_kind(Kind.JOIN)), st.data())
def test_merge_in_the_place_of_a_join_is_never_sound(process: Process, data: st.DataObject) -> None:
    join = data.draw(st.sampled_from(process.of_kind(Kind.JOIN)))
    assert errors(with_kind(process, join, Kind.MERGE))


@given(processes().filter(lambda process: process.of_kind(Kind.MERGE)), st.data())
def test_join_in_the_place_of_a_merge_is_never_sound(process: Process, data: st.DataObject) -> None:
    merge = data.draw(st.sampled_from(process.of_kind(Kind.MERGE)))
    assert errors(with_kind(process, merge, Kind.JOIN))


@given(processes(), st.data())
def test_process_without_error_gets_stuck_in_no_order(process: Process, data: st.DataObject) -> None:
    """`check` plays one step at a time; every order is played here, on processes with one flow led astray."""
    astray = data.draw(st.sampled_from(process.flows))
    target = data.draw(
        st.sampled_from([node.id for node in process.nodes.values() if node.kind is not Kind.START])
    )
    flows = tuple(flow._replace(target=target) if flow == astray else flow for flow in process.flows)
    changed = replace(process, flows=flows)
    if not errors(changed):
        assert all(len(set(m.steps)) == len(m.steps) and stands_well(m) for m in every_marking(changed))


def with_kind(process: Process, node: Node, kind: Kind) -> Process:
    return replace(process, nodes={**process.nodes, node.id: replace(node, kind=kind)})


def stands_well(marking: Marking) -> bool:
    return len(marking.ends) == 1 if marking.ended else bool(marking.steps) and not marking.ends


def every_marking(process: Process) -> Iterator[Marking]:
    seen, todo = set(), [begin(process)]
    while todo:
        marking = todo.pop()
        if (lying := (marking.steps, marking.arrived, marking.ends)) not in seen and len(seen) < 2000:
            seen.add(lying)
            yield marking
            todo += [complete(process, marking, *move) for move in completions(process, marking)]


# The longest way


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("< a, a b, b c, c >", "12"),
        ("< a, a +, + b, b c, + d, c &, d &, & e, e >", "16"),
        ("< a, a ?, ? b đạt, b >, ? >", "8"),
        ("< a, a m, m b, b ?, ? c lại, c m, ? d, d >", "12"),
        ("< a, a b", "0"),
    ],
)
def test_longest_way_takes_the_longest_branch_and_a_loop_once(text: str, hours: str) -> None:
    assert longest_path_hours(drawn(text)) == Decimal(hours)


def test_steps_of_the_longest_way_stand_in_their_order() -> None:
    process = drawn("< a, a +, + b, + c, b &, c &, & d, d >", c="9")
    assert [step.id for step in longest_path(process)] == ["a", "c", "d"]
    assert longest_path(drawn("< a, a b")) == ()


def test_step_not_counted_adds_nothing_to_the_longest_way() -> None:
    assert longest_path_hours(drawn("< a, a b, b c, c >", b=None, c="0.25")) == Decimal("4.25")


@given(processes(loops=False))
def test_longest_way_is_the_longest_of_all_ways(process: Process) -> None:
    def ways(node: str) -> Iterator[Decimal]:
        hours = process.nodes[node].hours or Decimal(0)
        targets = [flow.target for flow in process.flows if flow.source == node]
        for target in targets:
            yield from (hours + rest for rest in ways(target))
        if not targets:
            yield hours

    [start] = process.of_kind(Kind.START)
    assert longest_path_hours(process) == max(ways(start.id))

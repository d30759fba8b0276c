"""Nothing is published that lacks a role, a limit or the time for it; and a change shows what it does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given

from motcua.catalogue import acts, bpmn, drawing, publishing
from motcua.catalogue.comparison import Comparison, compare, measure, sequential_hours
from motcua.catalogue.models import Channel, Finding, ProcessVersion, Status
from motcua.catalogue.reading import diagrams, files, steps
from motcua.catalogue.reading.drafts import ProcessDraft, TermDraft
from motcua.catalogue.review import Announced, check, hours_in
from motcua.law import terms
from motcua.law.calendar import TZ, Calendar
from motcua.law.facts import Refused
from motcua.law.limits import TimeLimit, Unit
from motcua.law.process import Kind, Node, Process, begin, complete
from motcua.law.soundness import Severity, Topic, longest_path_hours
from tests import cast
from tests.law.strategies import completions, processes

DATA = Path(__file__).parents[2].parent / "shared/data"
DAY = date(2026, 9, 7)
AT = datetime(2026, 11, 2, 9, tzinfo=TZ)
CLOCK = terms.rules(DAY)


def step(name: str, hours: str | None = "8", role: str = "handler", unit: str = "", **about: object) -> Node:
    limit = None if hours is None else Decimal(hours)
    return Node(name, Kind.STEP, f"Việc {name}", role, unit, limit, **{"counted": limit is not None, **about})


def line(*nodes: Node) -> Process:
    return Process.sequence(nodes)


def announced(text: str, channel: str = "Trực tiếp", case: str = "") -> Announced:
    return Announced(channel, case, text, TimeLimit.parse(text) if any(map(str.isdigit, text)) else None)


def about_term(process: Process, *texts: str | Announced) -> list[tuple[Severity, str]]:
    given = [announced(text) if isinstance(text, str) else text for text in texts]
    return [(f.severity, f.message) for f in check(process, given, CLOCK) if f.topic is Topic.TERM]


# Roles, units and limits


def test_a_process_with_roles_limits_and_time_enough_has_nothing_to_be_changed() -> None:
    assert check(line(step("a"), step("b")), [announced("2 ngày làm việc")], CLOCK) == []


@pytest.mark.parametrize(
    ("node", "topic", "message"),
    [
        (step("a", role=""), Topic.ROLE, "chưa giao cho vai trò nào"),
        (step("a", role="ông ấy"), Topic.ROLE, "vai trò không có: “ông ấy”"),
        (step("a", unit="H99"), Topic.ROLE, "đơn vị không có: “H99”"),
        (step("a", None, counted=True), Topic.LIMIT, "chưa có thời hạn"),
        (step("a", "8", counted=False), Topic.LIMIT, "vừa có thời hạn, vừa không tính"),
    ],
)
def test_a_step_without_its_due_is_an_error(node: Node, topic: Topic, message: str) -> None:
    found = check(line(node), [announced("5 ngày làm việc")], CLOCK, units={"H14"})
    [error] = [each for each in found if each.severity is Severity.ERROR]
    assert (error.topic, error.node) == (topic, "a")
    assert message in error.message


def test_time_said_not_to_count_is_no_error() -> None:
    [found] = check(line(step("a"), step("b", None)), [announced("1 ngày làm việc")], CLOCK)
    assert (found.severity, found.topic, found.node) == (Severity.WARNING, Topic.LIMIT, "b")


# The announced term


def test_the_longest_way_must_fit_the_announced_term() -> None:
    process = line(step("a"), step("b", "8.5"))
    assert about_term(process, "3 ngày làm việc") == []
    [(severity, message)] = about_term(process, "2 ngày làm việc")
    assert severity is Severity.ERROR
    assert message == "Đường dài nhất cần 16,5 giờ làm việc, thời hạn 2 ngày làm việc chỉ có 16 (Trực tiếp)"


def test_channels_of_one_term_are_told_together() -> None:
    both = [
        announced("4 giờ", "Trực tiếp"),
        announced("4 giờ", "Trực tuyến"),
        announced("4 ngày", "Bưu chính"),
    ]
    [(_, message)] = about_term(line(step("a")), *both)
    assert message.endswith("(Trực tiếp, Trực tuyến)")


def test_of_several_cases_only_the_longest_must_hold_the_longest_way() -> None:
    cases = [
        announced("1 ngày làm việc", case="Đơn giản"),
        announced("3 ngày làm việc", case="Phải xác minh"),
    ]
    process = line(step("a"), step("b"))
    [(severity, message)] = about_term(process, *cases)
    assert severity is Severity.WARNING
    assert message.endswith("(Trực tiếp, Đơn giản)")
    assert [s for s, _ in about_term(line(*map(step, "abcd")), *cases)] == [Severity.WARNING, Severity.ERROR]


def test_days_of_the_calendar_hold_more_or_fewer_hours() -> None:
    """Ten days hold six to eight working days: what is between depends on the day of acceptance."""
    assert hours_in(TimeLimit.parse("10 ngày"), CLOCK) == (48, 64)
    assert about_term(line(*map(step, "abcdef")), "10 ngày") == []
    [(severity, message)] = about_term(line(*map(step, "abcdefg")), "10 ngày")
    assert severity is Severity.WARNING
    assert message.endswith("tùy ngày tiếp nhận có từ 48 đến 64 giờ (Trực tiếp)")
    [(severity, _)] = about_term(line(*map(step, "abcdefghi")), "10 ngày")
    assert severity is Severity.ERROR


def test_a_term_nobody_could_read_cannot_be_compared() -> None:
    unread = Announced("Trực tiếp", "", "theo quy định", None)
    [(severity, message)] = about_term(line(step("a")), unread, replace(unread, channel="Trực tuyến"))
    assert (severity, message) == (
        Severity.WARNING,
        "Thời hạn công bố “theo quy định” không có số và đơn vị nên không so được",
    )


def test_no_announced_term_is_told() -> None:
    [(severity, _)] = about_term(line(step("a")))
    assert severity is Severity.WARNING


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("2,5 ngày làm việc", "20", "20"),
        ("4 giờ làm việc", "4", "4"),
        ("6 giờ", "6", "6"),
        ("90 phút", "1.5", "1.5"),
        ("0,5 ngày", "4", "4"),
        ("1 ngày", "8", "8"),
        ("7 ngày", "40", "40"),
        ("1,5 ngày", "8", "16"),
    ],
)
def test_a_term_in_working_hours(text: str, least: str, most: str) -> None:
    assert hours_in(TimeLimit.parse(text), CLOCK) == (Decimal(least), Decimal(most))


def test_a_month_has_from_28_to_31_days() -> None:
    least, most = hours_in(TimeLimit.parse("1 tháng"), CLOCK)
    assert least == hours_in(TimeLimit.parse("28 ngày"), CLOCK)[0]
    assert most == max(hours_in(TimeLimit(Decimal(days), Unit.DAYS), CLOCK)[1] for days in range(28, 32))


def test_bare_hours_by_the_clock_may_hold_no_working_hour() -> None:
    by_the_clock = replace(CLOCK, plain_hours=terms.PlainHours.CLOCK)
    assert hours_in(TimeLimit.parse("6 giờ"), by_the_clock) == (0, 6)


@pytest.mark.parametrize("days", [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30])
def test_the_bounds_are_those_of_the_clock(days: int) -> None:
    """Lay the term on every acceptance of seven weeks without a holiday, and count what it holds."""
    calendar, limit = Calendar(), TimeLimit(Decimal(days), Unit.DAYS)
    held = set()
    for accepted in (DAY + timedelta(days=n) for n in range(49)):
        if calendar.is_working(accepted):
            start = datetime(accepted.year, accepted.month, accepted.day, 9, tzinfo=TZ)
            due = terms.due(start, limit, calendar, CLOCK)
            held.add(calendar.working_minutes(calendar.close(accepted), due))
    least, most = hours_in(limit, CLOCK)
    assert (min(held), max(held)) == (least * 60, most * 60)


# Before and after


def names(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes]


def test_the_same_process_does_not_change() -> None:
    same = compare(cast.parallel_process(), cast.parallel_process())
    assert same == Comparison(same.before, same.before, (), (), (), ())


def test_a_step_taken_out_shifts_numbers_and_nothing_else() -> None:
    old = line(step("b1"), step("b2"), step("b3"))
    new = line(step("b1"), replace(step("b3"), id="b2"))
    change = compare(old, new)
    assert (names(change.removed), change.added, change.moved, change.changed) == (["Việc b2"], (), (), ())


def test_a_reworded_step_is_the_same_step() -> None:
    old, new = (
        line(step("a"), step("b")),
        line(step("a"), replace(step("b"), name="Khác hẳn", hours=Decimal(4))),
    )
    change = compare(old, new)
    assert [(before.id, after.name) for before, after in change.changed] == [("b", "Khác hẳn")]
    assert (change.added, change.removed) == ((), ())


def test_a_step_done_earlier_has_moved_alone() -> None:
    change = compare(line(*map(step, "abcde")), line(*map(step, "adbce")))
    assert names(change.moved) == ["Việc d"]


def test_doing_at_once_what_was_done_in_turn_moves_nothing_and_saves_the_shorter_branch() -> None:
    old = line(step("a"), step("c", "12"), step("b"), step("d"))
    gates = [Node("s", Kind.START), Node("+", Kind.SPLIT), Node("&", Kind.JOIN), Node("e", Kind.END)]
    flows = [("s", "a"), ("a", "+"), ("+", "b"), ("+", "c"), ("b", "&"), ("c", "&"), ("&", "d"), ("d", "e")]
    new = Process.of([*gates, *old.steps], flows)
    change = compare(old, new)
    assert change.moved == change.changed == ()
    assert (change.before.longest, change.after.longest) == (36, 28)
    assert change.before.sequential == change.after.sequential == 36


def test_units_tiers_and_hand_overs_are_counted() -> None:
    process = line(
        step("a", role="reception"),
        step("b"),
        step("c"),
        step("d", unit="S1"),
        step("e", unit="S2"),
        step("f"),
    )
    size = measure(process, {"": "sở", "S1": "sở", "S2": "tỉnh"})
    assert (size.steps, size.units, size.tiers, size.hand_overs) == (6, 3, 2, 4)
    assert measure(process).tiers == 3


def test_steps_without_a_limit_are_counted_apart() -> None:
    size = measure(line(step("a"), step("b", None), step("c", None, counted=True)))
    assert (size.uncounted, size.missing, size.longest) == (1, 1, 8)


def test_a_process_that_does_not_run_has_no_sequential_time() -> None:
    broken = Process.of([Node("s", Kind.START), step("a")], [("s", "a")])
    assert sequential_hours(broken) is None


@given(processes(loops=False))
def test_one_after_another_is_the_longest_of_all_runs(process: Process) -> None:
    def spent(marking, hours: Decimal = Decimal(0)) -> Decimal:
        if not marking.steps:
            return hours
        first = marking.steps[-1]
        moves = [move for move in completions(process, marking) if move[0] == first]
        taken = process.nodes[first].hours or Decimal(0)
        return max(spent(complete(process, marking, *move), hours + taken) for move in moves)

    assert sequential_hours(process) == spent(begin(process)) >= longest_path_hours(process)


@given(processes(), processes())
def test_what_was_added_and_removed_makes_up_the_difference(old: Process, new: Process) -> None:
    change = compare(old, new)
    kept = len(old.steps) - len(change.removed)
    assert kept + len(change.added) == len(new.steps)
    assert len(change.moved) <= kept
    back = compare(new, old)
    assert (len(back.added), len(back.removed)) == (len(change.removed), len(change.added))


# In the catalogue


@pytest.fixture
def everybody(db: None) -> cast.Cast:
    return cast.gather()


def file_of(process: Process, path: Path, **about: str) -> Path:
    path.write_bytes(bpmn.write(process, bpmn.About(**{"code": "1.000001", "decision": "2/QĐ", **about})))
    return path


def drafted(everybody: cast.Cast, process: Process, **about: object) -> ProcessVersion:
    told = {"code": "1.000001", "name": "", "decision": "2/QĐ", "issuer": "", "unit": "", **about}
    by = everybody.officers.controller if "by" not in about else told.pop("by")
    before = told.pop("before", None)
    draft = ProcessDraft(1, definition=process.as_data(), **told)
    return acts.draft_process(draft, before=before, by=by, at=AT)


FIVE_DAYS = line(step("a", "30"), step("b", "10"))
TOO_LONG = line(step("a", "30"), step("b", "10.5"))


def test_a_process_longer_than_its_term_is_not_published(everybody: cast.Cast) -> None:
    draft = drafted(everybody, TOO_LONG)
    with pytest.raises(Refused, match="40,5 giờ làm việc, thời hạn 5 ngày làm việc chỉ có 40"):
        acts.publish_process(draft, by=None, at=AT)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    acts.publish_process(drafted(everybody, FIVE_DAYS, before=draft), by=None, at=AT)
    assert ProcessVersion.objects.get(pk=draft.pk).status == Status.PUBLISHED


@pytest.mark.parametrize(
    "wrong", [step("a", unit="H99"), step("a", role="x"), step("a", role=""), step("a", None, counted=True)]
)
def test_a_process_with_a_step_that_is_nobodys_or_timeless_is_not_published(
    everybody: cast.Cast, wrong: Node
) -> None:
    with pytest.raises(Refused, match="Việc a"):
        publishing.process(drafted(everybody, line(wrong)))


def test_a_saved_draft_takes_the_place_of_the_draft_and_follows_the_published(everybody: cast.Cast) -> None:
    first = drafted(everybody, TOO_LONG, before=everybody.process)
    assert (first.number, first.status) == (2, Status.DRAFT)
    again = drafted(everybody, FIVE_DAYS, before=first, decision="3/QĐ", name="Sửa")
    assert (again.pk, again.decision, again.name) == (first.pk, "3/QĐ", "Sửa")
    assert Process.from_data(again.definition) == FIVE_DAYS
    everybody.process.refresh_from_db()
    assert everybody.process.status == Status.PUBLISHED


def test_a_draft_needs_the_power_and_a_procedure_and_never_changes_owner(everybody: cast.Cast) -> None:
    with pytest.raises(Refused, match="thẩm quyền"):
        drafted(everybody, FIVE_DAYS, by=everybody.officers.handler)
    with pytest.raises(Refused, match=r"1\.999999"):
        drafted(everybody, FIVE_DAYS, code="1.999999")
    with pytest.raises(Refused, match="đơn vị"):
        drafted(everybody, FIVE_DAYS, unit="H99")
    with pytest.raises(Refused, match="cùng đơn vị"):
        drafted(everybody, FIVE_DAYS, unit="04.05", before=everybody.process)
    assert ProcessVersion.objects.count() == 1


def test_a_drawn_process_is_imported_with_what_could_not_be_kept(everybody: cast.Cast) -> None:
    sample = Path(__file__).parents[1] / "samples/processes/other-tool.bpmn"
    refused = acts.import_processes(sample, by=None, at=AT)
    assert (refused.read, refused.refused, refused.added) == (1, 1, 0)
    report = acts.import_processes(
        sample, by=None, at=AT, given={"code": "1.000001", "decision": "4/QĐ"}, publish=True
    )
    assert (report.added, report.refused, report.published) == (1, 0, 0)
    assert Finding.objects.filter(field="quy_trinh", kept__contains="tham").exists()
    assert "chưa có thời hạn" in " ".join(Finding.objects.values_list("kept", flat=True))
    draft = ProcessVersion.objects.get(status=Status.DRAFT)
    assert (draft.name, len(Process.from_data(draft.definition).steps)) == ("Cấp phép mẫu", 3)


def test_an_exported_process_is_imported_and_published_as_it_was(
    everybody: cast.Cast, tmp_path: Path
) -> None:
    path = file_of(FIVE_DAYS, tmp_path / "a.bpmn")
    report = acts.import_processes(path, by=None, at=AT, publish=True)
    assert (report.added, report.published, report.found) == (1, 1, [])
    again = acts.import_processes(path, by=None, at=AT)
    assert (again.unchanged, again.added) == (1, 0)
    newest = ProcessVersion.objects.order_by("number").last()
    read = bpmn.read(drawing.drawn(newest))
    assert (read.process, read.about.code, read.about.decision) == (FIVE_DAYS, "1.000001", "2/QĐ")


def test_a_file_that_is_no_drawing_is_refused(everybody: cast.Cast, tmp_path: Path) -> None:
    (tmp_path / "x.bpmn").write_text("<a/>")
    with pytest.raises(acts.WrongFile, match="BPMN"):
        acts.import_processes(tmp_path / "x.bpmn", by=None, at=AT)
    with pytest.raises(acts.WrongFile, match="không mở được"):
        acts.import_processes(tmp_path / "y.bpmn", by=None, at=AT)


def test_the_tier_of_a_unit_is_its_kind(everybody: cast.Cast) -> None:
    old = line(step("a", unit="01273"), step("b", unit="04.05"), step("c", unit="04"))
    change = drawing.changed(old, line(step("a", unit="04.05")))
    assert (change.before.units, change.before.tiers, change.after.tiers) == (3, 3, 1)
    assert "Sở Mẫu".encode() in drawing.drawn(drafted(everybody, old))


# The command


def told(*words: object, capsys: pytest.CaptureFixture[str]) -> SimpleNamespace:
    code = 0
    try:
        call_command("process", *map(str, words))
    except SystemExit as left:
        code = int(left.code or 0)
    return SimpleNamespace(code=code, text=" ".join(capsys.readouterr().out.split()))


def test_the_command_exports_imports_checks_and_compares(
    everybody: cast.Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported, changed = tmp_path / "a.bpmn", tmp_path / "b.bpmn"
    assert told("export", "1.000001", "--to", exported, capsys=capsys).code == 0
    assert bpmn.read(exported.read_bytes()).process == cast.parallel_process()
    file_of(TOO_LONG, changed)
    done = told("import", changed, "--at", "2026-11-02T09:00", "--decision", "9/QĐ", capsys=capsys)
    assert (done.code, "thêm 1" in done.text) == (0, True)
    assert ProcessVersion.objects.get(number=2).decision == "9/QĐ"
    wrong = told("check", "1.000001@2", capsys=capsys)
    assert (wrong.code, "Phải sửa" in wrong.text) == (1, True)
    assert told("check", changed, capsys=capsys).code == 0
    difference = told("diff", "1.000001@1", changed, capsys=capsys)
    assert difference.code == 0
    for words in ("Số bước │ 7 │ 2", "40,5", "Thêm | Việc a", "Bỏ | Tiếp nhận, chuyển hồ sơ"):
        assert words in difference.text


def test_a_dry_run_of_the_command_writes_nothing(
    everybody: cast.Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told("import", file_of(FIVE_DAYS, tmp_path / "a.bpmn"), "--dry-run", capsys=capsys).code == 0
    assert ProcessVersion.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        ["export", "1.999999", "--to", "x.bpmn"],
        ["check", "1.000001@7"],
        ["check", "nowhere.bpmn"],
        ["diff", "1.000001", "nowhere.bpmn"],
        ["import", "nowhere.bpmn"],
        ["import", "nowhere.bpmn", "--at", "hôm qua"],
        ["fly"],
        [],
    ],
)
def test_the_command_refuses_in_one_line(everybody: cast.Cast, words: list[str]) -> None:
    with pytest.raises(CommandError) as wrong:
        call_command("process", *words)
    assert len(str(wrong.value).splitlines()) == 1


# The decisions of Cao Bằng, held against the catalogue of July 2026


def from_draft(term: TermDraft) -> Announced:
    limit = TimeLimit(term.amount, Unit(term.unit)) if term.amount and term.unit else None
    return Announced(str(Channel(term.channel).label), term.case, term.text, limit)


@pytest.mark.real
@pytest.mark.skipif(not DATA.exists(), reason=f"real data absent: {DATA}")
def test_the_decisions_show_what_keeps_them_from_being_published() -> None:
    known = {read.draft.code: read.draft for read in files.catalogue(DATA / "catalogue/procedures.jsonl.gz")}
    kinds: Counter[tuple[str, str]] = Counter()
    stopped = 0
    for read in steps.processes(DATA / "processes/cao-bang-steps.csv"):
        procedure = known.get(read.draft.code)
        process = Process.from_data(read.draft.definition)
        found = check(process, list(map(from_draft, procedure.terms)) if procedure else [], CLOCK)
        kinds.update((each.topic.value, each.severity.value) for each in found)
        stopped += any(each.severity is Severity.ERROR for each in found)
        unread = {note.row for note in read.found if note.field in ("thoi_gian", "trach_nhiem")}
        wrong = [each for each in found if each.topic in (Topic.ROLE, Topic.LIMIT)]
        assert unread or all(each.severity is Severity.WARNING for each in wrong)
    print(f"\n{stopped} of 53 processes cannot be published yet: {dict(kinds)}")
    assert kinds["flow", "error"] == 0
    assert kinds["role", "error"] == 72
    assert kinds["limit", "error"] == 62
    assert kinds["limit", "warning"] == 44
    assert kinds["term", "error"] == 3
    assert stopped == 23


def test_role_names_of_lanes_are_those_of_roles() -> None:
    assert diagrams.role_of_lane("Lãnh đạo ký duyệt") == "signer"

"""A round of the index played through its acts: who may do what when, points and places, lost points made into work."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from motcua.journal import log
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.par import BadAnswer
from motcua.law.par_round import ORDER, Stage
from motcua.people.models import Officer, Role, UnitKind
from motcua.steering import acts as steering
from motcua.steering import measures
from motcua.steering.acts import giving
from motcua.steering.models import Task
from motcua.steering.par import acts, queries
from motcua.steering.par.acts import Correction, Given, Table
from motcua.steering.par.models import CriteriaTable, ParRound, ParSheet
from tests.cast import MONDAY, Cast, gather, officer

LINES: list[dict[str, Any]] = [
    {
        "code": "1",
        "name": "Chỉ đạo, điều hành",
        "max": "60",
        "parts": [
            {"code": "1.1", "name": "Kế hoạch", "max": "40", "rule": {"kind": "share_from", "floor": 80}},
            {"code": "1.2", "name": "Báo cáo", "max": "20", "rule": {"kind": "yes_no"}, "owner": "Sở Mẫu"},
        ],
    },
    {
        "code": "2",
        "name": "Hài lòng",
        "max": "40",
        "rule": {"kind": "survey", "weights": {"A": 100, "B": 50}},
    },
]
CLOSES = {stage: date(2026, 11, 10) + timedelta(days=10 * n) for n, stage in enumerate(ORDER[1:-1])}
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()


@pytest.fixture
def head(cast: Cast) -> Officer:
    return officer(Role.HEAD, cast.commune, "chu-tich-xa")


def entered(cast: Cast, **other: Any) -> CriteriaTable:
    told = {"name": "Bộ tiêu chí xã", "decision": "01/QĐ-UBND", "decided_on": date(2026, 1, 5)}
    new = Table(**{**told, "kind": UnitKind.COMMUNE, "lines": LINES, **other})
    return acts.enter_table(new, by=cast.officers.controller, at=MONDAY)


def begun(cast: Cast, to: Stage = Stage.SELF) -> tuple[ParRound, ParSheet]:
    by = cast.officers.controller
    made = acts.open_round(entered(cast), year=2026, units=[cast.commune], closes=CLOSES, by=by, at=MONDAY)
    move(cast, made, to)
    return made, queries.sheet_for(made, cast.commune.code)


def move(cast: Cast, round_: ParRound, to: Stage) -> None:
    for stage in ORDER[ORDER.index(Stage(round_.stage)) + 1 : ORDER.index(to) + 1]:
        acts.advance(round_, to=stage, decision="99/QĐ-UBND", by=cast.officers.controller, at=LATER)


def declared(sheet: ParSheet, head: Officer, at: datetime = LATER) -> None:
    acts.declare(sheet, criterion="1.1", given=Given(n="9", d="10", evidence="BC 5"), by=head, at=at)
    acts.declare(sheet, criterion="1.2", given=Given("no"), by=head, at=at)


def test_a_round_goes_from_self_scoring_to_publication_and_work(cast: Cast, head: Officer) -> None:
    round_, sheet = begun(cast)
    steers = cast.officers.controller
    declared(sheet, head)
    acts.submit(sheet, by=head, at=LATER)
    move(cast, round_, Stage.REVIEW)
    acts.review(sheet, criterion="1.1", points="30", reason="Thiếu sản phẩm", by=steers, at=LATER)
    move(cast, round_, Stage.EXPLAIN)
    acts.explain(sheet, criterion="1.1", text="Đã bổ sung báo cáo 7", by=head, at=LATER)
    move(cast, round_, Stage.SECOND)
    acts.review(sheet, criterion="1.1", points="34.5", reason="Chấp nhận một phần", by=steers, at=LATER)
    move(cast, round_, Stage.COUNCIL)
    acts.settle(sheet, criterion="2", points="35", reason="Kết quả điều tra", by=steers, at=LATER)
    move(cast, round_, Stage.PUBLISHED)

    sheet.refresh_from_db()
    assert (sheet.points, sheet.max, sheet.percent) == (Decimal("69.5"), 100, Decimal("69.50"))
    (standing,) = queries.standings(round_)
    assert (standing.place, standing.group) == (1, "D")
    assert [(loss.criterion.code, loss.lost) for loss in queries.losses(round_)] == [
        ("1.2", 20),
        ("1.1", Decimal("5.5")),
        ("2", 5),
    ]
    line = Correction("1.2", "Gửi báo cáo đúng hạn", "Báo cáo", date(2027, 3, 1))
    (task,) = acts.correct(sheet, [line], giver=cast.province, by=steers, at=LATER)
    assert (task.lead, task.cause) == (cast.commune, f"{sheet.stream}#1.2")
    assert queries.corrections(sheet) == {"1.2": [task]}
    with pytest.raises(Refused, match="đang làm ở tiêu chí"):
        acts.correct(sheet, [line], giver=cast.province, by=steers, at=LATER)
    assert list(log.verify("cchc")) == []


def test_criteria_that_lost_as_much_stand_as_in_the_set_so_that_no_page_has_one_twice(cast: Cast) -> None:
    table, by = entered(cast, lines=LINES[::-1]), cast.officers.controller
    round_ = acts.open_round(table, year=2026, units=[cast.commune], closes=CLOSES, by=by, at=MONDAY)
    queries.sheet_for(round_, cast.commune.code).lines.update(points=0, lost=1)
    assert [loss.criterion.code for loss in queries.losses(round_)] == ["2", "1.1", "1.2"]


def test_the_rows_of_a_sheet_are_what_its_facts_say(cast: Cast, head: Officer) -> None:
    _, sheet = begun(cast)
    declared(sheet, head)
    sheet.refresh_from_db()
    result = queries.folded(sheet).result(sheet.round.table.criteria)
    assert (sheet.points, sheet.percent, sheet.lacking) == (36, result.percent, 1)
    for line in sheet.lines.all():
        points = result.criteria[line.criterion]
        assert (line.points, line.lost, line.applies) == (points.points, points.lost, points.applies)


def test_a_sheet_after_its_day_is_late_and_after_its_stage_it_is_locked(cast: Cast, head: Officer) -> None:
    round_, sheet = begun(cast)
    late = datetime(2026, 11, 11, 9, 0, tzinfo=TZ)
    declared(sheet, head, at=late)
    acts.submit(sheet, by=head, at=late)
    sheet.refresh_from_db()
    assert sheet.late
    with pytest.raises(Refused, match="đã nộp bản tự chấm"):
        declared(sheet, head, at=late)
    move(cast, round_, Stage.REVIEW)
    with pytest.raises(Refused, match="Đợt đang ở “Rà soát lần 1”"):
        declared(sheet, head, at=late)


def test_nobody_scores_for_another_or_reviews_his_own(cast: Cast, head: Officer) -> None:
    round_, sheet = begun(cast)
    stranger = cast.officers.head
    with pytest.raises(Refused, match="không kê khai cho Xã Mẫu"):
        declared(sheet, stranger)
    with pytest.raises(Refused, match="không nộp thay"):
        acts.submit(sheet, by=stranger, at=LATER)
    with pytest.raises(Refused, match="thẩm quyền"):
        acts.declare(sheet, criterion="2", given=Given(votes={"A": 1}), by=head, at=LATER)
    move(cast, round_, Stage.REVIEW)
    for by in (head, stranger):
        with pytest.raises(Refused, match=r"không rà soát tiêu chí 1\.1"):
            acts.review(sheet, criterion="1.1", points="1", reason="x", by=by, at=LATER)
    acts.review(sheet, criterion="1.2", points="20", reason="Sở chủ trì đã nhận", by=stranger, at=LATER)


def test_other_points_than_before_take_a_reason(cast: Cast, head: Officer) -> None:
    round_, sheet = begun(cast)
    declared(sheet, head)
    move(cast, round_, Stage.REVIEW)
    steers = cast.officers.controller
    with pytest.raises(Refused, match="phải ghi lý do"):
        acts.review(sheet, criterion="1.1", points="30", reason=" ", by=steers, at=LATER)
    acts.review(sheet, criterion="1.1", points="36", reason="", by=steers, at=LATER)


def test_stages_are_not_jumped_and_publishing_names_its_decision(cast: Cast) -> None:
    round_, _ = begun(cast)
    by = cast.officers.controller
    with pytest.raises(Refused, match="hãy xem lại"):
        acts.advance(round_, to=Stage.EXPLAIN, by=by, at=LATER)
    move(cast, round_, Stage.COUNCIL)
    with pytest.raises(Refused, match="số quyết định"):
        acts.advance(round_, to=Stage.PUBLISHED, by=by, at=LATER)


def test_a_set_that_contradicts_itself_is_not_entered_and_the_same_one_is_entered_once(cast: Cast) -> None:
    with pytest.raises(Refused, match="cộng lại 60 điểm, không phải 100"):
        entered(cast, lines=LINES[:1])
    assert entered(cast) == entered(cast)
    assert CriteriaTable.objects.count() == 1


def test_a_set_once_entered_is_refused_any_change_by_the_database(cast: Cast) -> None:
    table = entered(cast)
    with (
        pytest.raises(IntegrityError, match="was entered"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE steering_criteriatable SET total = 90 WHERE id = %s", [table.pk])


def test_an_answer_of_another_kind_leaves_nothing_behind(cast: Cast, head: Officer) -> None:
    _, sheet = begun(cast)
    with pytest.raises(BadAnswer, match="chọn Có, Không"):
        acts.declare(sheet, criterion="1.2", given=Given(n="1"), by=head, at=LATER)
    assert log.history(sheet.stream) == []


def test_a_year_has_one_round_of_a_set_and_its_days_follow_each_other(cast: Cast) -> None:
    round_, _ = begun(cast)
    told = {"year": 2026, "units": [cast.commune], "by": cast.officers.controller, "at": MONDAY}
    with pytest.raises(Refused, match="Đã có đợt chấm điểm năm 2026"):
        acts.open_round(round_.table, closes=CLOSES, **told)
    backwards = {**CLOSES, Stage.COUNCIL: date(2026, 1, 1)}
    with pytest.raises(Refused, match="phải theo thứ tự"):
        acts.open_round(round_.table, closes=backwards, **told)


def test_votes_of_a_survey_keep_no_unit_from_submitting_and_may_come_after(cast: Cast, head: Officer) -> None:
    _, sheet = begun(cast)
    votes = Given(votes={"A": 1, "B": 1})
    acts.declare(sheet, criterion="2", given=votes, by=cast.officers.controller, at=LATER)
    for criterion, given in (("1.1", Given(n="9", d="10", evidence="BC 1")), ("1.2", Given("no"))):
        acts.declare(sheet, criterion=criterion, given=given, by=head, at=LATER)
    acts.submit(sheet, by=head, at=LATER)
    again = Given(votes={"A": 2, "B": 0})
    acts.declare(sheet, criterion="2", given=again, by=cast.officers.controller, at=LATER)
    assert queries.folded(sheet).line("2").declared.votes == {"A": 2, "B": 0}  # type: ignore[union-attr]
    with pytest.raises(Refused, match="đã nộp"):
        acts.declare(sheet, criterion="1.2", given=Given("no"), by=head, at=LATER)


COUNTED: list[dict[str, Any]] = [
    {
        "code": "1",
        "name": "Kế hoạch",
        "max": "60",
        "rule": {"kind": "share"},
        "measure": "tasks:done",
    },
    {
        "code": "2",
        "name": "Sáng kiến",
        "max": "40",
        "rule": {"kind": "count", "each": "20"},
        "measure": "books:sang-kien/cong-nhan",
    },
]


def given_tasks(cast: Cast, accepted: int, of: int) -> None:
    """Tasks of the commune from the province, some of them done."""
    chief = officer(Role.HEAD, cast.province, "chu-tich")
    who = officer(Role.HANDLER, cast.commune, "chuyen-vien-xa")
    lines = [
        giving.Assignment(title=f"Việc {n}", product="Báo cáo", leads=[cast.commune], due=date(2026, 11, 20))
        for n in range(of)
    ]
    for task in giving.give_tasks(lines, giver=cast.province, by=chief, at=MONDAY)[:accepted]:
        file = steering.attach_file(task.stream, name="a.pdf", content=b"%PDF-1.7 x", by=who, at=MONDAY)
        said = {"product": "Báo cáo", "number": "", "product_on": MONDAY.date(), "result": ""}
        steering.report_task(task, **said, files=[file], by=who, at=MONDAY)
        steering.accept_task(task, by=chief, at=MONDAY)


def counting(cast: Cast) -> ParSheet:
    table, by = entered(cast, lines=COUNTED), cast.officers.controller
    made = acts.open_round(table, year=2026, units=[cast.commune], closes=CLOSES, by=by, at=MONDAY)
    move(cast, made, Stage.SELF)
    return queries.sheet_for(made, cast.commune.code)


def test_what_the_system_counts_is_taken_whole_and_kept_as_it_was(cast: Cast, head: Officer) -> None:
    given_tasks(cast, accepted=3, of=4)
    sheet = counting(cast)
    assert acts.declare_counted(sheet, by=head, at=LATER) == 2
    plan, ideas = (queries.folded(sheet).line(code) for code in ("1", "2"))
    assert plan.declared is not None and ideas.declared is not None  # noqa: PT018
    assert (plan.declared.n, plan.declared.d, plan.declared.computed) == ("3", "4", True)
    assert plan.own is not None and plan.own.points == 45  # noqa: PT018
    assert plan.declared.measured["on"] == "2026-11-03"
    assert "don_vi=" in plan.declared.measured["url"]
    assert (ideas.declared.n, ideas.declared.d) == ("0", "")
    with pytest.raises(Refused, match="Không còn tiêu chí"):
        acts.declare_counted(sheet, by=head, at=LATER)
    Task.objects.update(state="cancelled")
    again = queries.folded(sheet).line("1").declared
    assert again is not None and again.measured["n"] == "3"  # noqa: PT018
    acts.submit(sheet, by=head, at=LATER)  # a figure of the system proves itself


def test_another_figure_than_the_system_counted_needs_its_reason(cast: Cast, head: Officer) -> None:
    given_tasks(cast, accepted=1, of=2)
    sheet = counting(cast)
    other = Given(n="2", d="2", evidence="BC 1")
    with pytest.raises(Refused, match="khác số liệu hệ thống thì phải ghi lý do"):
        acts.declare(sheet, criterion="1", given=other, by=head, at=LATER)
    with pytest.raises(Refused, match="phải ghi lý do"):
        acts.declare(sheet, criterion="1", given=Given("na"), by=head, at=LATER)
    why = Given(n="2", d="2", evidence="BC 1", why="Một việc chờ xác nhận")
    acts.declare(sheet, criterion="1", given=why, by=head, at=LATER)
    told = queries.folded(sheet).line("1").declared
    assert told is not None
    assert (told.computed, told.measured["n"], told.measured["d"]) == (False, "1", "2")
    assert told.why == "Một việc chờ xác nhận"


def test_figures_of_a_round_stand_still_after_the_day_of_self_scoring(cast: Cast) -> None:
    round_, _ = begun(cast)
    closed = datetime(2026, 11, 10, 23, 59, 59, 999999, tzinfo=TZ)
    assert queries.counted_at(round_, datetime(2027, 3, 1, 9, 0, tzinfo=TZ)) == closed
    assert queries.counted_at(round_, LATER) == LATER


def test_a_measure_the_system_does_not_have_is_refused_with_the_set(cast: Cast) -> None:
    wrong = [{**COUNTED[0], "measure": "tasks:dreamt"}, COUNTED[1]]
    with pytest.raises(Refused, match="không có số liệu “tasks:dreamt”"):
        entered(cast, lines=wrong)


def test_every_measure_offered_is_counted_for_a_unit_and_for_the_province(cast: Cast) -> None:
    names = [name for name, _ in measures.offered(LATER.date())]
    assert len(names) > 60
    for unit in (cast.province, cast.commune):
        system = measures.Measured(unit, 2026, LATER)
        for name in [*names, "others:HS_DUNG_HAN@commune"]:
            assert measures.known(name, LATER.date())
            told = system.actual(name)
            assert told.origin
            assert told.value is None or told.url or told.declared
    assert not measures.known("index:total@commune", LATER.date())

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

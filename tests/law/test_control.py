"""The gates of a draft regulation: what shuts each, under which article, and what a draft adds and removes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from motcua.law import control, effect, held, packs
from motcua.law.calendar import TZ, Calendar
from motcua.law.control import (
    PARTS,
    Answer,
    Assessment,
    Change,
    Draft,
    Drafted,
    Gate,
    Opinion,
    Position,
    Stage,
)
from motcua.law.limits import TimeLimit

DAY = date(2026, 11, 2)
CASES = yaml.safe_load((Path(__file__).parent / "cases/control.yaml").read_text(encoding="utf-8"))
ABSENT = frozenset({"forms", "results", "conditions", "fees"})
ALWAYS = frozenset(PARTS) - ABSENT
GOOD = Answer(True, True, True, "Đã rà soát.")
ASSESSED = Assessment(
    needed=True,
    needed_why="Quản lý cần.",
    parts=dict.fromkeys(ALWAYS, GOOD),
    management=True,
    management_why="Có.",
    convenience=True,
    convenience_why="Nhanh hơn.",
    cheapest=True,
    cost_before=900,
    cost_after=400,
)
NEW = Drafted("Cấp giấy mẫu", Change.NEW, ALWAYS, ABSENT, tuple(PARTS), ("Đơn",), ASSESSED)
DRAFT = Draft("decision", DAY, "delegated", "Điều 3", (NEW,))
AGREED = Opinion(Position.AGREED)


def gate(draft: Draft, code: str) -> Gate:
    return next(one for one in control.gates(draft) if one.code == code)


def of(**changes: Any) -> Draft:
    """The draft whose one procedure differs in something."""
    return replace(DRAFT, procedures=(replace(NEW, **changes),))


def assessed(**changes: Any) -> Draft:
    return of(assessment=replace(ASSESSED, **changes))


@pytest.mark.parametrize("case", CASES["authority"], ids=lambda case: case["name"])
def test_the_day_of_the_document_chooses_its_grounds(case: dict[str, Any]) -> None:
    draft = replace(DRAFT, kind=case["kind"], day=case["day"], ground=case["ground"])
    found = gate(draft, "authority")
    assert found.open is case["open"]
    assert found.blocks
    assert found.source


def test_a_shut_gate_names_the_grounds_that_would_do_and_the_article() -> None:
    found = gate(replace(DRAFT, ground="law"), "authority")
    assert "Thực hiện nhiệm vụ được phân cấp" in found.missing[0]
    assert "02/11/2026" in found.missing[0]
    assert found.source == "Nghị định 78/2025/NĐ-CP, Đ.5"


def test_a_ground_without_its_clause_is_no_ground() -> None:
    assert gate(replace(DRAFT, clause=" "), "authority").missing == (
        "chưa ghi điều, khoản của văn bản giao quyền",
    )


def test_grounds_of_the_old_law_are_marked_unverified() -> None:
    old = gate(replace(DRAFT, day=date(2024, 1, 2), ground="law"), "authority")
    assert "[chưa xác minh]" in old.source
    assert "[chưa xác minh]" not in gate(DRAFT, "authority").source


@pytest.mark.parametrize("part", sorted(ALWAYS))
def test_each_mandatory_part_that_is_missing_shuts_the_gate(part: str) -> None:
    found = gate(of(filled=ALWAYS - {part}), "parts")
    assert found.missing == (f"Cấp giấy mẫu: thiếu {PARTS[part].lower()}",)
    assert "Đ.8.2" in found.source


@pytest.mark.parametrize("part", sorted(ABSENT))
def test_a_conditional_part_is_missing_until_it_is_filled_or_said_not_to_be(part: str) -> None:
    assert not gate(of(absent=ABSENT - {part}), "parts").open
    assert gate(of(absent=ABSENT - {part}, filled=ALWAYS | {part}), "parts").open


def test_a_procedure_to_be_abolished_needs_no_parts_but_its_two_needs_and_its_cost() -> None:
    draft = of(change=Change.ABOLISHED, filled=frozenset(), assessment=replace(ASSESSED, parts={}))
    assert control.shut(draft, Stage.ASSESSMENT) == ()
    assert not gate(of(change=Change.ABOLISHED, assessment=None), "needs").open


def test_an_amended_procedure_is_assessed_in_what_the_draft_changes() -> None:
    told = replace(ASSESSED, parts={"terms": GOOD})
    amended = {"change": Change.AMENDED, "assessment": told}
    assert gate(of(regulated=("terms",), **amended), "impact").open
    assert gate(of(regulated=("terms", "fees"), absent=ABSENT - {"fees"}, **amended), "impact").missing == (
        "Cấp giấy mẫu: chưa trả lời đủ về phí, lệ phí",
    )


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (of(assessment=None), "chưa có bản đánh giá tác động"),
        (of(stale=True), "phải đánh giá lại"),
        (assessed(needed=None), "chưa trả lời sự cần thiết"),
        (assessed(needed_why=" "), "chưa trả lời sự cần thiết"),
        (assessed(parts={}), "chưa trả lời đủ về tên thủ tục"),
        (
            assessed(parts=ASSESSED.parts | {"title": replace(GOOD, reason="")}),
            "chưa nêu lý do về tên thủ tục",
        ),
        (assessed(cost_after=None), "chưa kê khai chi phí"),
        (assessed(cheapest=None), "chưa kê khai chi phí"),
    ],
)
def test_an_assessment_that_does_not_answer_all_shuts_the_gate(draft: Draft, said: str) -> None:
    found = gate(draft, "impact")
    assert said in found.missing[0]
    assert found in control.shut(draft, Stage.ASSESSMENT)
    assert found not in control.shut(draft, Stage.DRAFTING)


def test_not_necessary_stops_the_draft() -> None:
    draft = assessed(needed=False)
    assert control.stops(draft)
    assert "phải dừng" in gate(draft, "needed").missing[0]
    assert "TT 03/2022" in gate(draft, "needed").source or "03/2022" in gate(draft, "needed").source
    assert not control.stops(DRAFT)


@pytest.mark.parametrize(("name", "said"), list(control.CRITERIA.items()))
def test_a_part_that_fails_a_criterion_shuts_the_gate(name: str, said: str) -> None:
    draft = assessed(parts=ASSESSED.parts | {"terms": replace(GOOD, **{name: False})})
    assert f"không {said}" in gate(draft, "needed").missing[0]
    assert "thời hạn" in gate(draft, "needed").missing[0]


def test_both_needs_must_be_assessed_and_met() -> None:
    assert "chưa đánh giá yêu cầu quản lý" in gate(assessed(management_why=""), "needs").missing[0]
    assert "không đáp ứng sự thuận tiện" in gate(assessed(convenience=False), "needs").missing[0]


def test_a_paper_the_state_holds_warns_and_does_not_block() -> None:
    found = gate(of(papers=("Bản sao giấy khai sinh",)), "held")
    assert "Cơ sở dữ liệu hộ tịch điện tử" in found.missing[0]
    assert not found.blocks
    assert control.shut(of(papers=("Bản sao giấy khai sinh",)), Stage.ASSESSMENT) == ()


def test_a_paper_asked_for_only_where_data_are_missing_is_no_finding() -> None:
    known = packs.on("cleaning", DAY)["data_papers"]
    assert held.database_of("Giấy khai sinh", known)
    assert not held.database_of("Giấy khai sinh, nếu không khai thác được dữ liệu", known)


@pytest.mark.parametrize(("stage", "code"), [(Stage.OPINION, "opinion"), (Stage.APPRAISAL, "appraisal")])
@pytest.mark.parametrize(
    ("said", "is_open"),
    [
        (None, False),
        (AGREED, True),
        (Opinion(Position.REMARKS), False),
        (Opinion(Position.DISAGREED), False),
        (Opinion(Position.DISAGREED, answered=True), True),
    ],
)
def test_an_opinion_must_be_there_and_answered(
    stage: Stage, code: str, said: Opinion | None, is_open: bool
) -> None:
    draft = replace(replace(DRAFT, opinion=AGREED, appraisal=AGREED), **{code: said})  # type: ignore[arg-type]
    assert gate(draft, code).open is is_open
    assert (control.shut(draft, stage) == ()) is is_open


def test_a_whole_draft_passes_every_gate() -> None:
    draft = replace(DRAFT, opinion=AGREED, appraisal=AGREED)
    assert control.shut(draft, Stage.PROMULGATION) == ()
    assert [control.following(stage) for stage in control.PATH][-1] is Stage.PROMULGATED


def test_a_draft_without_a_procedure_goes_nowhere() -> None:
    assert gate(replace(DRAFT, procedures=()), "procedures").missing


def test_each_stage_has_its_term_in_working_days() -> None:
    friday = datetime(2026, 11, 6, 16, 0, tzinfo=TZ)
    assert control.due(Stage.OPINION, friday, Calendar(), DAY) == date(2026, 11, 11)
    assert control.due(Stage.PROMULGATED, friday, Calendar(), DAY) is None


def test_the_ledger_counts_procedures_papers_days_and_money() -> None:
    before = effect.Text(("Đơn", "Bản sao A", "Bản sao B"), TimeLimit.parse("10 ngày làm việc"))
    after = effect.Text(("đơn", "Bản sao  A"), TimeLimit.parse("7 ngày làm việc"))
    told = effect.of(Change.AMENDED, before, after, cost_before=900, cost_after=400)
    assert told == effect.Effect(papers_removed=1, days=Decimal(-3), money=-500)
    gone = effect.of(Change.ABOLISHED, before, effect.Text(), cost_before=900)
    assert gone == effect.Effect(procedures_removed=1, papers_removed=3, money=-900)
    born = effect.of(Change.NEW, effect.Text(), after, cost_after=400)
    assert born == effect.Effect(procedures_added=1, papers_added=2, money=400)
    whole = effect.total([told, gone, born])
    assert (whole.papers_added, whole.papers_removed, whole.money) == (2, 4, -1000)


def test_terms_in_different_units_are_not_subtracted() -> None:
    before = effect.Text((), TimeLimit.parse("10 ngày"))
    after = effect.Text((), TimeLimit.parse("7 ngày làm việc"))
    told = effect.of(Change.AMENDED, before, after)
    assert (told.days, told.uncounted) == (Decimal(0), 1)

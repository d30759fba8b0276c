"""Forms that count things one by one: drafts, decisions, remarks, plans, difficulties; and what is declared beside."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from motcua.catalogue.control.models import Draft, Opinion, Position
from motcua.catalogue.models import Programme, RegisterItem
from motcua.catalogue.remarks.models import Remark
from motcua.law import books, packs
from motcua.law.facts import Refused
from motcua.scores.declaring.files import Paper
from motcua.scores.reports import acts, counted, forms, items, pages, sheets
from motcua.scores.reports.models import DeclaredRow, SentReport
from motcua.scores.reports.sheets import Sheet
from motcua.scores.reports.spans import Reported
from motcua.steering.books import acts as keeping
from tests import drafts
from tests.acts import scores_world
from tests.acts.scores_world import moment
from tests.acts.test_announcing import AMENDED, NEW, issued
from tests.drafts import AT, Crew

pytestmark = pytest.mark.django_db
Q4, NEXT = Reported.parse("2026-Q4"), Reported.parse("2027-Q1")  # 15/09/2026 to 14/12/2026
LATER = moment("2026-12-20 09:00")
LONG_AFTER = moment("2027-03-20 09:00")
PAPER = Paper("12/BC-UBND ngày 18/12/2026")
PETITIONS = {3: 9, 4: 4, 5: 5, 6: 2, 7: 7, 8: 8, 9: 1, 10: 8}


@pytest.fixture
def crew() -> Crew:
    return drafts.gather()


def filled(code: str, crew: Crew, reported: Reported = Q4, *, unit: Any = None, at: Any = LATER) -> Sheet:
    """The form for a unit, else the province; every cell of it opens to exactly its items."""
    form, unit = forms.on(code, reported.last), unit or crew.cast.province
    sheet = sheets.fill(form, unit, reported, at)
    assert sheet.broken == []
    for row in sheet.rows if form.sources else ():
        for column in form.columns:
            if column.kind == forms.COUNT and row.declared is None:
                found, more = counted.behind(form, column.no, unit, row.where, reported, at)
                assert len(found) + more == (row.cells[column.no] or 0)
    return sheet


def test_every_source_a_form_names_is_there_and_every_declared_column_too() -> None:
    for code in forms.CODES:
        for value in packs.history("reports", f"form {code}"):
            form = forms.on(code, value.since)
            assert {items.source(name).label for name in form.sources} or not form.sources
            assert set(form.declared) <= {column.no for column in form.columns}
    assert set(settings.REPORT_SOURCES) == {"difficulties"}


def test_every_form_whose_layout_was_not_read_says_so() -> None:
    verified = {form.code for form in forms.every(Q4.last) if form.verified}
    assert verified == {"II.06a"}


def test_what_was_assessed_and_weighed_stands_with_the_agency_that_drafts_it(crew: Crew) -> None:
    crew.promulgated()
    told = filled("II.01", crew)
    assert told.whole.cells == {3: 1, 4: 1, 5: 0, 6: 0, 7: 1, 8: 1, 9: 0, 10: 0}
    assert [row.label for row in told.rows] == ["Tổng số", crew.cast.department.name]
    assert filled("II.02", crew).whole.cells == {3: 1, 4: 1, 5: 1, 6: 0, 7: 0}
    assert filled("II.02", crew, unit=crew.cast.department).whole.cells[4] == 1
    assert filled("II.01", crew, NEXT, at=LONG_AFTER).whole.cells[3] == 0


def test_the_last_opinion_of_the_period_says_where_a_draft_stands(crew: Crew) -> None:
    draft = crew.asking()
    crew.opined(draft, Position.REMARKS)
    assert filled("II.02", crew).whole.cells == {3: 1, 4: 1, 5: 0, 6: 1, 7: 0}


def test_an_opinion_written_down_after_the_end_counts_in_the_period_of_its_date(crew: Crew) -> None:
    crew.opined(crew.asking(), Position.REMARKS)
    Opinion.objects.update(at=moment("2026-12-16 09:00"))
    assert filled("II.02", crew).whole.cells[4] == 1
    assert filled("II.02", crew, NEXT, at=LONG_AFTER).whole.cells[4] == 0


def test_what_was_announced_is_told_apart_by_decision_regulation_and_procedure(crew: Crew) -> None:
    issued(AMENDED, NEW)
    told = filled("II.03", crew)
    assert told.whole.cells == {3: 1, 4: 1, 5: 2, 6: 1, 7: 1, 8: 0, 9: 0, 10: 2}
    assert told.rows[1].label == "Chủ tịch UBND tỉnh Cao Bằng"
    assert filled("II.03", crew, unit=crew.cast.department).whole.cells[3] == 0


def test_a_review_counts_when_its_regulation_is_made_and_when_its_plan_is_approved(crew: Crew) -> None:
    draft = crew.promulgated()
    assert filled("II.04", crew).whole.cells[3] == 0
    Draft.objects.filter(pk=draft.pk).update(origin="cut")
    programme = Programme.objects.create(register="noi-bo", code="a", name="Chương trình", document="1/QĐ")
    item = {"programme": programme, "agency": crew.cast.department.name, "planned_on": AT.date()}
    costs = {"cost_before": Decimal(40_000_000), "cost_after": Decimal(16_000_000)}
    RegisterItem.objects.create(code="1", title="Đơn giản", plan="simplify", **costs, **item)
    RegisterItem.objects.create(code="2", title="Không rõ chi phí", plan="abolish", **item)
    RegisterItem.objects.create(code="3", title="Giữ", plan="keep", **item)
    told = filled("II.04", crew)
    # 12 of 0 came to it in the regulation, 24 of 40 million went in the plan: 12 of 40 are saved.
    assert told.whole.cells == {3: 3, 4: 1, 5: 1, 6: 1, 7: 3000}
    groups = {row.label: row.cells for row in told.rows if row.kind == "group"}
    assert groups["Phương án được duyệt trong sổ theo dõi"][7] == 6000
    assert groups["Văn bản thực hiện kết quả rà soát"][7] is None
    assert groups["Rà soát ngoài hệ thống: chưa kê khai"][3] is None


def test_where_no_cost_is_known_no_share_is_told(crew: Crew) -> None:
    assert filled("II.04", crew).whole.cells == {3: 0, 4: 0, 5: 0, 6: 0, 7: None}


def remark(crew: Crew, sent: str, answered: str = "") -> None:
    version = crew.cast.version
    told = {"version": version, "part": "phi", "text": "Mức phí ghi khác nghị quyết", "sent_at": moment(sent)}
    settled = (
        {"state": "taken", "answer": "Đã sửa mức phí", "answered_at": moment(answered)} if answered else {}
    )
    Remark.objects.create(**told, **settled)


def difficulty(crew: Crew, made: str, field: str = "Thể chế", **more: str) -> None:
    book = books.books(Q4.last)["kho-khan"]
    values = {"content": "Quy định chồng chéo", "kind": "Vướng mắc", "field": field, **more}
    unit, by = crew.cast.department, crew.cast.officers.head
    keeping.make_entry(book, unit=unit, values=values, by=by, at=moment(made))


def test_recommendations_are_counted_from_remarks_and_the_book_by_when_they_came_and_were_answered(
    crew: Crew,
) -> None:
    remark(crew, "2026-09-01 09:00")
    remark(crew, "2026-09-02 09:00", answered="2026-09-14 23:59")
    remark(crew, "2026-10-01 09:00", answered="2026-10-05 09:00")
    remark(crew, "2026-12-14 23:00", answered="2026-12-15 00:00")
    remark(crew, "2026-12-15 00:00")
    answer = {"answer": "7/BTC", "answered_on": "2026-11-05", "outcome": "Đã giải quyết"}
    difficulty(crew, "2026-09-03 09:00", **answer)
    difficulty(crew, "2026-10-03 09:00")
    difficulty(crew, "2026-10-04 09:00", field="Tài chính")
    told = filled("II.05", crew)
    assert told.whole.cells == {3: 5, 4: 0, 5: 5, 6: 2, 7: 3, 8: 2, 9: 3, 10: 0}
    groups = {row.number: row.cells for row in told.rows if row.kind == "group"}
    assert [groups["1"][no] for no in (3, 6, 8)] == [3, 1, 1]
    assert [groups["2"][no] for no in (3, 6, 8, 10)] == [2, 1, 1, None]
    assert set(groups["3"].values()) == {None}
    mine = filled("II.05", crew, unit=crew.cast.department).whole.cells
    assert (mine[3], mine[10]) == (2, 0)


def declare(crew: Crew, cells: dict[int, int] = PETITIONS, **more: Any) -> DeclaredRow:
    told: dict[str, Any] = {
        "unit": crew.cast.department,
        "code": "II.05",
        "paper": PAPER,
        "reason": "",
    } | more
    form, by = forms.on(told["code"], Q4.last), crew.cast.officers.head
    return acts.declare_row.__wrapped__(  # type: ignore[attr-defined]
        form, told["unit"], Q4, cells, told["paper"], by=by, at=LATER, reason=told["reason"]
    )


def test_a_declared_row_is_added_to_the_whole_and_says_who_answers_for_it(crew: Crew) -> None:
    remark(crew, "2026-10-01 09:00")
    row = DeclaredRow.objects.get(pk=declare(crew).pk)
    told = filled("II.05", crew)
    assert told.whole.cells == {3: 10, 4: 4, 5: 6, 6: 2, 7: 8, 8: 8, 9: 2, 10: 8}
    last = told.rows[-1]
    assert (last.label, last.cells[4], last.declared) == (crew.cast.department.name, 4, row.told)
    assert row.told["evidence"] == PAPER.evidence
    assert filled("II.05", crew, at=LATER - timedelta(minutes=1)).whole.cells[4] == 0


@pytest.mark.parametrize(
    ("cells", "more", "reason"),
    [
        (PETITIONS | {4: 5}, {}, "không giữ đẳng thức 3=4"),
        (PETITIONS | {4: -1, 5: 10}, {}, "không âm"),
        ({3: 1}, {}, "đủ các cột"),
        (PETITIONS, {"paper": Paper("")}, "kiểm chứng"),
        (PETITIONS, {"code": "II.06a"}, "hệ thống tự tính"),
    ],
)
def test_what_does_not_add_up_or_has_no_evidence_is_not_declared(
    crew: Crew, cells: dict[int, int], more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        declare(crew, cells, **more)


def test_only_who_answers_for_a_unit_declares_for_it(crew: Crew) -> None:
    with pytest.raises(Refused, match="không có thẩm quyền"):
        declare(crew, unit=crew.cast.province)


def test_a_declared_row_stays_and_another_for_a_reason_takes_its_place(crew: Crew) -> None:
    first = declare(crew)
    with pytest.raises(Refused, match="không có gì để sửa"):
        declare(crew, reason="Sửa số theo biên bản.")
    with pytest.raises(Refused, match="ghi lý do"):
        declare(crew, PETITIONS | {10: 7})
    declare(crew, PETITIONS | {10: 7}, reason="Sửa số theo biên bản.")
    assert filled("II.05", crew).whole.cells[10] == 7
    for change in (first.save, first.delete):
        with pytest.raises(DatabaseError, match="is final"), transaction.atomic():
            change()


def test_the_whole_of_a_sent_form_says_how_much_of_it_was_declared(crew: Crew) -> None:
    declare(crew)
    form, by = forms.on("II.05", Q4.last), crew.cast.officers.head
    sent = acts.send.__wrapped__(form, crew.cast.department, Q4, by=by, at=LATER)  # type: ignore[attr-defined]
    declare(crew, PETITIONS | {10: 7}, reason="Sửa số theo biên bản.")
    kept = SentReport.objects.get(pk=sent.pk)
    for column, count in zip(form.columns, kept.content["rows"][0]["cells"], strict=True):
        shown = pages.kept_behind(kept, column.no, {})
        assert len(shown["found"]) + shown["declared"] == (count or 0)
    assert pages.kept_behind(kept, 10, {})["declared"] == PETITIONS[10]
    assert not pages.kept_behind(kept, 10, {"nhom": "remarks"})["declared"]


def test_a_form_that_is_not_theirs_is_not_sent(crew: Crew) -> None:
    for code in ("II.06b", "II.07a"):
        with pytest.raises(Refused, match="không gửi Biểu"):
            acts.send.__wrapped__(  # type: ignore[attr-defined]
                forms.on(code, Q4.last), crew.cast.department, Q4, by=crew.cast.officers.head, at=LATER
            )


def test_what_was_sent_of_drafts_stays_when_more_is_written_down_later(crew: Crew) -> None:
    crew.promulgated()
    form, by = forms.on("II.02", Q4.last), crew.cast.officers.head
    sent = acts.send.__wrapped__(form, crew.cast.department, Q4, by=by, at=LATER)  # type: ignore[attr-defined]
    crew.opined(crew.asking(), Position.DISAGREED)
    now = filled("II.02", crew, unit=crew.cast.department)
    assert now.whole.cells[4] == 2
    kept = SentReport.objects.get(pk=sent.pk)
    assert kept.content["rows"][0]["cells"] == [1, 1, 1, 0, 0]
    for column, count in zip(form.columns, kept.content["rows"][0]["cells"], strict=True):
        assert len(pages.kept_behind(kept, column.no, {})["found"]) == count
    assert counted.of_data(kept.content["items"])[0].item.title


def test_the_sentence_of_a_form_speaks_of_columns_it_has() -> None:
    for code in forms.CODES:
        for value in packs.history("reports", f"form {code}"):
            form = forms.on(code, value.since)
            told = set(map(int, re.findall(r"\{(\d+)\}", form.says)))
            assert told
            assert told <= {column.no for column in form.columns}


def test_the_roll_ups_have_the_columns_of_the_form_below_and_rows_of_their_own() -> None:
    below = forms.on("II.06a", Q4.last)
    fields, units = (forms.on(code, Q4.last) for code in ("II.06b", "II.06c"))
    assert fields.columns == units.columns == below.columns
    assert fields.identities == below.identities
    assert (fields.rows, units.rows) == (sheets.BY_FIELD, sheets.BY_UNIT)


def test_form_07a_is_the_sums_of_form_07b(crew: Crew) -> None:
    scores_world.publish(levels=["province", "commune"], agency=crew.cast.department.name)
    whole, totals = filled("II.07b", crew).whole.cells, filled("II.07a", crew).whole.cells
    assert [totals[no] for no in (3, 4, 5)] == [whole[no] for no in (3, 7, 11)]
    assert totals[3]

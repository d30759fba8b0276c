"""Internal procedures and decentralisation: entered, followed by dated acts, counted, taken in and out as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from motcua.catalogue.acts import WrongFile
from motcua.catalogue.models import ProcessVersion, Programme, RegisterItem, Status
from motcua.catalogue.registers import acts, counting, pages
from motcua.catalogue.registers.about import About, Step
from motcua.catalogue.registers.counting import Asked
from motcua.journal import log
from motcua.law import registers as law
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.registers import Register, Stage
from tests.cast import Cast, gather, parallel_process

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=TZ)
TODAY = NOW.date()
DUE = date(2023, 12, 31)
INTERNAL, DELEGATION = "/so/noi-bo/", "/so/phan-cap/"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW.astimezone(UTC))


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def control(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officers.controller)
    return client


def programme(register: Register = Register.INTERNAL, **told: object) -> Programme:
    kept = {
        "code": "qd",
        "name": "Chương trình mẫu",
        "document": "1085/QĐ-TTg",
        "deadline": DUE,
        "target": 20,
    }
    return acts.open_programme(Programme(register=register.value, **{**kept, **told}), by=None, at=NOW)


def entered(of: Programme, code: str = "NB-1", **told: object) -> RegisterItem:
    kept = {"title": "Xét thi đua", "agency": "Sở Mẫu", "cost_before": Decimal(1000)}
    return acts.enter(of, About(code=code, **{**kept, **told}), by=None, at=NOW)  # type: ignore[arg-type]


def reach(item: RegisterItem, stage: Stage, on: date = date(2023, 6, 1), **told: object) -> None:
    step = Step(stage, on, **{"document": "680/QĐ-UBND", **told})  # type: ignore[arg-type]
    acts.reach(item, step, by=None, at=NOW)
    item.refresh_from_db()


def through(item: RegisterItem, plan: str, after: int | None, *, executed: bool) -> None:
    reach(item, Stage.ANNOUNCED)
    reach(item, Stage.REVIEWED)
    reach(item, Stage.PLANNED, plan=plan, cost_after=None if after is None else Decimal(after))
    if executed:
        reach(item, Stage.EXECUTED)


def test_each_step_is_a_dated_act_with_its_document_and_a_fact_of_the_journal(cast: Cast) -> None:
    item = entered(programme())
    through(item, "simplify", 700, executed=True)
    assert (item.planned_on, item.executed_on, item.cost_after) == (date(2023, 6, 1), date(2023, 6, 1), 700)
    told = log.backwards(law.STREAM, size=50, about={"code": ["NB-1"]})
    assert [e.kind for e in told] == ["StageReached"] * 4 + ["ItemEntered"]
    assert told[0].data["document"] == "680/QĐ-UBND"
    assert not list(log.verify(law.STREAM))


def test_a_step_out_of_turn_without_document_or_plan_is_refused(cast: Cast) -> None:
    item = entered(programme())
    with pytest.raises(Refused, match="phải ghi bước ấy trước"):
        reach(item, Stage.EXECUTED)
    with pytest.raises(Refused, match="phải theo một văn bản"):
        reach(item, Stage.ANNOUNCED, document=" ")
    reach(item, Stage.ANNOUNCED)
    reach(item, Stage.REVIEWED)
    with pytest.raises(Refused, match="chọn phương án"):
        reach(item, Stage.PLANNED)
    with pytest.raises(Refused, match="lớn hơn chi phí trước"):
        reach(item, Stage.PLANNED, plan="simplify", cost_after=Decimal(2000))


def test_a_step_recorded_again_corrects_it_and_both_stay_in_the_journal(cast: Cast) -> None:
    item = entered(programme())
    reach(item, Stage.ANNOUNCED)
    reach(item, Stage.ANNOUNCED, date(2023, 7, 1))
    assert item.announced_on == date(2023, 7, 1)
    told = log.backwards(law.STREAM, size=9, about={"code": ["NB-1"]})
    assert [(e.data["on"], e.data["again"]) for e in told[:2]] == [
        ("2023-07-01", True),
        ("2023-06-01", False),
    ]


def test_the_two_rates_are_a_share_of_procedures_and_a_ratio_of_sums(cast: Cast) -> None:
    of = programme()
    for code, agency, plan, after, executed in (
        ("1", "Sở A", "simplify", 500, True),
        ("2", "Sở A", "keep", None, True),
        ("3", "Sở B", "abolish", None, False),
    ):
        through(entered(of, code, agency=agency), plan, after, executed=executed)
    entered(of, "4", agency="Sở B", cost_before=None)
    a, b = counting.agencies(of, TODAY)
    whole = counting.total([a, b])
    assert (whole.numbers[""], whole.numbers["don-gian"], whole.numbers["don-gian-xong"]) == (4, 2, 1)
    assert (whole.before, whole.planned, whole.executed) == (3000, 1500, 2500)
    assert pages.percent(whole.before - whole.planned, whole.before, cut=False) == "50,00%"
    assert (a.executed, b.executed) == (1500, 1000)
    assert b.numbers["qua-han"] == 2


def test_every_number_opens_to_as_many_items_as_it_counts(cast: Cast) -> None:
    of = programme()
    through(entered(of, "1"), "simplify", 500, executed=True)
    entered(of, "2", deadline=TODAY + timedelta(1))
    entered(of, "3")
    for slug, count in counting.counts(of, TODAY).items():
        assert counting.listed(of, Asked(state=slug), TODAY).count() == count
    counts = counting.counts(of, TODAY)
    assert (counts["xong"], counts["trong-han"], counts["qua-han"]) == (1, 1, 1)


def delegated(count: int, done: int, overdue: int, base: int) -> Programme:
    """Items as QĐ 1015/QĐ-TTg and the report on it count them."""
    of = programme(Register.DELEGATION, code="qd-1015", document="1015/QĐ-TTg", base=base, deadline=None)
    late, later = TODAY - timedelta(1), TODAY + timedelta(1)
    RegisterItem.objects.bulk_create(
        RegisterItem(
            programme=of,
            code=f"{number}",
            title="Mẫu",
            agency="Bộ Mẫu",
            field=f"Lĩnh vực {number % 100}",
            from_level="Cấp bộ",
            to_level="Cấp tỉnh",
            deadline=late if done <= number < done + overdue else later,
            planned_on=DUE,
            executed_on=DUE if number < done else None,
        )
        for number in range(count)
    )
    return of


def test_the_published_figures_of_decentralisation_come_out(cast: Cast, control: Client) -> None:
    of = delegated(699, 81, 50, 5187)
    counts = counting.counts(of, TODAY)
    assert (counts[""], counts["xong"], counts["trong-han"], counts["qua-han"]) == (699, 81, 568, 50)
    assert counting.sectors(of, TODAY) == (81, 100)
    assert "699/5.187, 13,48%" in control.get(DELEGATION).content.decode()
    page = control.get(f"{DELEGATION}?cat=1").content.decode()
    assert "699/5.187, 13,47%" in page
    assert "568 trong hạn, 50 quá hạn" in page


def test_handing_down_is_planned_executed_and_inspected_and_shows_the_process_before_and_after(
    cast: Cast, control: Client
) -> None:
    of = programme(Register.DELEGATION, code="nq-04", document="04/NQ-CP")
    code = cast.version.procedure.code
    item = entered(of, code, from_level="Cấp bộ", to_level="Cấp tỉnh", cost_before=None)
    for stage, on in (
        (Stage.PLANNED, "2026-01-05"),
        (Stage.EXECUTED, "2026-02-02"),
        (Stage.INSPECTED, "2026-06-06"),
    ):
        reach(item, stage, date.fromisoformat(on))
    assert item.plan == "delegate"
    ProcessVersion.objects.filter(pk=cast.process.pk).update(valid_to=date(2026, 2, 2))
    ProcessVersion.objects.create(
        procedure=cast.version.procedure,
        number=2,
        status=Status.PUBLISHED,
        valid_from=date(2026, 2, 2),
        definition=parallel_process().as_data(),
    )
    page = control.get(f"{DELEGATION}{item.pk}/").content.decode()
    assert "Kiểm tra sau phân cấp ngày 06/06/2026" in page
    assert "Cấp bộ → Cấp tỉnh" in page
    assert "Cấp, bước trước và sau khi phân cấp" in page


def table(tmp_path: Path, *rows: list[object], heads: list[str] | None = None) -> Path:
    path = tmp_path / "bang.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([heads or list(HEADS), *rows]):
            sheet.write_row(number, 0, row)
    return path


HEADS = ("Mã", "Tên thủ tục, nhiệm vụ", "Cơ quan", "Nhóm", "Chi phí trước", "Phương án", "Chi phí sau", "Hạn")
HEADS += tuple(
    f"{word} {law.LABELS[stage].lower()}"
    for stage in law.STAGES[Register.INTERNAL]
    for word in ("Ngày", "Văn bản")
)
ROW = ["NB-9", "Cử cán bộ đi học", "Sở Mẫu", "B", "1.200.000", "Đơn giản hóa", "900.000", "31/12/2023"]
STEPS = ["01/03/2023", "1/QĐ", "02/04/2023", "2/BC", "03/05/2023", "3/QĐ", "04/06/2023", "4/QĐ"]


def test_a_table_is_taken_in_whole_and_the_second_time_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    of, path = programme(), table(tmp_path, ROW + STEPS)
    first = acts.import_items(of, path, by=None, at=NOW)
    facts = len(log.backwards(law.STREAM, size=99, about={}))
    again = acts.import_items(of, path, by=None, at=NOW)
    assert (first.added, again.added, again.changed) == (1, 0, 0)
    assert len(log.backwards(law.STREAM, size=99, about={})) == facts
    item = of.items.get()
    assert (item.group, item.cost_before, item.cost_after, item.executed_on) == (
        "B",
        1200000,
        900000,
        date(2023, 6, 4),
    )


def test_costs_typed_as_numbers_are_read_whole_and_what_is_no_sum_is_not_guessed(
    cast: Cast, tmp_path: Path
) -> None:
    of = programme()
    row = [*ROW[:4], 1200000, ROW[5], 0, *ROW[7:]]
    acts.import_items(of, table(tmp_path, ROW + STEPS), by=None, at=NOW)
    acts.import_items(of, table(tmp_path, row + STEPS), by=None, at=NOW)
    assert (of.items.get().cost_before, of.items.get().cost_after) == (1200000, 0)
    for sum_, due in ((1200000.5, "31/12/2023"), ("1.200.000,50", "31/12/2023"), (5, "31/12/20234")):
        wrong = [*ROW[:4], sum_, "", "", due]
        told = acts.import_items(of, table(tmp_path, wrong), by=None, at=NOW).problems
        assert [problem.column for problem in told] == ["Hạn" if sum_ == 5 else "Chi phí trước"]


def test_correcting_the_cost_before_keeps_the_cost_after_what_the_plan_says(cast: Cast) -> None:
    of = programme()
    kept, eased = entered(of, "1"), entered(of, "2")
    through(kept, "keep", None, executed=False)
    through(eased, "simplify", 700, executed=False)
    about = {"title": "Xét thi đua", "agency": "Sở Mẫu"}
    acts.correct(kept, About("1", **about, cost_before=Decimal(600)), by=None, at=NOW)
    kept.refresh_from_db()
    assert (kept.cost_before, kept.cost_after) == (600, 600)
    with pytest.raises(Refused, match="lớn hơn chi phí trước"):
        acts.correct(eased, About("2", **about, cost_before=Decimal(600)), by=None, at=NOW)


def test_a_target_is_reached_by_the_share_not_by_what_is_written_of_it(cast: Cast) -> None:
    of = programme(target=Decimal("66.67"))
    for code in ("1", "2", "3"):
        through(entered(of, code), "keep" if code == "1" else "simplify", 700, executed=True)
    (agency,) = pages.overview(of, TODAY, cut=False)["agencies"]
    assert (agency["eased_done"], agency["reached"]) == ("66,67%", False)
    of.target = Decimal("66.66")
    assert pages.overview(of, TODAY, cut=False)["agencies"][0]["reached"]


def test_a_programme_of_more_procedures_than_there_can_be_is_told_so(control: Client, cast: Cast) -> None:
    sent = {"ma": "qd", "ten": "Mẫu", "van_ban": "1/QĐ", "tong": "99999999999"}
    assert control.post(f"{INTERNAL}chuong-trinh/", sent).status_code == 422
    empty = programme()
    assert "0/0 thủ tục," not in control.get(f"{INTERNAL}?ct={empty.code}").content.decode()


def test_a_wrong_table_is_told_cell_by_cell_and_takes_nothing(cast: Cast, tmp_path: Path) -> None:
    of = programme()
    wrong = ["", "Tên", "Sở", "C", "nhiều", "Bỏ", "", "hôm qua", "01/03/2023", ""]
    taken = acts.import_items(of, table(tmp_path, ROW, ROW, wrong), by=None, at=NOW)
    told = {(problem.row, problem.column) for problem in taken.problems}
    assert {
        (3, "Mã"),
        (4, "Mã"),
        (4, "Nhóm"),
        (4, "Chi phí trước"),
        (4, "Hạn"),
        (4, "Văn bản công bố"),
    } <= told
    assert not of.items.exists()
    with pytest.raises(WrongFile, match="thiếu cột"):
        acts.import_items(of, table(tmp_path, ROW, heads=["Một", "Hai"]), by=None, at=NOW)


def test_what_is_taken_out_can_be_taken_in_again(control: Client, cast: Cast, tmp_path: Path) -> None:
    of = programme()
    through(entered(of, "NB-1", field="Nội vụ"), "simplify", 500, executed=True)
    file = b"".join(control.get(f"{INTERNAL}muc/?xuat=xlsx"))
    other = programme(code="khac")
    sent = {"tep": SimpleUploadedFile("so.xlsx", file)}
    answer = control.post(f"{INTERNAL}nhap/?ct=khac", sent, follow=True)
    assert "1 mục mới" in answer.content.decode()
    copy = other.items.get()
    assert (copy.plan, copy.cost_after, copy.executed_on) == ("simplify", 500, date(2023, 6, 1))


def test_an_item_is_corrected_and_dropped_with_a_trace(cast: Cast) -> None:
    of = programme()
    item, other = entered(of), entered(of, "NB-2")
    acts.correct(item, About("NB-1", "Tên mới", "Sở Mẫu", cost_before=Decimal(1000)), by=None, at=NOW)
    with pytest.raises(Refused, match="đã có mục mang mã"):
        acts.correct(item, About("NB-2", "Tên mới", "Sở Mẫu"), by=None, at=NOW)
    acts.drop(other, reason="Ghi trùng với mục NB-1.", by=None, at=NOW)
    kinds = [e.kind for e in log.backwards(law.STREAM, size=2, about={"register": ["noi-bo"]})]
    assert kinds == ["ItemDropped", "ItemCorrected"]
    assert list(of.items.values_list("title", flat=True)) == ["Tên mới"]


def test_the_database_refuses_what_was_carried_out_before_it_was_planned(cast: Cast) -> None:
    item = entered(programme())
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterItem.objects.filter(pk=item.pk).update(planned_on=TODAY, executed_on=DUE)


def test_an_officer_opens_a_programme_enters_an_item_and_records_a_step(control: Client, cast: Cast) -> None:
    assert "Chưa có chương trình nào" in control.get(INTERNAL).content.decode()
    new = {
        "ma": "qd-1085",
        "ten": "Cắt giảm",
        "van_ban": "1085/QĐ-TTg",
        "han": "31/12/2023",
        "muc_tieu": "20",
    }
    assert "qd-1085" in control.post(f"{INTERNAL}chuong-trinh/", new)["Location"]
    taken = control.post(f"{INTERNAL}chuong-trinh/", new)
    assert "đã có chương trình" in taken.content.decode()
    control.post(
        f"{INTERNAL}moi/", {"code": "NB-1", "title": "Xét thi đua", "agency": "Sở Mẫu", "group": "A"}
    )
    item = RegisterItem.objects.get()
    early = {"do": "buoc", "buoc": "executed", "ngay": "01/06/2023", "van_ban": "1/QĐ"}
    refused = control.post(f"{INTERNAL}{item.pk}/", early)
    assert refused.status_code == 409
    assert "phải ghi bước ấy trước" in refused.content.decode()
    control.post(f"{INTERNAL}{item.pk}/", early | {"buoc": "announced"})
    assert "Công bố ngày 01/06/2023" in control.get(f"{INTERNAL}{item.pk}/").content.decode()
    edit = {"code": "NB-1", "title": "Tên đã sửa", "agency": "Sở Mẫu"}
    assert "Tên đã sửa" in control.post(f"{INTERNAL}{item.pk}/sua/", edit, follow=True).content.decode()
    overview = control.get(INTERNAL).content.decode()
    assert "tinh-trang=qua-han" in overview
    assert "20% số thủ tục và 20% chi phí, hạn 31/12/2023" in overview


def test_the_registers_are_for_the_control_office(client: Client, control: Client, cast: Cast) -> None:
    of = programme()
    assert INTERNAL in control.get("/thu-tuc/").content.decode()
    assert control.get("/so/gi-do/").status_code == 404
    assert control.get(f"{INTERNAL}muc/?tinh-trang=gi").status_code == 404
    assert control.get(f"{DELEGATION}{entered(of).pk}/").status_code == 404
    client.force_login(cast.officers.handler)
    for page in (INTERNAL, f"{INTERNAL}muc/", f"{DELEGATION}nhap/"):
        assert client.get(page).status_code == 403


def test_a_programme_another_opened_at_the_same_instant_is_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme()
    monkeypatch.setattr(QuerySet, "exists", lambda self: False)
    with pytest.raises(Refused, match="vừa được người khác lập"):
        programme()

"""The pages of the index of reform: entered from a table, declared line by line, read beside each other."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue.reading.files import WrongFile
from motcua.law.par_round import ORDER, Stage
from motcua.people.models import Officer, Role, Unit, UnitKind
from motcua.steering import acts as steering
from motcua.steering.models import Task
from motcua.steering.par import acts, forms, queries, reading
from motcua.steering.par.acts import Given, Table
from motcua.steering.par.models import CriteriaTable, ParLine, ParRound, ParSheet
from tests.cast import BORN, MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import signed_in, text
from tests.pages.test_exports import exported

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[1] / "samples" / "par-xa.csv"
CLOSES = {stage: date(2026, 11, 10) + timedelta(days=10 * n) for n, stage in enumerate(ORDER[1:-1])}


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + timedelta(days=1))
    return gather()


@pytest.fixture
def head(cast: Cast) -> Officer:
    return officer(Role.HEAD, cast.commune, "chu-tich-xa")


def begun(cast: Cast, *more: Unit) -> ParRound:
    new = Table("Bộ tiêu chí xã", "1/QĐ-UBND", date(2026, 1, 5), UnitKind.COMMUNE, reading.criteria(SAMPLE))
    by = cast.officers.controller
    table = acts.enter_table(new, by=by, at=MONDAY)
    made = acts.open_round(table, year=2026, units=[cast.commune, *more], closes=CLOSES, by=by, at=MONDAY)
    acts.advance(made, to=Stage.SELF, by=by, at=MONDAY)
    return made


def line(round_: ParRound, cast: Cast, criterion: str) -> str:
    return reverse("par-line", args=[round_.pk, cast.commune.code, criterion])


def test_a_set_is_read_from_its_table_whatever_the_columns_are_called() -> None:
    lines = reading.criteria(SAMPLE)
    assert [entry["code"] for entry in lines] == ["1", "2", "3", "4"]
    plan, _, ideas = lines[0]["parts"]
    assert (plan["max"], plan["rule"]) == ("20", {"kind": "share_from", "floor": "80"})
    assert ideas["rule"] == {"kind": "count", "each": "5/2"}
    assert lines[3]["rule"] == {"kind": "extra", "each": "-1", "most": "5"}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1.1,Kế hoạch,20,bịa,,,", "không rõ cách chấm “bịa”"),
        ("1.1,Kế hoạch,hai,,,,", "diem “hai” không phải số"),
        ("1.1,Kế hoạch,20,theo bậc,80-1,,", "thiếu dấu hai chấm"),
        ("9.1,Kế hoạch,20,có/không,,,", "không có tiêu chí 9 ở trên"),
        (",Kế hoạch,20,có/không,,,", "thiếu mã hoặc tên"),
    ],
)
def test_a_table_that_cannot_be_read_says_the_row_and_the_remedy(row: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "bo.csv"
    path.write_text(f"ma,ten,diem,cach_cham,tham_so,co_quan,kiem_chung\n1,Chung,20,,,,\n{row}\n", "utf-8")
    with pytest.raises(WrongFile, match=told) as wrong:
        reading.criteria(path)
    assert "Dòng 3: " in wrong.value.told


def test_a_set_is_entered_and_a_round_opened_by_who_steers_alone(cast: Cast, head: Officer) -> None:
    client = signed_in(cast.officers.controller)
    said = {"name": "Bộ xã", "decision": "1/QĐ-UBND", "decided_on": "2026-01-05", "kind": "commune"}
    with SAMPLE.open("rb") as file:
        entered = client.post(reverse("par-enter"), {**said, "file": file}, follow=True)
    assert "Đã có bộ tiêu chí Bộ xã." in text(entered)
    days = {stage.value: CLOSES[stage].isoformat() for stage in CLOSES}
    table = CriteriaTable.objects.get()
    opened = client.post(reverse("par-open"), {"table": table.pk, "year": 2026, **days}, follow=True)
    assert "Xã Mẫu" in text(opened)
    assert signed_in(head).get(reverse("par-enter")).status_code == 403
    assert "Nhập bộ tiêu chí" not in text(signed_in(head).get(reverse("par")))


def test_a_broken_table_leaves_nothing_and_tells_what_to_mend(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "bo.csv"
    path.write_text("ma,ten,diem,cach_cham\n1,Chung,20,có/không\n", "utf-8")
    said = {"name": "Bộ xã", "decision": "1/QĐ-UBND", "decided_on": "2026-01-05", "kind": "commune"}
    with path.open("rb") as file:
        answer = signed_in(cast.officers.controller).post(reverse("par-enter"), {**said, "file": file})
    assert answer.status_code == 422
    assert "các phần cộng lại 20 điểm, không phải 100" in text(answer)
    assert not CriteriaTable.objects.exists()


def test_a_unit_declares_submits_and_sees_its_index(cast: Cast, head: Officer) -> None:
    round_, client = begun(cast), signed_in(head)
    page = text(client.get(line(round_, cast, "2.1")))
    assert "Từ 95: 30 điểm; từ 80: 15 điểm; từ 60: 5 điểm" in page
    given = {"choice": "given", "n": "90", "d": "100", "evidence": "Số liệu hệ thống"}
    assert "90 / 100" in text(client.post(line(round_, cast, "2.1"), given, follow=True))
    wrong = client.post(line(round_, cast, "1.1"), {"choice": "given", "n": "9", "d": "0", "evidence": "x"})
    assert wrong.status_code == 422
    assert "chọn Không áp dụng" in text(wrong)
    early = client.post(reverse("par-submit", args=[round_.pk, cast.commune.code]), follow=True)
    assert "tiêu chí chưa kê khai" in text(early)
    for criterion, said in [
        ("1.1", {"choice": "given", "n": "10", "d": "10", "evidence": "BC 1"}),
        ("1.2", {"choice": "yes", "evidence": "BC 2"}),
        ("1.3", {"choice": "na"}),
        ("2.2", {"choice": "given", "n": "11", "d": "12", "evidence": "DS"}),
    ]:
        client.post(line(round_, cast, criterion), said)
    done = client.post(reverse("par-submit", args=[round_.pk, cast.commune.code]), follow=True)
    assert "Đã nộp bản tự chấm." in text(done)
    assert "không áp dụng" in text(done)
    assert "50,00" in text(done)  # 45 of the 90 that apply
    listed = client.get(reverse("par-sheet", args=[round_.pk, cast.commune.code]), {"xuat": "xlsx"})
    assert b"".join(listed)[:2] == b"PK"


def test_what_was_typed_stays_and_a_stranger_is_offered_no_form(cast: Cast, head: Officer) -> None:
    round_ = begun(cast)
    wrong = signed_in(head).post(
        line(round_, cast, "1.1"), {"choice": "given", "n": "chín", "evidence": "BC 9"}
    )
    assert 'value="chín"' in wrong.content.decode()
    assert "BC 9" in text(wrong)
    assert "Ghi số liệu" not in text(signed_in(cast.officers.appraiser).get(line(round_, cast, "1.1")))
    ParRound.objects.update(stage=Stage.REVIEW)
    late = signed_in(head).post(line(round_, cast, "1.1"), {"evidence": "BC 10"})
    assert (late.status_code, "Bạn đã nhập: “BC 10”" in text(late)) == (409, True)


def test_lost_points_are_made_into_work_in_one_form(cast: Cast, head: Officer) -> None:
    round_ = begun(cast)
    sheet = queries.sheet_for(round_, cast.commune.code)
    acts.declare(sheet, criterion="1.2", given=Given("no"), by=head, at=MONDAY)
    client = signed_in(cast.officers.controller)
    assert "1.2. Báo cáo định kỳ đúng hạn" in text(client.get(reverse("par-lost", args=[round_.pk])))
    assert "Xã Mẫu" in text(client.get(reverse("par-lost", args=[round_.pk]), {"tieu_chi": "1.2"}))
    said = {"chosen": ["1.2"], "product": "Báo cáo", "due": "2027-03-01"}
    made = client.post(reverse("par-correct", args=[round_.pk, cast.commune.code]), said, follow=True)
    assert "Đã giao 1 việc khắc phục cho Xã Mẫu." in text(made)
    assert "Khắc phục: NV-" in text(made)
    assert Task.objects.get().cause == f"{sheet.stream}#1.2"


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lost_points_turn_pages(cast: Cast, head: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    round_, client = begun(cast), signed_in(cast.officers.controller)
    sheet_ = round_.sheets.get()
    ParLine.objects.filter(sheet=sheet_).update(points=0, lost=1)
    monkeypatch.setattr("motcua.steering.views.par.PAGE", 1)
    here = reverse("par-lost", args=[round_.pk])
    count = ParLine.objects.filter(sheet=sheet_).count()
    assert f"2–2 trong {count} tiêu chí" in text(client.get(here, {"trang": "2"}))
    assert "Xã Mẫu" in text(client.get(here, {"tieu_chi": "1.2", "trang": "9"}))


def test_a_round_of_many_units_asks_as_little_as_one_of_few(cast: Cast) -> None:
    client = signed_in(cast.officers.controller)
    few = begun(cast)
    kept: dict[str, Any] = {"kind": UnitKind.COMMUNE, "parent": cast.province, "valid_from": BORN}
    units = [
        Unit.objects.create(code=f"07{n:03}", agency_code=f"H14.{n + 600}", name=f"Xã {n}", **kept)
        for n in range(60)
    ]
    made = ParRound.objects.create(table=few.table, year=2025, stage=Stage.SELF, closes=few.closes)
    ParSheet.objects.bulk_create([ParSheet(round=made, unit=unit) for unit in units])
    for name in ("par-round", "par-lost"):
        small, large = (asked(client, reverse(name, args=[each.pk])) for each in (few, made))
        assert large <= small <= 20
    plain = signed_in(cast.officers.handler)  # before it is published every sheet is asked for whose it is
    small, large = (asked(plain, reverse("par-round", args=[each.pk])) for each in (few, made))
    assert large <= small <= 20
    here = reverse("par-round", args=[made.pk])
    assert "51–60 trong 60 đơn vị" in text(client.get(here, {"trang": 2}))
    assert "Xã 7" in (found := text(client.get(here, {"q": "xa 7"})))
    assert "Xã 8" not in found
    assert len(exported(client, here)) == 60


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("1.250", "1250"),
        ("1.250,5", "1250.5"),
        ("9.5", "9.5"),
        ("0.333", "0.333"),
        ("-0,5", "-0.5"),
    ],
)
def test_a_number_is_read_as_it_is_written_here(said: str, kept: str) -> None:
    assert forms.Exact().clean(said) == kept


@pytest.mark.parametrize("said", ["1e999999999", "1/3", "nan", "1.2.3", "--1", "٣"])
def test_what_is_no_number_as_people_write_it_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="Ghi một số"):
        forms.Exact().clean(said)


def test_the_number_of_the_decision_is_told_when_it_cannot_be_kept(cast: Cast) -> None:
    made = begun(cast)
    by, url = cast.officers.controller, reverse("par-advance", args=[made.pk])
    answer = signed_in(by).post(url, {"to": "ra-soat", "decision": "\0" + "9" * 81}, follow=True)
    assert "dài quá 80 ký tự" in text(answer)
    assert answer.request["QUERY_STRING"] == f"so={'9' * 80}"


def test_a_table_that_is_no_text_is_told_to_be_saved_as_one(tmp_path: Path) -> None:
    path = tmp_path / "bo.csv"
    path.write_bytes(b"\x00\x01" * 99)
    with pytest.raises(WrongFile, match=r"lưu lại thành \.xlsx, hoặc \.csv"):
        reading.criteria(path)


def test_a_code_that_fits_no_address_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "bo.csv"
    path.write_text("ma,ten,diem,cach_cham\na/b,Chung,100,có/không\n", "utf-8")
    with pytest.raises(WrongFile, match="mã tiêu chí “a/b” không dùng được"):
        reading.criteria(path)


def test_before_it_is_published_a_sheet_is_between_the_unit_and_who_judges_it(
    cast: Cast, head: Officer
) -> None:
    other = Unit.objects.create(
        code="X9", name="Xã Khác", kind=UnitKind.COMMUNE, parent=cast.province, valid_from=BORN
    )
    round_ = begun(cast, other)
    here = {code: reverse("par-sheet", args=[round_.pk, code]) for code in (cast.commune.code, "X9")}
    lost, listed = reverse("par-lost", args=[round_.pk]), reverse("par-round", args=[round_.pk])
    chief = officer(Role.HEAD, cast.province, "chu-tich-tinh")
    ParSheet.objects.filter(unit=other).update(percent=77)

    def opens(who: Officer) -> list[int]:
        client = signed_in(who)
        return [client.get(url).status_code for url in (*here.values(), lost)]

    assert opens(head) == [200, 403, 403]
    assert opens(cast.officers.handler) == [403, 403, 403]
    assert opens(cast.officers.controller) == [200, 200, 200]
    assert opens(chief) == [200, 200, 200]
    assert "77,00" not in (told := text(signed_in(head).get(listed)))
    assert "Điểm của đơn vị khác hiện ra khi công bố" in told
    assert "77,00" in text(signed_in(cast.officers.controller).get(listed))
    ParRound.objects.update(stage=Stage.PUBLISHED, decision="9/QĐ", published_on=date(2026, 12, 20))
    assert opens(cast.officers.handler) == [200, 200, 200]
    assert "77,00" in text(signed_in(head).get(listed))


def counted(cast: Cast, tmp_path: Path) -> ParRound:
    """A round whose first criterion the system counts from tasks."""
    path = tmp_path / "bo.csv"
    path.write_text(
        "ma,ten,diem,cach_cham,co_quan,so_lieu\n"
        "1,Hoàn thành nhiệm vụ,60,tỷ lệ,Sở Nội vụ,tasks:done\n2,Đối thoại,40,có/không,Sở Mẫu,\n",
        "utf-8",
    )
    new = Table("Bộ xã", "2/QĐ-UBND", date(2026, 1, 5), UnitKind.COMMUNE, reading.criteria(path))
    by = cast.officers.controller
    table = acts.enter_table(new, by=by, at=MONDAY)
    made = acts.open_round(table, year=2026, units=[cast.commune], closes=CLOSES, by=by, at=MONDAY)
    acts.advance(made, to=Stage.SELF, by=by, at=MONDAY)
    chief = officer(Role.HEAD, cast.province, "chu-tich")
    lines = [
        steering.Assignment(
            title=f"Việc {n}", product="Báo cáo", leads=[cast.commune], due=date(2026, 11, 20)
        )
        for n in range(4)
    ]
    steering.give_tasks(lines, giver=cast.province, by=chief, at=MONDAY)
    Task.objects.filter(title="Việc 1").update(state="accepted", settled_on=date(2026, 11, 2))
    return made


def test_the_figure_of_the_system_stands_beside_what_is_declared(
    cast: Cast, head: Officer, tmp_path: Path
) -> None:
    round_, client = counted(cast, tmp_path), signed_in(head)
    here, sheet_url = line(round_, cast, "1"), reverse("par-sheet", args=[round_.pk, cast.commune.code])
    page = client.get(here)
    assert "1 / 4 (25%)" in text(page)
    assert "được 15 trong 60 điểm" in text(page)
    assert page.context["form"].initial["n"] == "1"
    link = reverse("tasks") + f"?o=tat-ca&nam=2026&don_vi={cast.commune.code}"
    assert client.get(link).context["on_page"] == "4 trong 4 nhiệm vụ"
    assert "Dự báo khi kê khai đủ: 15,00% đến 55,00%." in text(client.get(sheet_url))
    told = {"choice": "given", "n": "2", "d": "4", "evidence": "BC 1", "why": ""}
    assert "phải ghi lý do" in text(client.post(here, told))
    shown = text(client.post(here, {**told, "why": "Một việc chờ xác nhận"}, follow=True))
    assert "Khác số liệu hệ thống" in shown
    assert "kê khai +25 điểm phần trăm" in shown
    assert "hệ thống: 1 / 4 (25%)" in text(client.get(sheet_url))


def test_a_sheet_takes_all_the_system_counts_at_once(cast: Cast, head: Officer, tmp_path: Path) -> None:
    round_, client = counted(cast, tmp_path), signed_in(head)
    sheet_url = reverse("par-sheet", args=[round_.pk, cast.commune.code])
    assert "Lấy số liệu hệ thống tính được" in text(client.get(sheet_url))
    taken = client.post(reverse("par-count", args=[round_.pk, cast.commune.code]), follow=True)
    assert "Đã lấy số liệu hệ thống cho 1 tiêu chí." in text(taken)
    assert "số hệ thống tính" in text(taken)
    assert "Lấy số liệu hệ thống tính được" not in text(taken)


def test_the_three_tables_and_the_lost_points_go_out_as_files(
    cast: Cast, head: Officer, tmp_path: Path
) -> None:
    round_, by = counted(cast, tmp_path), cast.officers.controller
    sheet_ = queries.sheet_for(round_, cast.commune.code)
    told = Given(n="2", d="4", evidence="BC 1", why="Một việc chờ xác nhận")
    acts.declare(sheet_, criterion="1", given=told, by=head, at=MONDAY)
    acts.declare(sheet_, criterion="2", given=Given("yes", evidence="TB 9"), by=head, at=MONDAY)
    acts.advance(round_, to=Stage.REVIEW, by=by, at=MONDAY)
    acts.review(sheet_, criterion="1", points="15", reason="Theo hệ thống", by=by, at=MONDAY)
    acts.advance(round_, to=Stage.EXPLAIN, by=by, at=MONDAY)
    acts.explain(sheet_, criterion="1", text="Đã có văn bản", by=head, at=MONDAY)
    client, whole = signed_in(by), reverse("par-round", args=[round_.pk])
    one = reverse("par-sheet", args=[round_.pk, cast.commune.code])
    for address, unit in ((whole, {"Đơn vị": "Xã Mẫu"}), (one, {})):
        first, second = exported(client, f"{address}?bang=ke-khai")
        assert {**first, **unit} == first
        assert (first["Số liệu kê khai"], first["Số liệu hệ thống"]) == ("2 / 4", "1 / 4 (25%)")
        assert (first["Lý do khác số hệ thống"], second["Điểm tự đánh giá"]) == ("Một việc chờ xác nhận", 40)
        first, _ = exported(client, f"{address}?bang=ra-soat")
        assert (first["Rà soát lần 1"], first["Nhận xét lần 1"], first["Điểm"]) == (15, "Theo hệ thống", 15)
        first, _ = exported(client, f"{address}?bang=giai-trinh")
        assert first["Giải trình của đơn vị"] == "Đã có văn bản"
    (lost,) = exported(client, reverse("par-lost", args=[round_.pk]))
    assert (lost["Đơn vị"], lost["Điểm mất"], lost["Loại"]) == ("Xã Mẫu", 45, "Chưa tối đa")
    assert len(exported(signed_in(head), f"{whole}?bang=ke-khai")) == 2  # its own sheet

"""Every list as a spreadsheet and on paper: exactly what its filters select, for those who may see it."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from motcua.dossiers import acts, worklist
from motcua.dossiers.listing import SearchForm
from motcua.law.calendar import TZ
from motcua.notices import tasks
from motcua.notices.listing import STATES
from motcua.people.models import Role
from motcua.ui import exports
from motcua.ui.exports import Column, Format, Issuer, Kind, Listing
from motcua.ui.exports.papers import pdf as on_paper
from motcua.ui.exports.sheets import HEAD, xlsx
from tests import pdf
from tests.acts.scores_world import build, moment
from tests.cast import MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import signed_in, text

pytestmark = pytest.mark.django_db
AT = MONDAY + timedelta(hours=1)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def cast() -> Cast:
    return gather()


def content(response: HttpResponseBase) -> bytes:
    assert response.status_code == 200
    return response.getvalue()  # type: ignore[attr-defined,no-any-return]


def sheet(document: bytes) -> list[list[Any]]:
    """All rows of a spreadsheet, its head among them."""
    return CalamineWorkbook.from_filelike(io.BytesIO(document)).get_sheet_by_index(0).to_python()


def exported(client: Client, address: str) -> list[dict[str, Any]]:
    """The rows of a list downloaded as a spreadsheet, by the heads of their columns."""
    mark = "&" if "?" in address else "?"
    heads, *rows = sheet(content(client.get(f"{address}{mark}xuat=xlsx")))[HEAD:]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def wall(hour: int, minute: int = 0) -> datetime:
    """An hour of the cast's Monday as a spreadsheet has it: without a zone."""
    return datetime(2026, 11, 2, hour, minute, tzinfo=TZ).replace(tzinfo=None)


def listing(rows: Sequence[Sequence[Any]], *columns: Column, **changes: Any) -> Listing:
    told = {"name": "ds", "title": "Danh sách mẫu", "thing": "dòng", "issuer": Issuer("Sở Mẫu"), "at": AT}
    return Listing(
        columns=columns, keys=range(len(rows)), read=lambda keys: [rows[k] for k in keys], **told | changes
    )


def written(made: Listing) -> bytes:
    with xlsx(made) as file:
        return file.read()


# A sheet


def test_days_are_days_money_is_a_number_and_a_code_is_text() -> None:
    kinds = (Kind.DAY, Kind.MOMENT, Kind.MONEY, Kind.NUMBER, Kind.CODE)
    row = (date(2026, 11, 2), AT, 20000, Decimal("1.5"), "004090000001")
    made = sheet(written(listing([row], *(Column(kind, kind) for kind in kinds))))
    assert made[-1] == [date(2026, 11, 2), wall(10), 20000.0, 1.5, "004090000001"]


def test_a_moment_is_the_hour_on_the_wall_in_ha_noi() -> None:
    early = datetime(2026, 11, 2, 23, 30, tzinfo=TZ).astimezone(UTC)
    made = sheet(written(listing([(early,)], Column("Lúc", Kind.MOMENT))))
    assert made[-1] == [wall(23, 30)]


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE, Kind.NUMBER, Kind.MONEY])
@pytest.mark.parametrize(
    "said", ["=1+1", '=HYPERLINK("http://x.example")', "+1", "-1", "@SUM(A1)", "{=1}", "\t=1"]
)
def test_what_people_typed_is_never_a_formula(said: str, kind: Kind) -> None:
    document = written(listing([(said,)], Column("Tên", kind)))
    assert sheet(document)[-1] == [said]
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        body = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in body
    assert "<hyperlink" not in body


def test_a_text_stays_a_text_when_its_cell_is_edited_or_saved_as_csv() -> None:
    document = written(listing([("=1+1", "=2+2")], Column("Tên"), Column("Mã", Kind.CODE)))
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        looks = parts.read("xl/styles.xml").decode()
        cells = re.findall(r'<c r="[AB]6" s="(\d+)"', parts.read("xl/worksheets/sheet1.xml").decode())
    styles = re.findall(r"<xf [^>]*>", looks.split("<cellXfs", 1)[1])
    assert len(cells) == 2
    assert all('quotePrefix="1"' in styles[int(look)] for look in cells)


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_in_a_csv_file_a_text_is_no_formula_either(said: str) -> None:
    assert exports.harmless(said) == f"'{said}"
    assert exports.typed(f"'{said}") == said
    assert exports.harmless(f"a{said}") == exports.typed(f"a{said}") == f"a{said}"
    assert exports.typed("'a") == "'a"


def test_a_sheet_says_what_it_is_and_keeps_its_head_in_sight() -> None:
    made = listing(
        [("a",)],
        Column("Tên"),
        period="Tháng 11/2026",
        filters=[("Trạng thái", "Đang xử lý"), ("Tìm", "")],
        issuer=Issuer("Sở Mẫu", by="Cán bộ Mẫu"),
        origin="sổ theo dõi",
    )
    document = written(made)
    title, selected, origin = [row[0] for row in sheet(document)[:3]]
    assert title == "Danh sách mẫu"
    assert selected == "1 dòng. Kỳ: Tháng 11/2026. Trạng thái: Đang xử lý."
    assert origin == "Sở Mẫu. Tính lúc 10:00 02/11/2026. Người in: Cán bộ Mẫu. Nguồn: sổ theo dõi."
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        body = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="5"' in body
    assert 'state="frozen"' in body
    assert 'orientation="landscape"' in body


def test_an_empty_list_is_a_sheet_with_its_head() -> None:
    assert sheet(written(listing([], Column("Tên"))))[HEAD:] == [["Tên"]]


def test_a_sheet_of_ten_thousand_rows_holds_all_and_little_in_memory() -> None:
    columns = [Column("Mã", Kind.CODE), Column("Tên"), Column("Lúc", Kind.MOMENT)]
    few, many = (
        Listing(
            "ds",
            "Dài",
            "dòng",
            columns,
            range(size),
            lambda keys: ((str(k), "Nông Thị Mẫu", AT) for k in keys),
            Issuer("Sở Mẫu"),
            AT,
        )
        for size in (1_000, 10_000)
    )
    assert peak(lambda: written(few)) * 2 > peak(lambda: xlsx(many).close())
    rows = sheet(written(many))[HEAD + 1 :]
    assert [row[0] for row in rows] == [str(key) for key in range(10_000)]


def peak(work: Callable[[], object]) -> int:
    """The most memory Python held while `work` was done."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


# On paper


def test_a_page_across_repeats_its_head_and_is_numbered() -> None:
    rows = [(f"Tên {n}", 20000) for n in range(60)]
    document = on_paper(listing(rows, Column("Họ và tên"), Column("Lệ phí", Kind.MONEY)))
    assert pdf.size(document) == (297, 210)
    count, said = pdf.pages(document), pdf.text(document)
    assert count > 1
    assert said.count("Họ và tên") == count
    assert f"Trang {count}/{count}" in said
    assert "Tên 59 20.000 đ" in said
    assert "60 dòng. Không lọc." in said


def test_what_people_typed_is_no_markup_on_paper() -> None:
    said = "#pagebreak() *đậm* $x$ @ai"
    assert said in pdf.text(on_paper(listing([(said,)], Column("Tên"))))


def test_an_empty_list_says_so_on_paper() -> None:
    assert "Không có dòng nào." in pdf.text(on_paper(listing([], Column("Tên"))))


def test_the_corner_tells_whose_paper_it_is_and_which(monkeypatch: pytest.MonkeyPatch) -> None:
    from motcua.ui.exports import papers

    said = papers._said(listing([], Column("Tên"), issuer=Issuer("Sở Mẫu", "H14.05")))
    assert said["qr"]["says"] == "||H14.05|Danh sách mẫu"


# Lists


def test_the_worklist_is_exported_whole_in_the_order_shown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "PAGE", 2)
    dossiers = [cast.received(MONDAY + timedelta(minutes=n)) for n in range(5)]
    rows = exported(signed_in(cast.officers.assigner), reverse("worklist"))
    assert [row["Mã hồ sơ"] for row in rows] == [dossier.code for dossier in dossiers]
    assert {row["Bước"] for row in rows} == {"Phân công thụ lý"}
    assert {row["Tình trạng thời hạn"] for row in rows} == {"Còn hạn"}
    turned = exported(signed_in(cast.officers.assigner), f"{reverse('worklist')}?xep=xa")
    assert [row["Mã hồ sơ"] for row in turned] == [dossier.code for dossier in reversed(dossiers)]


def test_the_worklist_is_exported_as_it_is_narrowed(cast: Cast) -> None:
    first, _ = cast.received(), cast.received()
    rows = exported(signed_in(cast.officers.assigner), f"{reverse('worklist')}?q={first.code}")
    assert [row["Mã hồ sơ"] for row in rows] == [first.code]


def test_a_search_exports_what_it_finds_and_says_by_what(cast: Cast) -> None:
    first, _ = cast.received(), cast.received(receiving_unit=cast.department)
    address = f"{reverse('dossiers')}?q={first.code}&don_vi=04.05"
    client = signed_in(cast.officers.handler)
    (row,) = exported(client, address)
    assert row["Mã hồ sơ"] == first.code
    assert row["Nộp lúc"] == wall(9)
    document = content(client.get(f"{address}&xuat=pdf"))
    assert f"1 hồ sơ. Mã, tên, số định danh: {first.code}. Cơ quan giải quyết: Sở Mẫu." in pdf.text(document)
    assert "Người in: Cán bộ Cán bộ thụ lý (Cán bộ thụ lý, Sở Mẫu)" in pdf.text(document)


def test_nobody_exports_what_they_may_not_see(cast: Cast) -> None:
    cast.received()
    stranger = officer(Role.HANDLER, cast.commune)
    assert exported(signed_in(stranger), reverse("dossiers")) == []
    assert exported(signed_in(stranger), reverse("worklist")) == []
    book = f"{reverse('register')}?unit=04.05&xuat=xlsx"
    assert signed_in(stranger).get(book).status_code == 403
    for address in (reverse("dossiers"), reverse("worklist"), reverse("register")):
        answer = Client().get(f"{address}?xuat=xlsx")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/dang-nhap/")


def test_the_register_is_a_sheet_with_the_columns_of_its_form(cast: Cast) -> None:
    dossier = cast.received()
    (row,) = exported(signed_in(cast.officers.reception), reverse("register"))
    assert row["Mã hồ sơ"] == dossier.code
    assert row["Nhận hồ sơ"] == wall(9)
    assert row["Hẹn trả kết quả"] == dossier.due_at.astimezone(TZ).replace(tzinfo=None)
    assert row["Ghi chú"] == dossier.get_state_display()


def test_a_register_of_no_year_is_refused_in_words(cast: Cast) -> None:
    answer = signed_in(cast.officers.reception).get(f"{reverse('register')}?to=9999-12-31")
    assert answer.status_code == 404
    assert "Năm viết đủ bốn chữ số" in answer.content.decode()


def test_procedures_are_exported_to_anybody(cast: Cast) -> None:
    (row,) = exported(Client(), f"{reverse('procedures')}?q=xac nhan")
    assert row["Mã thủ tục"] == "1.000001"
    assert row["Thời hạn"] == "5 ngày làm việc"
    assert exported(Client(), f"{reverse('procedures')}?q=khong co dau") == []


def test_a_list_too_long_for_a_file_is_not_cut_but_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        cast.received()
    monkeypatch.setitem(exports.answers.FORMATS, "pdf", Format("pdf", "PDF", 2))
    answer = signed_in(cast.officers.handler).get(f"{reverse('dossiers')}?q=mau&xuat=pdf")
    assert answer.status_code == 400
    assert "nhiều nhất 2 hồ sơ" in text(answer)
    assert 'href="/ho-so/?q=mau"' in answer.content.decode()
    assert 'href="?q=mau&amp;xuat=xlsx"' in answer.content.decode()


def test_every_list_offers_its_files(cast: Cast) -> None:
    cast.received()
    client = signed_in(cast.officers.assigner)
    for name in ("worklist", "dossiers", "procedures"):
        page = client.get(f"{reverse(name)}?q=mau&trang=1").content.decode()
        assert 'href="?q=mau&amp;xuat=xlsx"' in page
        assert 'href="?q=mau&amp;xuat=pdf"' in page


def test_a_file_nobody_makes_is_the_page(cast: Cast) -> None:
    assert signed_in(cast.officers.handler).get(f"{reverse('dossiers')}?xuat=exe").status_code == 200


# The index


def test_the_units_of_the_index_are_exported_with_their_points() -> None:
    world = build()
    world.dossier(unit=world.department, ended_at=moment("2026-10-06 09:00"))
    rows = exported(Client(), "/chi-so/?ky=2026-10&cap=department")
    named = {row["Đơn vị"]: row for row in rows}
    assert named[world.department.name]["Hồ sơ"] == 1
    assert named[world.department.name]["Hạng"] == 1
    assert isinstance(named[world.department.name]["Tổng điểm"], float)


def test_a_figure_exports_its_rows_to_officers_only() -> None:
    world = build()
    dossier = world.dossier(unit=world.department, ended_at=moment("2026-10-06 09:00"))
    address = f"/chi-so/{world.department.code}/2.1/mau/?ky=2026-10"
    theirs, stranger = officer(Role.HANDLER, world.department), officer(Role.HANDLER, world.commune)
    (row,) = exported(signed_in(theirs), address)
    assert (row["Mã hồ sơ"], row["Người nộp"]) == (dossier.code, dossier.applicant)
    (row,) = exported(signed_in(stranger), address)
    assert (row["Mã hồ sơ"], row["Người nộp"]) == (dossier.code, "")
    answer = Client().get(f"{address}&xuat=xlsx")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert dossier.code not in answer.content.decode()


# Notices


def test_notices_are_exported_by_shelf_to_who_may_read_them(cast: Cast) -> None:
    dossier = cast.received(applicant=acts.Applicant("Nông Thị Mẫu", phone="0912345678"))
    tasks.tell(dossier.code, 0, dossier.facts)
    (notice,) = dossier.notices.all()
    desk, stranger = signed_in(cast.officers.reception), signed_in(officer(Role.RECEPTION, cast.commune))
    address = reverse("notices")
    rows = [row for shelf in STATES for row in exported(desk, f"{address}?o={shelf}")]
    assert [(row["Mã hồ sơ"], row["Gửi tới"]) for row in rows] == [(dossier.code, notice.recipient)]
    assert [row for shelf in STATES for row in exported(desk, f"{address}?o={shelf}&q=H14.99")] == []
    assert [row for shelf in STATES for row in exported(stranger, f"{address}?o={shelf}")] == []


def test_filters_are_told_in_the_words_of_their_form(cast: Cast) -> None:
    said = {"trang_thai": "4", "don_vi": "04.05", "tu": "2026-11-01"}
    asked = SearchForm(said, officer=cast.officers.handler, at=AT)
    told = dict(exports.said(asked))
    assert told["Trạng thái"] == "Đang xử lý"
    assert told["Cơ quan giải quyết"] == "Sở Mẫu"
    assert told["Nộp từ ngày"] == "01/11/2026"
    assert told["Nộp đến ngày"] == ""

"""The statutory forms: what each says, from facts alone, and that it is set in type as it was said."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import segno
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.dossiers import acts, queries, telling
from motcua.dossiers.folding import Folded
from motcua.dossiers.models import Dossier
from motcua.dossiers.printing import control, forms, register, render, sets, wording
from motcua.dossiers.printing.forms import NoForm, Sheet
from motcua.dossiers.views import prints
from motcua.law.calendar import TZ
from motcua.law.facts import SupplementRequested
from motcua.people.models import Officer, Post, Role, Unit, UnitKind
from motcua.ui import press, qr
from tests import cast, pdf
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AUGUST = datetime(2025, 8, 4, 9, 0, tzinfo=TZ)
TYPED = r"""Nông #1 *Thị* _Mẫu_ "Hoa" <a> $x$ @b `c` \d // e -- [f] 'g'"""


@pytest.fixture
def crew() -> Cast:
    return cast.gather()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the moment the pages take for now."""
    return lambda moment: monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def sheet(dossier: Dossier, slug: str, at: datetime = MONDAY) -> Sheet:
    case = queries.folded(dossier)
    names, units = queries.people(telling.actors(case.facts)), queries.step_units(case)
    return forms.sheet(case, slug, at=at, names=names, units=units)


def said(dossier: Dossier, slug: str, at: datetime = MONDAY) -> str:
    """What the printed form says."""
    return pdf.text(render.pdf(sheet(dossier, slug, at)))


def offered(dossier: Dossier, at: datetime) -> list[str]:
    return [form.slug for form in forms.offered(queries.folded(dossier), at)]


def walked(crew: Cast, dossier: Dossier, *steps: tuple[str, datetime], result: str = "granted") -> None:
    for step, at in steps:
        crew.does(dossier, step, at, result)


def desk(crew: Cast) -> Unit:
    """The one-stop centre of the province, where the cast's counter officer receives too."""
    centre = Unit.objects.create(
        code="04.90",
        agency_code="H14.90",
        name="Trung tâm Phục vụ hành chính công tỉnh",
        kind=UnitKind.CENTRE,
        parent=crew.province,
        valid_from=cast.BORN,
    )
    Post.objects.create(
        officer=crew.officers.reception, unit=centre, role=Role.RECEPTION, valid_from=cast.BORN
    )
    return centre


def signed_in(who: Officer) -> Client:
    client = Client()
    client.force_login(who)
    return client


# Giấy tiếp nhận hồ sơ và hẹn trả kết quả


def test_a_reception_slip_says_who_what_when_and_by_whom(crew: Cast) -> None:
    words = said(crew.received(), "01")
    for part in (
        "UBND TỈNH CAO BẰNG SỞ MẪU Số: H14.05-261102-0001/TTPVHCC",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "Cao Bằng, ngày 02 tháng 11 năm 2026",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Sở Mẫu tiếp nhận hồ sơ của: Nông Thị Mẫu",
        "Số định danh, mã số thuế: 004090000001",
        "Nội dung yêu cầu giải quyết: Cấp giấy xác nhận mẫu (mã thủ tục 1.000001)",
        "1 Đơn đề nghị Đã quét",
        "Thời gian giải quyết hồ sơ theo quy định: 5 ngày làm việc",
        "Thời gian nhận hồ sơ: 09 giờ 00 phút, ngày 02 tháng 11 năm 2026",
        "Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 09 tháng 11 năm 2026",
        "Phí, lệ phí theo quy định: 20.000 đ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ (Ký và ghi rõ họ tên) Cán bộ Cán bộ một cửa",
        "Căn cứ: NĐ 118/2025/NĐ-CP Đ.17.3",
    ):
        assert part in words


def test_what_people_typed_prints_as_typed(crew: Cast) -> None:
    who = acts.Applicant(name=TYPED, address="#let x = 1", email="*a*@vidu.vn")
    papers = ({"code": "", "name": "= Đơn #sys.inputs", "origin": "paper"},)
    dossier = crew.received(applicant=who, components=papers, subject='"} #panic() {"')
    acts.withdraw(dossier, reason="- một\n- hai $", by=None, at=MONDAY + HOUR)
    words = said(dossier, "01")
    for typed in (TYPED, "Địa chỉ: #let x = 1", "*a*@vidu.vn", "= Đơn #sys.inputs", '"} #panic() {"'):
        assert typed in words
    assert "Lý do: - một - hai $" in said(dossier, "05")


def test_a_word_longer_than_a_line_is_broken_and_not_cut_off(crew: Cast) -> None:
    dossier = crew.received(applicant=acts.Applicant(name="An", address="x" * 200))
    plain = said(dossier, "01").replace("\u200b", "").replace(" ", "")
    assert f"Địachỉ:{'x' * 200}" in plain
    assert pdf.pages(render.pdf(sheet(dossier, "01"))) == 1


def test_what_no_fact_holds_is_a_dotted_line(crew: Cast) -> None:
    data = sheet(crew.received(applicant=acts.Applicant(name="An")), "01").data
    assert [data[name] for name in ("address", "phone", "email", "identity", "sets")] == [None] * 5
    words = said(crew.received(applicant=acts.Applicant(name="An")), "01")
    for label in ("Địa chỉ", "Số điện thoại", "Thư điện tử", "Số định danh, mã số thuế", "Số lượng hồ sơ"):
        assert f"{label}: . . . ." in words


def test_a_term_nobody_could_read_is_left_to_be_filled_in() -> None:
    words = said(cast.gather(limit="").received(), "01")
    assert "theo quy định: . . . ." in words
    assert "trả kết quả giải quyết hồ sơ: ……… giờ ……… phút, ngày ……… tháng ……… năm" in words


def test_a_slip_with_many_papers_goes_on_overleaf_and_counts_its_pages(crew: Cast) -> None:
    papers = tuple({"code": "", "name": f"Giấy tờ thứ {n}", "origin": "paper"} for n in range(40))
    printed = render.pdf(sheet(crew.received(components=papers), "01"))
    assert pdf.pages(printed) == 2
    assert "H14.05-261102-0001, trang 2/2" in pdf.text(printed)
    assert all(f"Giấy tờ thứ {n} " in pdf.text(printed) for n in range(40))


def test_the_same_facts_give_the_same_bytes(crew: Cast) -> None:
    dossier = crew.received()
    assert render.pdf(sheet(dossier, "01")) == render.pdf(sheet(dossier, "01", MONDAY + 9 * DAY))


def test_the_slip_keeps_the_moment_it_promised(crew: Cast) -> None:
    dossier = crew.received()
    acts.extend(dossier, due=MONDAY + 21 * DAY, reason="Mưa lũ", by=crew.officers.signer, at=MONDAY + DAY)
    assert sheet(dossier, "01").data["due"] == "17 giờ 00 phút, ngày 09 tháng 11 năm 2026"


# Mã QR


def test_the_qr_code_holds_dossier_procedure_identity_and_paper(crew: Cast) -> None:
    data = sheet(crew.received(), "01").data
    says = "H14.05-261102-0001|1.000001|004090000001|Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    assert data["qr"]["says"] == says
    assert data["qr"]["svg"] == segno.make_qr(says, error="m").svg_inline(border=0)


def test_the_qr_code_stands_in_the_top_left_corner_of_what_is_printed(crew: Cast) -> None:
    slip = sheet(crew.received(), "01")
    (page,) = render.pages(slip, "svg")
    found = re.search(r'<image transform="translate\(([\d.]+) ([\d.]+)\)" xlink:href="(.+?)"', page.decode())
    assert found
    assert [round(float(points) * 25.4 / 72) for points in found.groups()[:2]] == [12, 10]  # mm
    assert base64.b64decode(found[3].split(",")[1]).decode() == slip.data["qr"]["svg"]


@pytest.mark.parametrize(("day", "asked"), [(date(2023, 5, 24), False), (date(2023, 5, 25), True)])
def test_a_qr_code_is_printed_since_the_day_it_is_asked_for(day: date, asked: bool) -> None:
    assert bool(qr.fields(day)) is asked


# Bộ biểu mẫu theo ngày


def test_the_day_of_the_fact_chooses_the_set_of_forms(crew: Cast) -> None:
    old, new = crew.received(AUGUST), crew.received()
    assert "TT 01/2018/TT-VPCP" in sheet(old, "01").data["source"]
    assert "TT 03/2025/TT-VPCP" in sheet(new, "01").data["source"]
    words = {"signer": crew.officers.signer, "due": AUGUST + 21 * DAY}
    acts.extend(old, due=words["due"], reason="Mưa lũ", by=words["signer"], at=AUGUST + DAY)
    acts.extend(new, due=MONDAY + 21 * DAY, reason="Mưa lũ", by=words["signer"], at=MONDAY + DAY)
    assert sheet(old, "04").data["title"] == "Phiếu xin lỗi và hẹn lại ngày trả kết quả"
    assert sheet(new, "04").data["title"] == "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"


def test_the_old_set_has_no_notice_of_stopping(crew: Cast) -> None:
    dossier = crew.received(AUGUST)
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=AUGUST + HOUR)
    assert offered(dossier, AUGUST + DAY) == ["01", "05", "ban-giao"]
    assert sheet(dossier, "05", AUGUST + DAY).data["title"] == "Phiếu kiểm soát quá trình giải quyết hồ sơ"
    with pytest.raises(NoForm, match="không bị dừng"):
        sheet(dossier, "05", MONDAY)


@pytest.mark.parametrize(
    ("at", "slug", "size"),
    [(AUGUST, "05", (148, 210)), (MONDAY, "06", (210, 297)), (MONDAY, "01", (148, 210))],
)
def test_a_form_has_the_paper_of_its_set(crew: Cast, at: datetime, slug: str, size: tuple[int, int]) -> None:
    assert pdf.size(render.pdf(sheet(crew.received(at), slug, at))) == size


def test_no_form_is_older_than_its_set() -> None:
    assert sets.on(date(2018, 11, 22)) == {}
    assert {form.number for form in sets.on(date(2025, 9, 14)).values()} == {f"0{n}" for n in range(1, 7)}
    assert {form.number for form in sets.on(date(2025, 9, 15)).values()} == {f"0{n}" for n in range(1, 8)}


def test_a_form_says_that_its_layout_was_not_compared_with_the_circular(crew: Cast) -> None:
    assert "Mẫu số 01, TT 03/2025/TT-VPCP [câu chữ, cách trình bày chưa đối chiếu bản gốc]" in said(
        crew.received(), "01"
    )


# Các mẫu khác


def test_a_supplement_slip_lists_what_is_asked_for_and_until_when(crew: Cast) -> None:
    dossier = crew.received()
    asked = {"items": ["Đơn đề nghị", "Bản sao giấy tờ"], "reason": "Thiếu chữ ký"}
    acts.request_supplement(dossier, **asked, by=crew.officers.reception, at=MONDAY + HOUR)
    words = said(dossier, "02")
    assert "1 Đơn đề nghị 2 Bản sao giấy tờ Lý do: Thiếu chữ ký" in words
    assert "đến hết ngày 17 tháng 11 năm 2026 chưa được bổ sung" in words
    assert "thời hạn giải quyết được tính lại từ đầu" in words


def test_a_supplement_slip_promises_no_new_term_once_the_old_one_ran_out(crew: Cast) -> None:
    dossier = crew.received()
    reason = {"items": ["Đơn đề nghị"], "reason": "Thiếu chữ ký"}
    fact = SupplementRequested(at=MONDAY + 30 * DAY, phase="appraisal", **reason)
    late = Folded(
        dossier, replace(queries.folded(dossier).past, facts=(*queries.folded(dossier).facts, fact))
    )
    assert forms.sheet(late, "02", at=fact.at, names={}, units={}).data["restarts"] is False


def test_a_supplement_asked_at_the_counter_has_its_last_day_and_promises_no_term(crew: Cast) -> None:
    asked = {"items": ["Đơn đề nghị"], "reason": "Thiếu"}
    dossier = acts.ask_at_counter(crew.filing(), **asked, by=crew.officers.reception, at=MONDAY)
    data = sheet(dossier, "02").data
    assert (data["until"], data["restarts"]) == ("ngày 17 tháng 11 năm 2026", False)
    assert offered(dossier, MONDAY) == ["02"]


def test_a_refusal_at_the_counter_gives_its_reason(crew: Cast) -> None:
    told = {"reason": "Không thuộc thẩm quyền", "by": crew.officers.reception}
    dossier = acts.refuse_at_counter(crew.filing(), **told, at=MONDAY)
    words = said(dossier, "03")
    assert (
        "Qua kiểm tra, Sở Mẫu không tiếp nhận hồ sơ này với lý do cụ thể như sau: Không thuộc thẩm quyền"
        in words
    )
    assert "NGƯỜI TỪ CHỐI TIẾP NHẬN" in words


def test_a_refused_result_gives_its_reason(crew: Cast) -> None:
    dossier = crew.received()
    hours = (MONDAY + n * HOUR for n in range(1, 6))
    steps = zip(("giao", "tham", "xacminh", "ky", "so"), hours, strict=True)
    walked(crew, dossier, *steps, result="refused")
    told = {"result": "refused", "number": "12/TB", "reason": "Không đủ điều kiện"}
    acts.finish(dossier, **told, by=crew.officers.clerk, at=MONDAY + 6 * HOUR)
    words = said(dossier, "03", MONDAY + DAY)
    assert (
        "từ chối giải quyết hồ sơ này theo văn bản số 12/TB với lý do cụ thể như sau: Không đủ điều kiện"
        in words
    )


def test_an_apology_says_the_old_moment_and_the_new_one(crew: Cast) -> None:
    dossier = crew.received()
    acts.extend(dossier, due=MONDAY + 21 * DAY, reason="Mưa lũ", by=crew.officers.signer, at=MONDAY + DAY)
    words = said(dossier, "04")
    assert "Kính gửi: Nông Thị Mẫu" in words
    assert "Thời gian đã hẹn trả kết quả: 17 giờ 00 phút, ngày 09 tháng 11 năm 2026" in words
    assert "Thời gian hẹn lại trả kết quả: 09 giờ 00 phút, ngày 23 tháng 11 năm 2026" in words
    assert "Cao Bằng, ngày 03 tháng 11 năm 2026" in words
    assert words.count("Cán bộ Lãnh đạo ký duyệt") == 1


def test_only_a_paper_of_the_desk_carries_the_desks_mark_in_its_number(crew: Cast) -> None:
    dossier = crew.received(receiving_unit=desk(crew))
    acts.extend(dossier, due=MONDAY + 21 * DAY, reason="Mưa lũ", by=crew.officers.signer, at=MONDAY + DAY)
    assert sheet(dossier, "01").data["head"]["number"] == f"{dossier.code}/TTPVHCC"
    assert sheet(dossier, "04").data["head"]["number"] == dossier.code


def test_a_notice_of_stopping_says_who_wished_it_and_how_far_the_dossier_was(crew: Cast) -> None:
    dossier = crew.received()
    walked(crew, dossier, ("giao", MONDAY + HOUR))
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + 2 * HOUR)
    words = said(dossier, "05")
    assert "Giai đoạn khi dừng: Thẩm định hồ sơ; Xác minh thực tế" in words
    assert "Theo đề nghị của người nộp, hồ sơ được dừng giải quyết từ 11 giờ 00 phút" in words
    assert "Phí, lệ phí đã nộp: Chưa nộp" in words
    assert "Hoàn trả: . . . ." in words


def test_a_hand_over_slip_names_both_sides_and_leaves_the_moment_open(crew: Cast) -> None:
    words = said(crew.received(receiving_unit=desk(crew)), "ban-giao")
    assert "Bên giao: Trung tâm Phục vụ hành chính công tỉnh Bên nhận: Sở Mẫu" in words
    assert "Thời gian bàn giao: ……… giờ" in words
    assert "Mẫu số" not in words


def test_a_hand_over_slip_says_who_gave_and_who_signed_for_the_papers(crew: Cast) -> None:
    paper = ({"code": "", "name": "Đơn đề nghị", "origin": "paper"},)
    dossier = crew.received(components=paper)
    acts.give_papers(dossier, by=crew.officers.reception, at=MONDAY + HOUR)
    acts.receive_papers(dossier, by=crew.officers.clerk, at=MONDAY + 2 * HOUR, note="Thiếu bản sao")
    words = said(dossier, "ban-giao", MONDAY + DAY)
    assert "Thời gian bàn giao: 10 giờ 00 phút, ngày 02 tháng 11 năm 2026" in words
    assert "Thời gian ký nhận: 11 giờ 00 phút, ngày 02 tháng 11 năm 2026" in words
    assert "Ghi chú khi nhận: Thiếu bản sao" in words
    assert f"(Ký và ghi rõ họ tên) {crew.officers.reception.full_name} BÊN NHẬN" in words
    assert f"(Ký và ghi rõ họ tên) {crew.officers.clerk.full_name} Căn cứ" in words


REASONS = {
    "01": "chưa được tiếp nhận",
    "02": "chưa bị yêu cầu bổ sung",
    "03": "không bị từ chối",
    "04": "chưa được xin lỗi",
    "05": "không bị dừng",
    "06": "chưa được tiếp nhận",
    "07": "không in cho một hồ sơ",
    "08": "không có mẫu 08",
    "ban-giao": "chưa có gì để bàn giao",
}


@pytest.mark.parametrize("slug", REASONS)
def test_a_form_without_its_fact_is_not_printed_and_says_why(crew: Cast, slug: str) -> None:
    dossier = acts.file_online(crew.filing(channel="online"), at=MONDAY)
    assert offered(dossier, MONDAY) == []
    with pytest.raises(NoForm, match=REASONS[slug]):
        sheet(dossier, slug)


# Phiếu kiểm soát quá trình giải quyết hồ sơ


def rows(dossier: Dossier, at: datetime) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sheet(dossier, "06", at).data["rows"]
    return found


def test_the_control_sheet_has_a_row_for_every_hand_over(crew: Cast) -> None:
    dossier = crew.received()
    walked(crew, dossier, ("giao", MONDAY + HOUR), ("tham", MONDAY + HOUR), ("xacminh", MONDAY + DAY))
    found = rows(dossier, MONDAY + DAY)
    assert [row["step"] for row in found] == [
        "Tiếp nhận, chuyển hồ sơ",
        "Phân công thụ lý",
        "Thẩm định hồ sơ",
        "Xác minh thực tế",
        "Ký duyệt kết quả",
    ]
    givers = [row["from"]["person"] for row in found]
    desk, assigner, handler = "Cán bộ Cán bộ một cửa", "Cán bộ Lãnh đạo phòng", "Cán bộ Cán bộ thụ lý"
    assert givers == ["Nông Thị Mẫu", desk, assigner, assigner, handler]
    assert [row["to"]["person"] for row in found] == [desk, assigner, handler, handler, None]
    assert [row["ended"] is None for row in found] == [False, False, False, False, True]


def test_a_step_is_early_on_time_or_late_against_its_own_limit(crew: Cast) -> None:
    dossier = crew.received()  # giao has 2 hours, the branches 12 each
    walked(
        crew, dossier, ("giao", MONDAY + DAY), ("tham", MONDAY + DAY + HOUR), ("xacminh", MONDAY + 3 * DAY)
    )
    assert [row["result"] for row in rows(dossier, MONDAY + 3 * DAY)] == [
        "Đúng hạn",
        "Quá hạn",
        "Trước hạn",
        "Quá hạn",
        "",
    ]
    assert rows(dossier, MONDAY + 9 * DAY)[-1]["result"] == "Quá hạn"


def test_waiting_for_the_applicant_is_no_lateness_of_the_step(crew: Cast) -> None:
    dossier = crew.received()
    walked(crew, dossier, ("giao", MONDAY + HOUR))
    ask = {"items": ["Đơn đề nghị"], "reason": "Thiếu"}
    acts.request_supplement(dossier, **ask, by=crew.officers.reception, at=MONDAY + 2 * HOUR)
    acts.receive_supplement(dossier, by=crew.officers.reception, at=MONDAY + 7 * DAY)
    walked(crew, dossier, ("tham", MONDAY + 7 * DAY + HOUR))
    row = rows(dossier, MONDAY + 7 * DAY + HOUR)[2]
    assert row["step"] == "Thẩm định hồ sơ"
    assert row["result"] != "Quá hạn"
    assert "chờ người nộp" in row["note"]


def test_a_branch_taken_away_by_a_return_is_nobodys_lateness(crew: Cast) -> None:
    dossier = crew.received()
    walked(crew, dossier, ("giao", MONDAY + HOUR))
    acts.send_back(
        dossier, step="tham", to="giao", reason="Sai phòng", by=crew.officers.handler, at=MONDAY + 2 * HOUR
    )
    sent, taken, again = rows(dossier, MONDAY + 2 * HOUR)[2:]
    assert (sent["to"]["person"], sent["ended"][:3]) == ("Cán bộ Cán bộ thụ lý", "Xon")
    assert (taken["to"]["person"], taken["result"], taken["ended"][:4]) == (None, "", "Thôi")
    assert again["from"]["person"] == "Cán bộ Cán bộ thụ lý"


def test_a_returned_result_ends_the_last_step(crew: Cast) -> None:
    dossier = crew.received()
    hours = (MONDAY + n * HOUR for n in range(1, 6))
    walked(crew, dossier, *zip(("giao", "tham", "xacminh", "ky", "so"), hours, strict=True))
    acts.finish(dossier, result="granted", number="1", by=crew.officers.clerk, at=MONDAY + 6 * HOUR)
    acts.pay(dossier, amount=20000, means="dvcqg", by=None, at=MONDAY + 6 * HOUR)
    acts.return_result(dossier, means="counter", by=crew.officers.reception, at=MONDAY + DAY)
    last = rows(dossier, MONDAY + 2 * DAY)[-1]
    assert last["step"] == "Trả kết quả"
    assert last["ended"] == "Xong: 09 giờ 00 phút, ngày 03 tháng 11 năm 2026"
    assert last["to"]["person"] == "Cán bộ Cán bộ một cửa"


def test_a_withdrawn_dossier_leaves_its_step_unfinished(crew: Cast) -> None:
    dossier = crew.received()
    acts.withdraw(dossier, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    last = rows(dossier, MONDAY + 9 * DAY)[-1]
    assert last["ended"].startswith("Thôi: 10 giờ")
    assert last["result"] == ""
    assert "Công dân rút hồ sơ: Đổi ý" in last["note"]


def test_the_cause_of_a_stay_is_found_among_facts_of_the_same_moment(crew: Cast) -> None:
    dossier = crew.received()
    walked(crew, dossier, ("giao", MONDAY), ("tham", MONDAY), ("xacminh", MONDAY))
    case = queries.folded(dossier)
    found = [getattr(fact, "step", "") for fact in control.causes(case.process, case.facts)]
    assert found == ["", "nhan", "giao", "giao", "xacminh"]


def test_the_printed_control_sheet_carries_its_rows(crew: Cast) -> None:
    dossier = crew.received()
    walked(crew, dossier, ("giao", MONDAY + HOUR))
    words = said(dossier, "06", MONDAY + HOUR)
    assert "1. Giao: Người nộp hồ sơ 2. Nhận: Sở Mẫu 09 giờ 00 phút, ngày 02 tháng 11 năm 2026" in words
    assert "Người giao Người nhận Nông Thị Mẫu Cán bộ Cán bộ một cửa" in words


# Sổ theo dõi hồ sơ


def book(unit: Unit, dossiers: list[Dossier]) -> Sheet:
    return register.sheet(unit, MONDAY.date(), MONDAY.date(), dossiers, {}, at=MONDAY)


def test_the_register_has_a_row_for_each_dossier_of_the_desk_and_period(
    crew: Cast, clock: Callable[[datetime], None]
) -> None:
    before, within = crew.received(MONDAY - 3 * DAY), crew.received(MONDAY)
    acts.file_online(crew.filing(channel="online"), at=MONDAY)
    walked(crew, within, *((step, MONDAY) for step in ("giao", "tham", "xacminh", "ky", "so")))
    acts.finish(within, result="granted", number="1", by=crew.officers.clerk, at=MONDAY)
    acts.pay(within, amount=20000, means="dvcqg", by=None, at=MONDAY)
    acts.return_result(within, means="post", by=crew.officers.reception, at=MONDAY + HOUR)
    clock(MONDAY + DAY)
    answer = signed_in(crew.officers.reception).get(reverse("register"))
    words = pdf.text(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "SỔ THEO DÕI HỒ SƠ Từ ngày 01 tháng 11 năm 2026 đến ngày 03 tháng 11 năm 2026" in words
    assert f"1 {within.code}" in words
    assert "09:00 02/11/2026 17:00 09/11/2026 10:00 02/11/2026 qua bưu chính công ích" in words
    assert before.code not in words
    asked = {"unit": "04.05", "from": "2026-10-30", "to": "2026-11-01"}
    assert before.code in pdf.text(signed_in(crew.officers.reception).get(reverse("register"), asked).content)


def test_the_register_lies_on_its_side_and_says_when_it_is_empty(crew: Cast) -> None:
    printed = render.pdf(book(crew.department, []))
    assert pdf.size(printed) == (297, 210)
    assert "Không có hồ sơ nào" in pdf.text(printed)


def test_the_register_asks_the_same_few_questions_however_many_dossiers(
    crew: Cast, clock: Callable[[datetime], None]
) -> None:
    clock(MONDAY + DAY)
    client, counts = signed_in(crew.officers.reception), []
    for more in (1, 12):
        for _ in range(more):
            crew.received()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse("register")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


def test_a_register_of_another_unit_is_not_shown(crew: Cast, clock: Callable[[datetime], None]) -> None:
    clock(MONDAY)
    stranger = cast.officer(Role.RECEPTION, crew.commune)
    assert signed_in(stranger).get(reverse("register"), {"unit": "04.05"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"from": "hôm qua"}, "“hôm qua” không phải ngày"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "Ngày cuối của kỳ phải từ ngày đầu"),
        ({"unit": "99"}, "Không có đơn vị 99"),
        ({"from": "2017-01-01", "to": "2017-02-01"}, "chưa có biểu mẫu nào"),
    ],
)
def test_a_register_that_cannot_be_printed_says_why(
    crew: Cast, clock: Callable[[datetime], None], asked: dict[str, str], why: str
) -> None:
    clock(MONDAY)
    answer = signed_in(crew.officers.reception).get(reverse("register"), asked)
    assert answer.status_code == 404
    assert why in answer.content.decode()


def test_a_period_of_too_many_dossiers_asks_for_a_shorter_one(
    crew: Cast, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "MOST", 1)
    clock(MONDAY)
    crew.received()
    client = signed_in(crew.officers.reception)
    assert client.get(reverse("register")).status_code == 200
    crew.received()
    assert "Hãy chọn kỳ ngắn hơn" in client.get(reverse("register")).content.decode()


# Địa chỉ và trang


def test_a_form_is_shown_to_whoever_may_read_its_dossier(
    crew: Cast, clock: Callable[[datetime], None]
) -> None:
    clock(MONDAY)
    dossier = crew.received()
    url = reverse("form", args=[dossier.code, "01"])
    assert url == f"/ho-so/{dossier.code}/phieu/01.pdf"
    answer = signed_in(crew.officers.handler).get(url)
    assert answer.headers["Content-Disposition"] == f'inline; filename="{dossier.code}-01.pdf"'
    assert dossier.code in pdf.text(answer.content)
    assert signed_in(cast.officer(Role.HANDLER, crew.commune)).get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_a_form_there_is_nothing_to_print_on_is_a_page_that_says_why(
    crew: Cast, clock: Callable[[datetime], None]
) -> None:
    clock(MONDAY)
    answer = signed_in(crew.officers.handler).get(reverse("form", args=[crew.received().code, "04"]))
    assert answer.status_code == 404
    assert "hồ sơ chưa được xin lỗi, hẹn lại lần nào" in answer.content.decode()


def test_the_page_of_a_dossier_leads_to_its_forms_and_to_no_other(
    crew: Cast, clock: Callable[[datetime], None]
) -> None:
    clock(MONDAY)
    dossier = crew.received()
    page = signed_in(crew.officers.reception).get(reverse("dossier", args=[dossier.code])).content.decode()
    leads = {slug for slug in REASONS if reverse("form", args=[dossier.code, slug]) in page}
    assert leads == {"01", "06", "ban-giao"}


def test_the_slip_on_screen_leads_to_the_statutory_form(
    crew: Cast, clock: Callable[[datetime], None]
) -> None:
    clock(MONDAY)
    dossier = crew.received()
    slip = signed_in(crew.officers.reception).get(reverse("print", args=[dossier.code, "giay-tiep-nhan"]))
    assert reverse("form", args=[dossier.code, "01"]) in slip.content.decode()


# Máy in


def test_slips_asked_for_at_once_are_all_printed(crew: Cast) -> None:
    wanted = [sheet(crew.received(), "01") for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        printed = list(threads.map(render.pdf, wanted))
    assert [wish.data["code"] in pdf.text(made) for wish, made in zip(wanted, printed, strict=True)] == [
        True
    ] * 6


def installed(folder: Path, family: str, revision: float) -> SimpleNamespace:
    """A font as `typst.Fonts` lists it, whose file holds nothing but its revision."""
    file = folder / f"{family}.ttf"
    head = struct.pack(">4sIII", b"head", 0, 28, 8)
    file.write_bytes(
        struct.pack(">4sHHHH", b"\0\1\0\0", 1, 0, 0, 0) + head + struct.pack(">II", 0, int(revision * 65536))
    )
    return SimpleNamespace(family=family, path=str(file))


@pytest.mark.parametrize(
    ("fonts", "chosen"),
    [
        ([], "Libertinus Serif"),
        ([("Liberation Serif", 1.07)], "Libertinus Serif"),
        ([("Liberation Serif", 2.1)], "Liberation Serif"),
        ([("Liberation Serif", 2.1), ("Tinos", 1.3)], "Tinos"),
    ],
)
def test_a_font_that_lacks_vietnamese_letters_is_never_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fonts: list[tuple[str, float]], chosen: str
) -> None:
    found = [installed(tmp_path, *font) for font in fonts]
    monkeypatch.setattr(press.typst, "Fonts", lambda **_: SimpleNamespace(fonts=lambda: found))
    assert press.font.__wrapped__() == (chosen, [tmp_path] if chosen != press.OWN else [])


@pytest.mark.parametrize(
    ("name", "kind", "place"),
    [
        ("UBND tỉnh Cao Bằng", UnitKind.PROVINCE, "Cao Bằng"),
        ("Ủy ban nhân dân thành phố Huế", UnitKind.PROVINCE, "Huế"),
        ("Phường Thục Phán", UnitKind.COMMUNE, "Thục Phán"),
        ("Phường 4", UnitKind.COMMUNE, None),
        ("Ban Quản lý", UnitKind.PROVINCE, None),
    ],
)
def test_a_paper_is_dated_at_the_bare_name_of_its_territory(name: str, kind: str, place: str | None) -> None:
    assert wording.place(Unit(name=name, kind=kind)) == place
    desk = Unit(name="Trung tâm", kind=UnitKind.CENTRE, parent=Unit(name=name, kind=kind))
    assert wording.place(desk) == place

"""Announcing for those who control procedures: the work, the register, a decision from draft to publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from motcua.catalogue.announcing import acts, counting
from motcua.catalogue.models import Announcement, Instrument
from motcua.law.calendar import TZ
from tests.acts.test_announcing import AMENDED, ISSUED, drafted, issued, texts
from tests.cast import Cast, gather

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 9, 9, 0, tzinfo=TZ)
HOME, DECISIONS, REGISTER = "/cong-bo/", "/cong-bo/quyet-dinh/", "/cong-bo/van-ban/"
HEAD = {
    "trich_yeu": "Công bố danh mục thủ tục",
    "co_quan": "Chủ tịch UBND tỉnh Cao Bằng",
    "cap": "province",
    "hieu_luc": "2026-11-16",
    "van_ban": "12/2026/qđ-ubnd",
    "so": "812/QĐ-UBND",
    "ngay_ky": "2026-11-09",
    "nguoi_ky": "Hoàng Văn Ký",
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def control(client: Client, cast: Cast) -> Client:
    client.force_login(cast.officers.controller)
    return client


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def page(decision: Announcement, more: str = "") -> str:
    return f"{DECISIONS}{decision.pk}/{more}"


def test_only_those_who_control_procedures_come_in(client: Client, cast: Cast) -> None:
    draft = drafted()
    pages = ("", "sua/", "thu-tuc/", "nhap/", "ban-hanh/")
    urls = [HOME, DECISIONS, REGISTER, f"{REGISTER}moi/", *(page(draft, more) for more in pages)]
    client.force_login(cast.officers.handler)
    assert {client.get(url).status_code for url in urls} == {403}
    assert HOME not in text(client, "/thu-tuc/")
    client.logout()
    assert {client.get(url).status_code for url in urls} == {302}


def test_a_decision_goes_from_an_instrument_to_the_public_page(control: Client, cast: Cast) -> None:
    acts.register_instrument(ISSUED, by=None, at=NOW)
    found = Instrument.objects.get()
    work = text(control, HOME)
    assert "Cấp giấy xác nhận mẫu" in work
    assert f"{DECISIONS}moi/?van-ban={found.pk}" in work
    assert "09/11/2026" in work
    assert "Hôm nay" in work
    response = control.post(f"{DECISIONS}moi/?van-ban={found.pk}", HEAD)
    decision = Announcement.objects.get()
    assert response.headers["Location"] == page(decision)
    assert "chưa nêu nội dung sửa đổi" not in text(control, page(decision))
    assert "chưa có nội dung mới" in text(control, page(decision))
    said = {
        "loai": "sua doi",
        "ma_tthc": "1.000001",
        "noi_dung_thay_doi": "Rút ngắn",
        "thoi_han": "3 ngày làm việc",
    }
    assert control.post(page(decision, "thu-tuc/"), said).status_code == 302
    assert "điểm phải sửa" not in text(control, page(decision))
    assert "Bản 1 hết hiệu lực từ 16/11/2026" in text(control, page(decision, "ban-hanh/"))
    assert "còn phải công khai" in control.post(page(decision, "ban-hanh/"), follow=True).content.decode()
    assert "Công khai" in text(control, f"{HOME}?viec=cong-khai")
    done = control.post(page(decision, "cong-khai/"), {"ma": "1.000001"}, follow=True).content.decode()
    assert "Đã công khai 1 thủ tục" in done
    assert "Không còn thủ tục nào" in text(control, HOME)
    assert "3 ngày làm việc" in text(Client(), "/thu-tuc/1.000001/?ban=2")


def test_the_page_before_announcing_opens_each_count_to_its_list(control: Client, cast: Cast) -> None:
    dossier = cast.received(datetime(2026, 11, 3, 9, 0, tzinfo=TZ))
    draft = drafted(AMENDED)
    shown = text(control, page(draft, "ban-hanh/?xem=ho-so"))
    assert dossier.code in shown
    assert "Quy trình nội bộ" in text(control, page(draft, "ban-hanh/?xem=quy-trinh"))
    for which in ("bieu-mau", "lien-thong"):
        assert "Không có" in text(control, page(draft, f"ban-hanh/?xem={which}"))


def test_what_is_missing_is_said_and_the_decision_stays_a_draft(control: Client, cast: Cast) -> None:
    draft = drafted(number="")
    response = control.post(page(draft, "ban-hanh/"))
    assert response.status_code == 409
    assert "phải có số, ngày ký và người ký" in response.content.decode()
    draft.refresh_from_db()
    assert not draft.issued


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("van_ban", "99/2026/QĐ-UBND", "Sổ văn bản không có 99/2026/QĐ-UBND"),
        ("hieu_luc", "mai", "Viết ngày như 22/11/2026."),
        ("trich_yeu", "", "Hãy điền phần này."),
    ],
)
def test_a_wrong_head_names_its_field_and_keeps_what_was_typed(
    control: Client, field: str, value: str, told: str
) -> None:
    acts.register_instrument(ISSUED, by=None, at=NOW)
    response = control.post(f"{DECISIONS}moi/", {**HEAD, field: value})
    assert response.status_code == 422
    shown = response.content.decode()
    assert told in shown
    assert "Hoàng Văn Ký" in shown
    assert not Announcement.objects.exists()


def test_a_wrong_procedure_names_its_field(control: Client, cast: Cast) -> None:
    draft = drafted()
    said = {"loai": "sua doi", "ma_tthc": "1.2", "thoi_han": "sớm"}
    shown = control.post(page(draft, "thu-tuc/"), said)
    assert shown.status_code == 422
    for told in ("không đúng dạng", "Ghi số và đơn vị"):
        assert told in shown.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("phi", "9" * 17, "mức thu quá lớn"), ("thoi_han", "1/16 ngày", "thời hạn quá lẻ")],
)
def test_an_amount_its_column_does_not_take_is_told_before_the_decision_is_signed(
    control: Client, cast: Cast, field: str, value: str, told: str
) -> None:
    said = {"loai": "sua doi", "ma_tthc": "1.000001", field: value}
    shown = control.post(page(drafted(), "thu-tuc/"), said)
    assert shown.status_code == 422
    assert told in shown.content.decode().lower()


def book(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate([("loai", "ma_tthc", "ten_tthc", "noi_dung_thay_doi", "phi"), *rows]):
            sheet.write_row(number, 0, row)
    return SimpleUploadedFile("danh-muc.xlsx", content.getvalue())


def test_a_sheet_is_taken_whole_or_its_rows_are_told(control: Client, cast: Cast) -> None:
    draft = drafted()
    good = ("Sửa đổi", "1.000001", "Cấp giấy", "Phí", "Miễn phí")
    wrong = control.post(page(draft, "nhap/"), {"tep": book(good, ("Xóa", "1.000002", "x", "", ""))})
    assert wrong.status_code == 422
    shown = wrong.content.decode()
    assert "Chưa nhận dòng nào" in shown
    assert "Ghi một trong" in shown
    assert not draft.items.exists()
    for told in ("thêm 1", "không đổi 1"):
        done = control.post(page(draft, "nhap/"), {"tep": book(good)}, follow=True).content.decode()
        assert told in done
    assert control.get(f"{DECISIONS}mau.csv").content.decode().startswith("\ufeffloai,ma_tthc")


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_is_told_in_a_line(control: Client, cast: Cast, content: bytes) -> None:
    response = control.post(page(drafted(), "nhap/"), {"tep": SimpleUploadedFile("x.csv", content)})
    assert response.status_code == 422
    assert "Traceback" not in response.content.decode()


def test_a_procedure_is_taken_out_and_a_draft_thrown_away_but_not_what_was_issued(
    control: Client, cast: Cast
) -> None:
    draft = drafted(AMENDED)
    control.post(page(draft, "bot/"), {"ma": "1.000001"})
    assert not draft.items.exists()
    control.post(page(draft, "bo/"))
    assert not Announcement.objects.exists()
    done = issued(AMENDED)
    for more in ("bo/", "bot/"):
        assert "không sửa được" in control.post(page(done, more), follow=True).content.decode()
    assert control.get(page(done, "ban-hanh/")).status_code == 302


def test_a_due_day_is_explained_day_by_day(control: Client) -> None:
    shown = text(control, f"{HOME}han/?viec=cong-bo&ngay=2026-11-16")
    assert "09/11/2026" in shown
    assert "Ngày làm việc thứ 5" in shown
    assert "chưa xác minh" in shown
    assert "23/11/2026" in text(control, f"{HOME}han/?viec=cong-khai&ngay=2026-11-09&cap=ministry")
    for wrong in ("viec=la&ngay=2026-11-16", "viec=cong-bo&ngay=mai", "viec=cong-bo&ngay=2199-01-01"):
        assert control.get(f"{HOME}han/?{wrong}").status_code == 404


def test_the_register_takes_an_instrument_with_its_procedures_and_its_end(control: Client) -> None:
    said: dict[str, Any] = {
        "so": "12/2026/QĐ-UBND",
        "loai": "committee",
        "co_quan": "UBND tỉnh",
        "ban_hanh": "02/11/2026",
        "hieu_luc": "16/11/2026",
        "trich_yeu": "Quy định mẫu",
        "thu_tuc": "sửa đổi; 1.000001; Cấp giấy\nmới; ; Thủ tục chưa có mã",
    }
    wrong = control.post(f"{REGISTER}moi/", {**said, "thu_tuc": "sửa đổi 1.000001"})
    assert "Dòng 1 phải viết như" in wrong.content.decode()
    wrong = control.post(f"{REGISTER}moi/", {**said, "thu_tuc": f"mới; 1.000777; {'x' * 2001}"})
    assert "Dòng 1: tên thủ tục dài quá" in wrong.content.decode()
    control.post(f"{REGISTER}moi/", said)
    found = Instrument.objects.get()
    assert [told["code"] for told in found.procedures] == ["1.000001", ""]
    assert "phải công bố trước hết ngày 09/11/2026" in text(control, f"{REGISTER}{found.pk}/")
    assert "đã có trong sổ" in control.post(f"{REGISTER}moi/", said).content.decode()
    ended = {"ngay": "2027-01-01", "ly_do": "thay bằng văn bản khác"}
    assert "hết hiệu lực" in control.post(f"{REGISTER}{found.pk}/", ended, follow=True).content.decode()
    assert "12/2026" in text(control, f"{REGISTER}?q=Quy+định&loai=committee")
    assert control.get(f"{REGISTER}99999/").status_code == 404


def test_an_instrument_that_ended_before_it_was_announced_does_not_say_it_was(control: Client) -> None:
    found = acts.register_instrument(ISSUED, by=None, at=NOW)
    Instrument.objects.update(effective_on="2026-11-03", ended_on="2026-11-05")
    shown = text(control, f"{REGISTER}{found.pk}/")
    assert "chưa công bố, văn bản đã hết hiệu lực" in shown
    assert "đã công bố" not in shown


def test_a_review_is_written_down_and_stands_on_the_page_of_its_instrument(control: Client) -> None:
    url = f"{REGISTER}{acts.register_instrument(ISSUED, by=None, at=NOW).pk}/"
    assert "Chưa ghi kết quả rà soát" in text(control, url)
    wrong = control.post(
        f"{url}ra-soat/", {"ngay": "2026-11-10", "ket_qua": "remove", "ly_do": "hết đối tượng"}
    )
    assert "đến hôm nay" in wrong.content.decode()
    said = {"ngay": "2026-11-09", "ket_qua": "remove", "ly_do": "Không còn đối tượng", "so": "9/BC-STP"}
    shown = control.post(f"{url}ra-soat/", said, follow=True).content.decode()
    assert "09/11/2026: kiến nghị bãi bỏ" in shown
    assert "Không còn đối tượng; theo 9/BC-STP" in shown
    assert control.get(f"{REGISTER}99999/ra-soat/").status_code == 404


def test_a_decision_that_stands_on_an_old_instrument_can_be_read(control: Client, cast: Cast) -> None:
    old = replace(ISSUED, number="9/2015/NĐ-CP", issued_on=date(2015, 1, 5), effective_on=date(2015, 3, 1))
    decision = drafted(AMENDED)
    decision.instruments.set([acts.register_instrument(replace(old, procedures=()), by=None, at=NOW)])
    assert "812/QĐ-UBND" in text(control, page(decision))


def test_a_code_with_a_sign_no_column_takes_is_no_error(control: Client, cast: Cast) -> None:
    draft = drafted(AMENDED)
    assert control.post(page(draft, "bot/"), {"ma": "1\0"}).status_code == 302
    decision = issued(AMENDED, number="813/QĐ-UBND")
    assert control.post(page(decision, "cong-khai/"), {"ma": "1\0"}).status_code == 302
    acts.close_statistics(counting.Span.parse("2026-10"), by=None, at=NOW)
    reason = {"ky": "2026-10", "ly-do": "vì\0"}
    assert control.post("/cong-bo/thong-ke/chot/", reason).status_code == 302


def test_two_texts_are_compared_part_by_part(control: Client, cast: Cast) -> None:
    decision = issued(AMENDED)
    url = "/thu-tuc/1.000001/so-sanh/"
    assert "rút ngắn 2 ngày làm việc" in text(control, url)
    assert "Chưa có gì để so sánh" in text(Client(), url)
    assert Client().get(f"{url}?cu=1&moi=2").status_code == 404
    acts.publish_announced(decision, by=None, at=NOW)
    shown = text(Client(), f"{url}?cu=1&moi=2")
    assert "Trực tiếp: từ 5 ngày làm việc thành 3 ngày làm việc, rút ngắn 2 ngày làm việc" in shown
    assert f"{url}?cu=1&amp;moi=2" in text(Client(), "/thu-tuc/1.000001/?ban=2")
    assert texts("1.000001")[1].decision in shown

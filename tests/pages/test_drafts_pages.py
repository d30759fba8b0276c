"""Drafts for those they concern: the list, one draft with its gates, the forms, the ledger, the papers."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from motcua.catalogue.announcing.models import Change
from motcua.catalogue.control import acts
from motcua.catalogue.control.models import Assessment, Draft, Drafted, Position, Stage
from motcua.law.control import CRITERIA, PARTS
from motcua.people.models import Officer
from tests import drafts, pdf
from tests.drafts import AT, Crew

pytestmark = pytest.mark.django_db
LIST = "/kiem-soat/"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(hours=2))


@pytest.fixture
def crew() -> Crew:
    return drafts.gather()


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def page(draft: Draft) -> str:
    return f"{LIST}{draft.pk}/"


ABOUT = {
    "loai": "decision",
    "ten": "Quyết định mẫu",
    "don_vi": "04.05",
    "ngay": "02/11/2026",
    "can_cu": "delegated",
    "dieu_khoan": "Điều 5",
    "xuat_phat": "feedback",
    "xuat_phat_gi": "Người dân phải nộp hai lần một giấy tờ.",
    "xuat_phat_so": "PAKN-12",
}
TEXT = {
    "ten": "Cấp giấy nhanh",
    "trinh_tu": "Bước 1.",
    "cach_nop": ["direct"],
    "so_bo": "1",
    "thoi_han": "2,5",
    "don_vi_tinh": "ngày làm việc",
    "doi_tuong": "Công dân",
    "co_quan": "Sở Mẫu",
    "ket_qua": "Giấy xác nhận",
    "phi": "20.000",
    "khong_co": ["forms", "conditions"],
    "nen": "",
    "giay-TOTAL_FORMS": "2",
    "giay-INITIAL_FORMS": "0",
    "giay-0-ten": "Đơn đề nghị",
    "giay-0-chinh": "1",
    "giay-1-ten": "",
}


def assessment(**changes: Any) -> dict[str, Any]:
    told = {
        "can": "co",
        "can_ly_do": "Cần để quản lý.",
        "quan_ly": "co",
        "quan_ly_ly_do": "Có.",
        "thuan_tien": "co",
        "thuan_tien_ly_do": "Nhanh hơn.",
        "truoc": "0",
        "sau": "12.000.000",
        "thap_nhat": "co",
    }
    for part in PARTS:
        told |= {f"{part}_{name}": "co" for name in CRITERIA} | {f"{part}_ly_do": "Đạt."}
    return told | changes


@pytest.mark.parametrize("url", [LIST, f"{LIST}moi/", f"{LIST}tang-giam/", f"{LIST}1/", f"{LIST}thu-tuc/1/"])
def test_only_those_a_draft_concerns_see_it(crew: Crew, url: str) -> None:
    assert signed_in(crew.cast.officers.reception).get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_the_menu_leads_those_it_concerns_to_the_drafts(crew: Crew) -> None:
    assert f'href="{LIST}"' in text(signed_in(crew.justice), "/thu-tuc/")
    assert f'href="{LIST}"' not in text(signed_in(crew.cast.officers.reception), "/thu-tuc/")


def test_an_empty_list_says_what_to_do_and_only_drafters_may_begin(crew: Crew) -> None:
    assert "Chưa có dự thảo nào" in text(signed_in(crew.drafter), LIST)
    assert f"{LIST}moi/" in text(signed_in(crew.drafter), LIST)
    assert f"{LIST}moi/" not in text(signed_in(crew.control), LIST)
    assert signed_in(crew.control).get(f"{LIST}moi/").status_code == 403


def test_a_draft_is_begun_by_a_form_and_leads_to_its_page(crew: Crew) -> None:
    client = signed_in(crew.drafter)
    shown = client.post(f"{LIST}moi/", ABOUT, follow=True).content.decode()
    assert "Quyết định mẫu" in shown
    assert "Thực hiện nhiệm vụ được phân cấp" in shown
    assert "PAKN-12" in shown
    assert "Đang ở bước Soạn thảo" in shown
    assert "chưa có thủ tục nào trong dự thảo" in shown


def test_a_form_that_is_wrong_keeps_what_was_typed(crew: Crew) -> None:
    answer = signed_in(crew.drafter).post(f"{LIST}moi/", ABOUT | {"ngay": "hôm nay"})
    assert answer.status_code == 422
    assert "Viết ngày như 22/11/2026." in answer.content.decode()
    assert "PAKN-12" in answer.content.decode()


def test_a_day_without_rules_is_refused_and_keeps_what_was_typed(crew: Crew) -> None:
    answer = signed_in(crew.drafter).post(f"{LIST}moi/", ABOUT | {"ngay": "02/11/2015"})
    assert answer.status_code == 409
    assert "Không có quy định kiểm soát" in answer.content.decode()


def test_a_procedure_is_taken_in_and_written_by_forms(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.begun()
    assert "Hãy ghi tên thủ tục" in client.post(f"{page(draft)}thu-tuc/", {"loai": "new"}).content.decode()
    client.post(f"{page(draft)}thu-tuc/", {"loai": "new", "ten": "Cấp giấy nhanh"})
    drafted = draft.procedures.get()
    form = f"{LIST}thu-tuc/{drafted.pk}/"
    more = client.post(form, TEXT | {"do": "them"}).content.decode()
    assert 'name="giay-6-ten"' in more
    assert "Đơn đề nghị" in more
    shown = client.post(form, TEXT, follow=True).content.decode()
    assert "Đã lưu nội dung thủ tục" in shown
    version = Drafted.objects.get().version
    assert version is not None
    assert str(version.terms.get().amount) == "2.50"
    assert version.fees.get().amount == 20000
    assert [paper.name for paper in version.components.all()] == ["Đơn đề nghị"]


def test_a_text_written_by_another_meanwhile_is_not_lost(crew: Crew) -> None:
    draft = crew.begun()
    drafted = crew.added(draft)
    crew.written(drafted)
    answer = signed_in(crew.drafter).post(f"{LIST}thu-tuc/{drafted.pk}/", TEXT)
    assert answer.status_code == 409
    assert "được người khác lưu" in answer.content.decode()
    assert "Bước 1." in answer.content.decode()


def test_a_form_that_was_torn_says_so(crew: Crew) -> None:
    client, drafted = signed_in(crew.drafter), crew.added(crew.begun())
    form = f"{LIST}thu-tuc/{drafted.pk}/"
    assert client.post(form, TEXT | {"do": "them", "giay-TOTAL_FORMS": "nhiều"}).status_code == 200
    assert "Trang đã cũ" in client.post(form, TEXT | {"nen": "hôm qua"}).content.decode()
    wrong = client.post(form, TEXT | {"giay-0-chinh": "một"})
    assert wrong.status_code == 422
    assert "Có dòng giấy tờ ghi sai" in wrong.content.decode()


def test_only_a_procedure_of_the_catalogue_can_be_amended(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.begun()
    wrong = client.post(f"{page(draft)}thu-tuc/", {"loai": "amended", "ma": "1.999999"}).content.decode()
    assert "không có thủ tục đang áp dụng" in wrong
    client.post(f"{page(draft)}thu-tuc/", {"loai": "amended", "ma": "1.000001"})
    assert "chưa sửa phần nào" in text(client, page(draft))


def test_the_page_of_a_draft_names_each_shut_gate_with_its_article(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.whole(ground="")
    shown = text(client, page(draft))
    assert "Nghị định 78/2025/NĐ-CP, Đ.5" in shown
    assert "chưa nêu căn cứ" in shown
    assert "chưa xác minh" in shown
    answer = client.post(f"{page(draft)}chuyen/")
    assert answer.status_code == 409
    assert "Chưa chuyển được" in answer.content.decode()


def test_an_open_draft_goes_on_by_one_button(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.whole()
    assert f'action="{page(draft)}chuyen/"' in text(client, page(draft))
    shown = client.post(f"{page(draft)}chuyen/", follow=True).content.decode()
    assert "Đã chuyển sang bước Đánh giá tác động" in shown
    assert client.get(f"{page(draft)}chuyen/").status_code == 405


def test_an_assessment_is_saved_whole_or_in_part(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.assessing()
    form = f"{LIST}thu-tuc/{draft.procedures.get().pk}/danh-gia/"
    shown = text(client, form)
    assert "Trình tự thực hiện" in shown
    assert "Mẫu đơn, mẫu tờ khai" not in shown
    saved = client.post(form, assessment(title_lawful="", sau=""), follow=True).content.decode()
    assert "còn 2 chỗ chưa trả lời" in saved
    assert "chưa trả lời đủ về tên thủ tục" in text(client, form)
    saved = client.post(form, assessment(), follow=True).content.decode()
    assert "đã trả lời đủ" in saved
    assert Assessment.objects.count() == 2
    assert "12.000.000 đ" in text(client, page(draft))


def test_a_wrong_amount_keeps_the_long_form_as_typed(crew: Crew) -> None:
    draft = crew.assessing()
    form = f"{LIST}thu-tuc/{draft.procedures.get().pk}/danh-gia/"
    answer = signed_in(crew.drafter).post(form, assessment(sau="nhiều"))
    assert answer.status_code == 422
    assert "Ghi số tiền bằng chữ số" in answer.content.decode()
    assert "Nhanh hơn." in answer.content.decode()


def test_not_necessary_shows_that_the_draft_must_stop(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.assessing()
    form = f"{LIST}thu-tuc/{draft.procedures.get().pk}/danh-gia/"
    client.post(form, assessment(can="khong"))
    assert "phải dừng, không đề nghị ban hành" in text(client, page(draft))
    client.post(f"{page(draft)}viec/dung/", {"ly_do": "Không cần thiết theo đánh giá."})
    assert "Đã dừng" in text(client, page(draft))


def test_whoever_a_draft_waits_for_is_offered_to_answer_and_nobody_else(crew: Crew) -> None:
    draft = crew.asking()
    assert "viec/y-kien/" in text(signed_in(crew.control), page(draft))
    assert "viec/y-kien/" not in text(signed_in(crew.drafter), page(draft))
    assert "đơn vị soạn thảo" in text(signed_in(crew.cast.officers.controller), page(draft))
    assert "bạn chỉ xem" in text(signed_in(crew.justice), page(draft))


def test_an_opinion_is_written_answered_and_printed(crew: Crew) -> None:
    draft = crew.asking()
    told = {
        "ket_luan": "remarks",
        "noi_dung": "Bỏ bản sao.",
        "so": "12/VP",
        "ngay": "2026-11-02",
        "tep": "12.pdf",
    }
    shown = signed_in(crew.control).post(f"{page(draft)}viec/y-kien/", told, follow=True).content.decode()
    assert "Bỏ bản sao." in shown
    client = signed_in(crew.drafter)
    assert "viec/giai-trinh/" in text(client, page(draft))
    assert "Ý kiến: Bỏ bản sao." in text(client, f"{page(draft)}viec/giai-trinh/")
    client.post(f"{page(draft)}viec/giai-trinh/", {"noi_dung": "Đã bỏ bản sao giấy tờ."})
    shown = text(client, page(draft))
    assert "Đã bỏ bản sao giấy tờ." in shown
    assert "đủ điều kiện chuyển bước" in shown
    opinion = draft.visits.get(left=None).opinions.get()
    answer = client.get(f"{page(draft)}y-kien/{opinion.pk}/")
    assert answer["Content-Type"] == "application/pdf"
    assert "Bỏ bản sao." in pdf.text(answer.content)


def test_the_assessment_is_printed_on_its_form(crew: Crew) -> None:
    draft = crew.assessed()
    answer = signed_in(crew.drafter).get(f"{LIST}thu-tuc/{draft.procedures.get().pk}/bieu-mau/")
    said = pdf.text(answer.content)
    assert "02/ĐGTĐ" in said
    assert "chưa xác minh" in said
    assert "12.000.000" in said


def test_a_return_shows_its_reason_and_asks_again(crew: Crew) -> None:
    draft = crew.appraising()
    client = signed_in(crew.justice)
    client.post(f"{page(draft)}viec/tra-lai/", {"ve": "opinion", "ly_do": "Ý kiến chưa rõ thành phần hồ sơ."})
    shown = text(client, page(draft))
    assert "Ý kiến chưa rõ thành phần hồ sơ." in shown
    assert "Của lượt trước" in shown


def test_a_promulgated_draft_waits_to_be_announced_and_gets_codes(crew: Crew) -> None:
    draft = crew.signing()
    told = {
        "so": "45/2026/QĐ-UBND",
        "ngay": "2026-11-02",
        "hieu_luc": "2026-11-20",
        "noi": "UBND tỉnh",
        "nguoi_ky": "CT",
    }
    shown = signed_in(crew.chairman).post(f"{page(draft)}viec/ban-hanh/", told, follow=True).content.decode()
    assert "Chờ công bố thủ tục" in shown
    client, drafted = signed_in(crew.control), draft.procedures.get()
    shown = text(client, page(draft))
    assert "chưa có mã" in shown
    assert "chưa cấp mã cho" in shown
    assert "van-ban=" not in shown
    client.post(f"{LIST}thu-tuc/{drafted.pk}/ma/", {"ma": "3.000777"})
    shown = text(client, page(draft))
    assert "3.000777" in shown
    assert "cong-bo/quyet-dinh/moi/?van-ban=" in shown


def test_late_drafts_stand_out_and_shelves_count_them(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    crew.asking()
    crew.promulgated()
    client = signed_in(crew.control)
    assert "quá hạn" not in text(client, LIST)
    monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(days=14))
    assert "quá hạn 05/11/2026" in text(client, LIST)
    assert "1 dự thảo." in text(client, f"{LIST}?o=tre")
    assert "45/2026/QĐ-UBND" in text(client, f"{LIST}?o=promulgated")
    assert "Không có dự thảo nào như vậy" in text(client, f"{LIST}?q=kh%C3%B4ng+c%C3%B3")
    assert client.get(f"{LIST}?o=la").status_code == 404


def test_each_sees_what_waits_for_them(crew: Crew) -> None:
    def waits(who: Officer) -> bool:
        return "1 dự thảo." in text(signed_in(who), f"{LIST}?o=cho-toi")

    draft = crew.asking()
    everybody = (crew.drafter, crew.control, crew.justice, crew.chairman)
    assert [waits(who) for who in everybody] == [False, True, False, False]
    crew.opined(draft)
    assert [waits(who) for who in everybody] == [True, False, False, False]
    acts.forward(draft, by=crew.drafter, at=AT)
    assert [waits(who) for who in everybody] == [False, False, True, False]
    crew.appraised(draft)
    acts.forward(draft, by=crew.drafter, at=AT)
    assert [waits(who) for who in everybody] == [False, False, False, True]


def test_the_list_goes_out_as_a_sheet(crew: Crew) -> None:
    crew.asking()
    answer = signed_in(crew.control).get(f"{LIST}?xuat=xlsx")
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer))).get_sheet_by_index(0).to_python()
    assert any("Ý kiến kiểm soát" in str(cell) for row in rows for cell in row)


def test_the_ledger_adds_up_by_agency_and_year(crew: Crew) -> None:
    crew.promulgated()
    draft = crew.begun()
    crew.added(draft, Change.ABOLISHED)
    shown = text(signed_in(crew.control), f"{LIST}tang-giam/")
    assert "Sở Mẫu" in shown
    assert "+1 / −0" in shown
    assert "đang làm +0 / −1" in shown
    assert "+12.000.000" in shown
    assert "Chưa có gì để cộng" in text(signed_in(crew.control), f"{LIST}tang-giam/?nam=2020")


def test_a_text_is_read_and_not_changed_once_it_left_drafting(crew: Crew) -> None:
    draft = crew.assessing()
    shown = text(signed_in(crew.drafter), f"{LIST}thu-tuc/{draft.procedures.get().pk}/")
    assert "Lưu nội dung" not in shown
    assert "3 ngày làm việc" in shown


def test_what_is_not_there_is_not_found(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.begun()
    for url in (f"{LIST}999/", f"{LIST}thu-tuc/999/", f"{page(draft)}viec/la/", f"{page(draft)}y-kien/9/"):
        assert client.get(url).status_code == 404
    assert signed_in(crew.control).get(f"{page(draft)}thu-tuc/").status_code == 403


def test_a_dropped_procedure_leaves_the_page_and_stays_in_the_journal(crew: Crew) -> None:
    client, draft = signed_in(crew.drafter), crew.begun()
    drafted = crew.added(draft, Change.ABOLISHED)
    client.post(f"{LIST}thu-tuc/{drafted.pk}/bo/", {"ly_do": "Chưa đủ căn cứ bãi bỏ."})
    shown = text(client, page(draft))
    assert "Chưa có thủ tục nào" in shown
    assert "Chưa đủ căn cứ bãi bỏ." in shown
    assert ("agreed", draft.stage) == (Position.AGREED, Stage.DRAFTING)

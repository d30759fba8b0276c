"""Pages of consulted agencies, supplements, corrections and the hours of reception: who sees what, what is late."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.law.calendar import TZ
from motcua.people.models import Officer, Role
from tests.cast import MONDAY, Cast, gather, officer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 6)
SATURDAY = datetime(2026, 11, 7, 9, 0, tzinfo=TZ)
Clock = Callable[[datetime], None]


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the moment the pages take for now."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    to(MONDAY + 2 * HOUR)
    return to


@pytest.fixture(autouse=True)
def now(clock: Clock) -> None:
    """Every test begins two hours after the cast's Monday morning."""


@pytest.fixture
def local(cast: Cast) -> Officer:
    """Who answers for the commune."""
    return officer(Role.HANDLER, cast.commune)


def signed_in(who: Officer) -> Client:
    client = Client()
    client.force_login(who)
    return client


def text(response: object) -> str:
    """What a page says, without its tags and line breaks."""
    body = re.sub(r"<(script|style)[\s\S]*?</\1>", "", response.content.decode())  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def page(dossier: Dossier, who: Officer) -> str:
    return text(signed_in(who).get(reverse("dossier", args=[dossier.code])))


def deed(dossier: Dossier, slug: str, step: str = "") -> str:
    return reverse("deed", args=[dossier.code, slug]) + (f"?buoc={step}" if step else "")


def consulted(cast: Cast) -> Dossier:
    dossier, who = cast.received(), cast.officers
    acts.complete_step(dossier, step="giao", by=who.assigner, at=MONDAY)
    if not queries.answers(cast.commune, FRIDAY):
        officer(Role.SIGNER, cast.commune)
    told = {"units": [cast.commune], "content": "Có quy hoạch không?", "until": FRIDAY}
    acts.consult(dossier, **told, by=who.handler, at=MONDAY + HOUR)
    return dossier


def test_the_agency_asked_finds_the_question_on_its_list_reads_the_dossier_and_answers(
    cast: Cast, local: Officer
) -> None:
    dossier, client = consulted(cast), signed_in(local)
    listed = client.get(reverse("worklist"))
    assert f"Cho ý kiến theo yêu cầu của {cast.department.name}" in text(listed)
    address = deed(dossier, "tra-loi-y-kien", "@y-kien-1")
    assert address in listed.content.decode()
    assert "Có quy hoạch không?" in page(dossier, local)
    assert "hỏi: Có quy hoạch không? (trả lời trước 17:00 06/11/2026)" in text(client.get(address))
    assert "Hãy ghi nội dung trả lời." in text(client.post(address, {"position": "agreed", "content": " "}))
    client.post(address, {"position": "agreed", "content": "Phù hợp quy hoạch"})
    assert "Đồng ý Phù hợp quy hoạch" in page(dossier, cast.officers.handler)
    late = client.post(address, {"position": "other", "content": "Xin thêm"})
    assert (late.status_code, "đã xong lúc" in text(late), "Xin thêm" in late.content.decode()) == (
        409,
        True,
        True,
    )


def test_the_agency_asked_only_reads(cast: Cast, local: Officer) -> None:
    dossier = consulted(cast)
    offered = signed_in(local).get(reverse("dossier", args=[dossier.code])).context["allowed"]
    assert [offer["label"] for offer in offered] == [f"Trả lời lấy ý kiến: {cast.commune.name}"]


def test_nobody_else_is_let_in_by_a_question_to_another(cast: Cast) -> None:
    dossier = consulted(cast)
    stranger = officer(Role.HANDLER, cast.province, "nguoi-la")
    assert signed_in(stranger).get(reverse("dossier", args=[dossier.code])).status_code == 403


def test_a_late_opinion_is_seen_by_the_desk_and_its_head_and_on_the_dossier(cast: Cast, clock: Clock) -> None:
    dossier, who = consulted(cast), cast.officers
    eyes = (who.reception, who.head, who.signer, who.handler)
    for eye in eyes:
        assert "Ý kiến chậm" not in text(signed_in(eye).get(reverse("worklist")))
    clock(SATURDAY)
    for eye in eyes:
        listed = signed_in(eye).get(reverse("worklist"), {"loc": "y-kien-cham"})
        assert (dossier.code in text(listed), "1 Ý kiến chậm" in text(listed)) == (True, True)
    assert "Chưa trả lời, chậm từ 17:00 06/11/2026. Im lặng không phải là đồng ý." in page(
        dossier, who.handler
    )
    assert dossier.code in text(signed_in(who.reception).get(reverse("dossiers"), {"cham": "y-kien"}))


def test_an_answer_after_its_term_says_that_it_was_late(cast: Cast, local: Officer, clock: Clock) -> None:
    dossier = consulted(cast)
    told = {"number": 1, "position": "disagreed", "content": "Vướng", "by": local}
    acts.reply_consultation(dossier, **told, at=SATURDAY)
    clock(SATURDAY + HOUR)
    assert "Không đồng ý Trả lời chậm" in page(dossier, cast.officers.handler)


def test_several_agencies_are_asked_from_one_form_and_what_is_wrong_is_said_at_its_field(cast: Cast) -> None:
    for unit in (cast.commune, cast.province):
        officer(Role.HANDLER, unit)
    dossier, client = cast.received(), signed_in(cast.officers.handler)
    address = deed(dossier, "lay-y-kien")
    opened = text(client.get(address))
    assert cast.department.name not in opened.split("Cơ quan được lấy ý kiến")[1].split("Nội dung")[0]
    told = {"units": [cast.commune.code, cast.province.code], "content": "Hỏi", "means": "system"}
    wrong = client.post(address, told | {"until": "2026-11-07"})
    assert (wrong.status_code, "ngày nghỉ của Xã Mẫu" in text(wrong)) == (409, True)
    assert "Hãy chọn ít nhất một cơ quan." in text(
        client.post(address, told | {"units": [], "until": "2026-11-06"})
    )
    assert client.post(address, told | {"until": "06/11/2026"}).status_code == 302
    assert [c.request.unit for c in queries.folded(dossier).consultations] == told["units"]


def test_who_has_nobody_to_answer_here_is_asked_for_a_paper(cast: Cast) -> None:
    dossier, client = cast.received(), signed_in(cast.officers.handler)
    told = {"units": [cast.commune.code], "content": "Hỏi", "until": "2026-11-06"}
    alone = client.post(deed(dossier, "lay-y-kien"), told | {"means": "system"})
    assert "Ở Xã Mẫu chưa ai trả lời được trên hệ thống" in text(alone)
    assert client.post(deed(dossier, "lay-y-kien"), told | {"means": "document"}).status_code == 302


def test_finishing_over_an_unanswered_question_asks_for_the_reason(cast: Cast) -> None:
    dossier, who = consulted(cast), cast.officers
    for step in ("tham", "xacminh", "ky", "so"):
        cast.does(dossier, step, MONDAY + HOUR)
    client, told = signed_in(who.clerk), {"result": "granted", "number": "1/GXN", "electronic": ""}
    wrong = client.post(deed(dossier, "ket-thuc"), told)
    assert "Vì sao kết thúc khi chưa có ý kiến của Xã Mẫu" in text(wrong)
    assert wrong.context["form"].errors["unheard"]
    client.post(deed(dossier, "ket-thuc"), told | {"unheard": "Đã hỏi qua điện thoại"})
    assert "Chưa chờ đủ ý kiến: Đã hỏi qua điện thoại" in page(dossier, who.clerk)


def test_a_partial_supplement_is_refused_at_its_field_with_what_is_missing(cast: Cast) -> None:
    dossier, desk = cast.received(), cast.officers.reception
    both = ["Đơn đề nghị", "Bản sao giấy tờ"]
    acts.request_supplement(dossier, items=both, reason="Mờ", by=desk, at=MONDAY + HOUR)
    client = signed_in(desk)
    part = client.post(deed(dossier, "nhan-bo-sung"), {"items": ["0"]})
    assert "Chưa nhận được vì còn thiếu: Bản sao giấy tờ." in text(part)
    assert client.post(deed(dossier, "nhan-bo-sung"), {"items": ["0", "1"]}).status_code == 302


def test_the_slip_says_which_agency_asks_and_until_when(cast: Cast) -> None:
    dossier, who = cast.received(), cast.officers
    asked = {"items": ["Đơn đề nghị"], "reason": "Mờ"}
    acts.propose_supplement(dossier, **asked, by=who.handler, at=MONDAY + HOUR)
    acts.request_supplement(dossier, **asked, by=who.reception, at=MONDAY + HOUR)
    slip = text(signed_in(who.reception).get(reverse("print", args=[dossier.code, "phieu-bo-sung"])))
    assert f"Cơ quan yêu cầu {cast.department.name}" in slip
    assert "Bổ sung chậm nhất hết ngày 17/11/2026" in slip


def test_an_online_dossier_shows_its_hours_and_since_when_they_are_over(cast: Cast, clock: Clock) -> None:
    dossier, who = acts.file_online(cast.filing(channel="online"), at=MONDAY), cast.officers
    shown = page(dossier, who.reception)
    assert "Hệ thống báo cán bộ tiếp nhận trước 11:00 02/11/2026" in shown
    assert "Tiếp nhận chậm" not in shown
    clock(MONDAY + DAY + HOUR)
    assert "Tiếp nhận chậm từ 09:00 03/11/2026." in page(dossier, who.reception)
    for eye in (who.reception, who.head):
        listed = text(signed_in(eye).get(reverse("worklist"), {"loc": "tiep-nhan-cham"}))
        assert (dossier.code in listed, "1 Tiếp nhận chậm" in listed) == (True, True)


def test_how_often_reception_was_late_opens_to_its_dossiers(cast: Cast, clock: Clock) -> None:
    desk = cast.officers.reception
    late, punctual = (acts.file_online(cast.filing(channel="online"), at=MONDAY) for _ in range(2))
    acts.accept(punctual, components=(), by=desk, at=MONDAY + HOUR)
    acts.accept(late, components=(), by=desk, at=MONDAY + 2 * DAY)
    clock(MONDAY + 3 * DAY)
    found = text(signed_in(desk).get(reverse("dossiers"), {"cham": "tiep-nhan"}))
    assert ("1 hồ sơ." in found, late.code in found, punctual.code in found) == (True, True, False)
    assert "đã trả lời lúc 09:00 04/11/2026" in page(late, desk)


def test_a_result_being_corrected_says_who_owes_it_and_until_when(cast: Cast) -> None:
    dossier, who = cast.received(), cast.officers
    for step in ("giao", "tham", "xacminh", "ky", "so"):
        cast.does(dossier, step, MONDAY)
    acts.finish(dossier, result="granted", number="1/GXN", by=who.clerk, at=MONDAY + HOUR)
    opened = text(signed_in(who.reception).get(deed(dossier, "yeu-cau-dinh-chinh")))
    assert "Bản đúng phải về Bộ phận Một cửa trước 17:00 05/11/2026" in opened
    signed_in(who.reception).post(deed(dossier, "yeu-cau-dinh-chinh"), {"reason": "Sai ngày sinh"})
    assert "Kết quả được đề nghị đính chính, Sở Mẫu phải trả lời trước 17:00 05/11/2026." in page(
        dossier, who.clerk
    )
    signer = signed_in(who.signer)
    listed = signer.get(reverse("worklist"))
    assert deed(dossier, "ky-duyet") in listed.content.decode()
    assert "Còn hạn" in text(listed)
    assert "Ký bản đính chính thay kết quả có sai sót: Sai ngày sinh" in text(
        signer.get(deed(dossier, "ky-duyet"))
    )
    signer.post(deed(dossier, "ky-duyet"), {"note": ""})
    listed = signed_in(who.clerk).get(reverse("worklist"))
    assert deed(dossier, "dinh-chinh") in listed.content.decode()


def test_a_duty_that_is_paid_waits_for_who_must_confirm_it_and_not_for_the_applicant(cast: Cast) -> None:
    dossier, who = cast.received(), cast.officers
    acts.complete_step(dossier, step="giao", by=who.assigner, at=MONDAY)
    acts.request_duty(dossier, amount=1000, by=who.handler, at=MONDAY)
    assert "Chờ người nộp thực hiện nghĩa vụ tài chính: còn 21.000 đ." in page(dossier, who.handler)
    assert deed(dossier, "da-nop") not in signed_in(who.handler).get(reverse("worklist")).content.decode()
    acts.pay(dossier, amount=21_000, means="bank", by=None, at=MONDAY)
    said = "Người nộp đã nộp đủ, chờ Sở Mẫu xác nhận; thời hạn đang tính."
    assert said in page(dossier, who.handler)
    assert deed(dossier, "da-nop") in signed_in(who.handler).get(reverse("worklist")).content.decode()


def test_the_lists_of_what_is_late_cost_the_same_however_many_there_are(cast: Cast, clock: Clock) -> None:
    client = signed_in(cast.officers.reception)

    def cost(slug: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("worklist"), {"loc": slug})
        return len(asked)

    consulted(cast)
    clock(SATURDAY)
    one = cost("y-kien-cham")
    for _ in range(3):
        consulted(cast)
    assert cost("y-kien-cham") == one <= 20

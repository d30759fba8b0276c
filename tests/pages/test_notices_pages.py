"""The pages of notices: who sees which, what could not be delivered and its remedy, and the words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.dossiers import acts
from motcua.dossiers.models import Dossier
from motcua.gateways.sending import Outcome, Sent
from motcua.notices import sending, tasks, watching
from motcua.notices.models import Channel, Contact, Line, Notice, State, Text
from motcua.people.models import Officer, Role
from tests.cast import MONDAY, Cast, gather, officer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
GONE = Sent(Outcome.REFUSED, "Thuê bao không có")
UNKNOWN = Sent(Outcome.UNKNOWN, "hết giờ chờ")
DOWN = Sent(Outcome.LATER, "Không nối được cổng tin nhắn: máy chủ từ chối kết nối", fault=True)


class Gateway:
    stand_in = False

    def __init__(self) -> None:
        self.answer = Sent(Outcome.TAKEN)

    def send(self, message: object) -> Sent:
        return self.answer


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    here = Gateway()
    monkeypatch.setattr(
        sending, "SENDERS", {channel: lambda: here for channel in (Channel.MAIL, Channel.SMS)}
    )
    return here


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY + HOUR)


def told(cast: Cast, gateway: Gateway, answer: Sent, **changes: Any) -> Notice:
    """A dossier whose applicant was, or was not, told that it was received."""
    gateway.answer = answer
    dossier = cast.received(applicant=acts.Applicant("Nông Thị Mẫu", phone="0912345678"), **changes)
    tasks.tell(dossier.code, 0, dossier.facts)
    return Notice.objects.get(dossier=dossier)


def signed_in(who: Officer) -> Client:
    client = Client()
    client.force_login(who)
    return client


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_list_opens_on_what_needs_somebody_and_says_why(cast: Cast, gateway: Gateway) -> None:
    failed, sent = told(cast, gateway, GONE), told(cast, gateway, Sent(Outcome.TAKEN))
    desk = signed_in(cast.officers.reception)
    page = text(desk.get("/tin-bao/"))
    assert failed.dossier.code in page
    assert sent.dossier.code not in page
    assert "Thuê bao không có" in page
    assert sent.dossier.code in text(desk.get("/tin-bao/?o=da-gui"))
    assert desk.get("/tin-bao/?o=la").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=0912 345 678", True),
        ("q=0999999999", False),
        ("q=nong mau", True),
        ("kenh=sms", True),
        ("kenh=mail", False),
        ("loai=received", True),
        ("loai=ready", False),
        ("tu=2026-11-02", True),
        ("tu=2026-11-03", False),
        ("don_vi=04.05", True),
    ],
)
def test_the_list_is_narrowed_by_its_address(cast: Cast, gateway: Gateway, asked: str, found: bool) -> None:
    notice = told(cast, gateway, GONE)
    page = text(signed_in(cast.officers.reception).get(f"/tin-bao/?{asked}"))
    assert (notice.dossier.code in page) is found
    assert ("Không có tin nào như vậy" in page) is not found


def test_officers_see_only_the_notices_of_their_units(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, GONE)
    stranger = signed_in(officer(Role.RECEPTION, cast.commune))
    assert notice.dossier.code not in text(stranger.get("/tin-bao/"))
    assert stranger.get(reverse("notice", args=[notice.pk])).status_code == 403
    assert stranger.post(reverse("notice-again", args=[notice.pk])).status_code == 403
    assert stranger.get(reverse("dossier-notices", args=[notice.dossier.code])).status_code == 403
    stranger.post("/tin-bao/gui-lai/", {"tin": notice.pk})
    notice.refresh_from_db()
    assert notice.state == State.FAILED


def test_the_list_asks_as_much_for_sixty_notices_as_for_two(cast: Cast, gateway: Gateway) -> None:
    desk = signed_in(cast.officers.reception)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get("/tin-bao/").status_code == 200
        return len(seen)

    for _ in range(2):
        told(cast, gateway, GONE)
    few = asked()
    for _ in range(58):
        told(cast, gateway, GONE)
    assert asked() <= few <= 20


def test_a_long_list_is_read_page_by_page(
    cast: Cast, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motcua.ui.leaves.SIZE", 2)
    codes = [told(cast, gateway, GONE).dossier.code for _ in range(5)][::-1]
    desk, address, seen = signed_in(cast.officers.reception), "/tin-bao/", []
    while address:
        page = desk.get(address)
        seen.append([row["notice"].dossier.code for row in page.context["rows"]])
        address = page.context["after"] and f"/tin-bao/{page.context['after']}"
    assert seen == [codes[:2], codes[2:4], codes[4:]]
    back = desk.get(f"/tin-bao/{page.context['before']}")
    assert [row["notice"].dossier.code for row in back.context["rows"]] == codes[2:4]


def test_the_chosen_ones_are_sent_again_and_the_others_stay(cast: Cast, gateway: Gateway) -> None:
    first, second = told(cast, gateway, UNKNOWN), told(cast, gateway, GONE)
    desk = signed_in(cast.officers.reception)
    page = desk.post("/tin-bao/gui-lai/", {"tin": first.pk, "ve": "/tin-bao/?kenh=sms"}, follow=True)
    assert page.redirect_chain[0][0] == "/tin-bao/?kenh=sms"
    assert "Đã cho gửi lại 1 tin" in text(page)
    states = dict(Notice.objects.values_list("pk", "state"))
    assert states == {first.pk: State.WAITING, second.pk: State.FAILED}


def test_a_line_at_fault_is_said_on_top_with_what_waits_and_can_be_tried_at_once(
    cast: Cast, gateway: Gateway
) -> None:
    told(cast, gateway, DOWN)
    desk = signed_in(cast.officers.reception)
    page = text(desk.get("/tin-bao/"))
    assert "Tin nhắn không gửi được từ 10:00 02/11/2026" in page
    assert "máy chủ từ chối kết nối" in page
    assert "1 tin đang chờ" in page
    desk.post("/tin-bao/duong-gui/sms/")
    assert Line.objects.get().paused_until is None
    assert desk.post("/tin-bao/duong-gui/la/").status_code == 404


def test_where_no_gateway_is_connected_the_page_says_so(cast: Cast) -> None:
    assert "Bản thay thế đang giữ tin lại" in text(signed_in(cast.officers.reception).get("/tin-bao/"))


def test_what_waits_for_the_morning_says_so(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/"
    desk = signed_in(cast.officers.reception)
    assert "Ngoài giờ" not in text(desk.get("/tin-bao/"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY.replace(hour=22))
    assert "Tin nhắn chỉ gửi trong khoảng 07:00-21:00" in text(desk.get("/tin-bao/"))


def test_a_notice_that_waits_says_why_and_until_when(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, DOWN)
    page = text(signed_in(cast.officers.reception).get(reverse("notice", args=[notice.pk])))
    assert "máy chủ từ chối kết nối" in page
    assert "sớm nhất 10:00 02/11/2026" in page


def test_a_notice_shows_its_words_and_what_happened_to_it(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, UNKNOWN)
    page = text(signed_in(cast.officers.reception).get(reverse("notice", args=[notice.pk])))
    for said in (notice.body, "Bắt đầu gửi", "Không rõ cổng đã nhận", "hai lần", "Đ.17.2, 17.3"):
        assert said in page
    reader = text(signed_in(cast.officers.handler).get(reverse("notice", args=[notice.pk])))
    assert notice.body in reader
    assert "Gửi lại" not in reader


def test_telling_by_other_means_needs_a_note_and_keeps_it(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, GONE)
    desk, address = signed_in(cast.officers.reception), reverse("notice", args=[notice.pk])
    assert "Hãy ghi đã báo cho ai" in text(desk.post(address, {"note": ""}))
    desk.post(address, {"note": "Gọi điện, gặp người nộp"})
    notice.refresh_from_db()
    assert notice.state == State.TOLD
    late = desk.post(address, {"note": "Gọi lần nữa"})
    assert late.status_code == 409
    assert "không cần xử lý nữa" in text(late)


def test_a_wrong_number_is_corrected_where_it_is_seen(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, GONE)
    desk, address = signed_in(cast.officers.reception), reverse("contact", args=[notice.dossier.code])
    assert "0912345678" in desk.get(address).content.decode()
    wrong = desk.post(address, {"phone": "0263852345", "sms": "on"})
    assert "bắt đầu bằng 03" in text(wrong)
    assert "0263852345" in wrong.content.decode()
    page = desk.post(address, {"phone": "0987 654 321", "sms": "on", "mail": "on", "email": ""}, follow=True)
    assert "1 tin không gửi được trước đó được gửi lại" in text(page)
    assert Contact.objects.get().phone == "0987654321"
    assert Notice.objects.get(recipient="0987654321").state == State.WAITING


def test_who_may_not_change_a_contact_is_told_before_typing(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, GONE)
    clerk, address = signed_in(cast.officers.clerk), reverse("contact", args=[notice.dossier.code])
    page = clerk.get(address)
    assert "thẩm quyền" in text(page)
    assert "<textarea" not in page.content.decode()
    assert clerk.post(address, {"phone": "0987654321", "sms": "on"}).status_code == 409
    assert not Contact.objects.exists()


def test_the_page_of_a_dossier_leads_to_what_was_told(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, Sent(Outcome.TAKEN))
    desk, address = signed_in(cast.officers.reception), reverse("dossier-notices", args=[notice.dossier.code])
    assert address in desk.get(reverse("dossier", args=[notice.dossier.code])).content.decode()
    whole, part = desk.get(address), desk.get(address, headers={"HX-Request": "true"})
    for page in (whole, part):
        assert "Đã tiếp nhận hồ sơ" in text(page)
        assert "Báo qua tin nhắn 0912345678" in text(page)
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()


def test_an_officer_finds_what_they_were_told_and_marks_it_seen(cast: Cast) -> None:
    dossier = acts.file_online(cast.filing(channel="online"), at=MONDAY)
    watching.tell(MONDAY)
    desk = signed_in(cast.officers.reception)
    assert "1 tin chưa xem" in text(desk.get("/tin-bao/cho-toi/"))
    assert dossier.code in text(desk.get("/tin-bao/cho-toi/"))
    assert "1 tin là đã xem" in text(desk.post("/tin-bao/cho-toi/", follow=True))
    assert "Không có tin mới" in text(desk.get("/tin-bao/cho-toi/"))
    assert dossier.code not in text(signed_in(cast.officers.head).get("/tin-bao/cho-toi/"))


def test_the_worklist_says_what_is_new_and_what_did_not_arrive(cast: Cast, gateway: Gateway) -> None:
    desk = signed_in(cast.officers.reception)
    assert reverse("new-notices") in desk.get(reverse("worklist")).content.decode()
    assert desk.get("/tin-bao/moi/").status_code == 204
    told(cast, gateway, GONE)
    acts.file_online(cast.filing(channel="online"), at=MONDAY)
    watching.tell(MONDAY)
    said = text(desk.get("/tin-bao/moi/"))
    assert said == "1 tin mới cho bạn 1 tin chưa tới người nộp"
    assert signed_in(cast.officers.handler).get("/tin-bao/moi/").status_code == 204


# Words

WORDS = "/tin-bao/mau/ready/sms/"


def test_words_are_tried_on_a_real_dossier_before_they_are_kept(cast: Cast, gateway: Gateway) -> None:
    notice = told(cast, gateway, GONE)
    control = signed_in(cast.officers.controller)
    typed = {"body": "Mời nhận {ma_ho_so}, số {so_ket_qua}", "sends": "on", "ho_so": notice.dossier.code}
    page = control.post(WORDS, typed | {"do": "xem"})
    assert f"Mời nhận {notice.dossier.code}, số [số văn bản kết quả]" in text(page)
    assert not Text.objects.exists()
    control.post(WORDS, typed | {"do": "luu"})
    kept = Text.objects.get()
    assert (kept.number, kept.by, kept.body) == (1, cast.officers.controller, typed["body"])
    listed = text(control.get("/tin-bao/mau/"))
    assert f"Bản số 1 {cast.officers.controller.full_name}, 10:00 02/11/2026" in listed
    assert "Mẫu có sẵn" in text(control.get(WORDS))


def test_words_that_cannot_be_said_are_refused_at_their_field_and_kept(cast: Cast) -> None:
    page = signed_in(cast.officers.controller).post(WORDS, {"body": "Chào {nguoi_nop}", "sends": "on"})
    assert "không có {nguoi_nop}" in text(page)
    assert "Chào {nguoi_nop}" in page.content.decode()
    assert not Text.objects.exists()


def test_who_does_not_control_procedures_reads_the_words_only(cast: Cast) -> None:
    desk = signed_in(cast.officers.reception)
    assert "Lưu mẫu" not in text(desk.get(WORDS))
    assert desk.post(WORDS, {"body": "x", "sends": "on", "do": "luu"}).status_code == 409
    assert not Text.objects.exists()


def test_a_dossier_that_is_not_there_spoils_only_the_trial(cast: Cast) -> None:
    page = signed_in(cast.officers.controller).get(f"{WORDS}?ho_so=H14-0")
    assert "Không có hồ sơ H14-0" in text(page)
    assert signed_in(cast.officers.controller).get("/tin-bao/mau/la/sms/").status_code == 404


def test_a_wish_is_kept_in_view(cast: Cast, gateway: Gateway) -> None:
    dossier: Dossier = told(cast, gateway, GONE).dossier
    desk = signed_in(cast.officers.reception)
    desk.post(reverse("contact", args=[dossier.code]), {"phone": "", "email": ""})
    assert "Người nộp không muốn nhận tin" in text(desk.get(reverse("dossier-notices", args=[dossier.code])))

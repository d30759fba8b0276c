"""The pages of handling: passing a step on, signing, carrying papers, and doing one thing to many dossiers."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.dossiers import acts, queries
from motcua.dossiers.models import Dossier
from motcua.dossiers.printing import control
from motcua.law.lifecycle import State
from motcua.people.models import Officer, Role
from tests.cast import MONDAY, Cast, gather, officer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAPER = ({"code": "", "name": "Đơn đề nghị", "origin": "paper"},)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def colleague(cast: Cast) -> Officer:
    made = officer(Role.HANDLER, cast.department, "dong-nghiep")
    made.full_name = "Hoàng Văn Đồng"
    made.save()
    return made


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    moment: datetime = MONDAY + 4 * HOUR
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def signed_in(who: Officer) -> Client:
    client = Client()
    client.force_login(who)
    return client


def text(response: object) -> str:
    body = re.sub(r"<(script|style)[\s\S]*?</\1>", "", response.content.decode())  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def deed(dossier: Dossier, slug: str, step: str = "") -> str:
    return reverse("deed", args=[dossier.code, slug]) + (f"?buoc={step}" if step else "")


def handled(cast: Cast, *, to: Officer | None = None) -> Dossier:
    """A dossier at its two parallel steps, both given to one officer."""
    dossier, who = cast.received(), cast.officers
    given = {"tham": to or who.handler, "xacminh": to or who.handler}
    acts.complete_step(dossier, step="giao", by=who.assigner, at=MONDAY + HOUR, to=given)
    return dossier


# Assigning and completing are one thing.


def test_completing_the_step_of_assigning_gives_the_next_to_who_has_least(
    cast: Cast, colleague: Officer
) -> None:
    handled(cast)
    dossier = cast.received()
    client = signed_in(cast.officers.assigner)
    page = client.get(deed(dossier, "hoan-thanh", "giao"))
    assert text(page).index("Hoàng Văn Đồng (đang có 0 việc)") < text(page).index("(đang có 2 việc)")
    assert client.post(deed(dossier, "hoan-thanh", "giao"), {"note": ""}).status_code == 200
    said = {"giao-tham": colleague.username, "giao-xacminh": cast.officers.handler.username}
    client.post(deed(dossier, "hoan-thanh", "giao"), said)
    assert {t.step: t.officer for t in dossier.tasks.all()} == {
        "tham": colleague,
        "xacminh": cast.officers.handler,
    }


# Handing over.


def test_whoever_is_offered_a_step_finds_it_and_signs_for_it(cast: Cast, colleague: Officer) -> None:
    dossier = handled(cast)
    giver = signed_in(cast.officers.handler)
    giver.post(deed(dossier, "chuyen-nguoi", "tham"), {"to": colleague.pk, "note": "Còn đo đạc"})
    assert "Chờ bạn ký nhận" not in text(giver.get("/ban-lam-viec/"))
    taker = signed_in(colleague)
    page = taker.get("/ban-lam-viec/?loc=cho-nhan")
    assert "1 Chờ bạn ký nhận" in text(page)
    assert "Ký nhận bàn giao: Thẩm định hồ sơ" in text(page)
    assert "Còn đo đạc" in text(taker.get(deed(dossier, "ky-nhan", "tham")))
    taker.post(deed(dossier, "ky-nhan", "tham"))
    assert dossier.tasks.get(step="tham").officer == colleague
    assert "Hoàng Văn Đồng" in text(giver.get(reverse("dossier", args=[dossier.code])))


def test_a_refusal_calls_an_officer_by_name(cast: Cast, colleague: Officer) -> None:
    dossier = handled(cast, to=colleague)
    client = signed_in(cast.officers.handler)
    answer = client.post(deed(dossier, "hoan-thanh", "tham"), {"note": "Đã xong"})
    assert answer.status_code == 409
    assert "đã phân công cho Hoàng Văn Đồng" in text(answer)
    assert "dong-nghiep" not in text(answer)
    acts.complete_step(dossier, step="tham", by=colleague, at=MONDAY + 2 * HOUR)
    late = client.post(deed(dossier, "hoan-thanh", "tham"), {"note": "Đã xong"})
    assert "đã được Hoàng Văn Đồng hoàn thành lúc 11:00" in text(late)
    assert "Đã xong" in late.content.decode()
    assert "phân công cho Hoàng Văn Đồng" in text(client.get(reverse("dossier", args=[dossier.code])))


def test_two_steps_that_wait_side_by_side_have_letters_of_their_own(cast: Cast) -> None:
    dossier = handled(cast)
    page = signed_in(cast.officers.handler).get(reverse("dossier", args=[dossier.code])).content.decode()
    keys = re.findall(r'data-key="([^"]+)"', page)
    assert len(keys) == len(set(keys))
    assert {"h", "H"} <= set(keys)


def test_a_step_done_by_mistake_is_taken_back_from_its_page(cast: Cast) -> None:
    dossier = handled(cast)
    client = signed_in(cast.officers.handler)
    client.post(deed(dossier, "hoan-thanh", "tham"))
    page = client.get(reverse("dossier", args=[dossier.code]))
    assert "Thu hồi bước: Thẩm định hồ sơ" in text(page)
    client.post(deed(dossier, "thu-hoi", "tham"), {"reason": "Nhầm hồ sơ"})
    assert dossier.tasks.filter(step="tham").exists()
    assert "Nhầm hồ sơ" in text(client.get(reverse("dossier", args=[dossier.code])))


# Signing.


def test_who_hands_an_empty_desk_to_the_signer_is_told_and_the_signer_cannot_pass_it_by(cast: Cast) -> None:
    dossier, who = handled(cast), cast.officers
    handler, signer = signed_in(who.handler), signed_in(who.signer)
    handler.post(deed(dossier, "hoan-thanh", "xacminh"))
    told = "Tiếp theo là bước ký duyệt mà chưa có dự thảo kết quả."
    assert told in text(handler.get(deed(dossier, "hoan-thanh", "tham")))
    handler.post(deed(dossier, "hoan-thanh", "tham"))

    asked = signer.post(deed(dossier, "hoan-thanh", "ky"), {"note": "Nhất trí, cấp giấy"})
    assert asked.status_code == 409
    assert "Chưa có dự thảo kết quả nào được ký ở bước “Ký duyệt kết quả”" in text(asked)
    assert "NĐ 118/2025/NĐ-CP Đ.19.3" in text(asked)
    assert "Nhất trí, cấp giấy" in asked.content.decode()
    shown = text(signer.get(reverse("dossier", args=[dossier.code])))
    assert "Chưa có dự thảo kết quả nào được ký" in shown
    assert "Trả lại bước trước: Ký duyệt kết quả" in shown


def test_a_draft_is_proposed_and_signed_and_the_end_offers_nothing_else(cast: Cast) -> None:
    dossier, who = handled(cast), cast.officers
    handler, signer, clerk = (signed_in(o) for o in (who.handler, who.signer, who.clerk))
    handler.post(deed(dossier, "hoan-thanh", "xacminh"))
    wrong = handler.post(
        deed(dossier, "trinh-ky"), {"result": "refused", "summary": "Thông báo", "done": "on"}
    )
    assert "Hãy ghi rõ vì sao từ chối." in text(wrong)
    said = {"result": "refused", "summary": "Thông báo", "reason": "Đất tranh chấp", "done": "on"}
    handler.post(deed(dossier, "trinh-ky"), said)
    assert [t.step for t in dossier.tasks.all()] == ["ky"]

    page = signer.get(deed(dossier, "hoan-thanh", "ky"))
    assert "/ky-duyet/" in page.headers["Location"]
    assert "Từ chối giải quyết: Thông báo. Lý do: Đất tranh chấp." in text(
        signer.get(deed(dossier, "ky-duyet"))
    )
    signer.post(deed(dossier, "ky-duyet"), {"note": "Đồng ý"})

    clerk.post(deed(dossier, "hoan-thanh", "so"))
    form = clerk.get(deed(dossier, "ket-thuc"))
    assert 'value="granted"' not in form.content.decode()
    assert "Đất tranh chấp" in form.content.decode()
    clerk.post(deed(dossier, "ket-thuc"), {"result": "refused", "number": "1/TB", "reason": "Đất tranh chấp"})
    dossier.refresh_from_db()
    assert dossier.state == State.DONE
    assert list(queries.verify()) == []


def test_no_reason_of_refusal_is_asked_for_when_a_grant_was_signed(cast: Cast) -> None:
    dossier, who = handled(cast), cast.officers
    handler, signer, clerk = (signed_in(o) for o in (who.handler, who.signer, who.clerk))
    handler.post(deed(dossier, "hoan-thanh", "xacminh"))
    handler.post(deed(dossier, "trinh-ky"), {"result": "granted", "summary": "Cấp giấy", "done": "on"})
    signer.post(deed(dossier, "ky-duyet"), {"note": ""})
    clerk.post(deed(dossier, "hoan-thanh", "so"))
    assert "Lý do từ chối giải quyết" not in text(clerk.get(deed(dossier, "ket-thuc")))
    clerk.post(deed(dossier, "ket-thuc"), {"result": "granted", "number": "12/GXN", "reason": ""})
    dossier.refresh_from_db()
    assert dossier.state == State.DONE


def test_a_returned_draft_goes_back_with_its_reason(cast: Cast) -> None:
    dossier, who = handled(cast), cast.officers
    acts.complete_step(dossier, step="xacminh", by=who.handler, at=MONDAY + 2 * HOUR)
    told = {"result": "granted", "summary": "Cấp giấy"}
    acts.propose_result(dossier, **told, step="tham", by=who.handler, at=MONDAY + 3 * HOUR)
    signed_in(who.signer).post(deed(dossier, "tra-du-thao"), {"reason": "Sai căn cứ"})
    page = text(signed_in(who.handler).get(reverse("dossier", args=[dossier.code])))
    assert "Trả lại dự thảo" in page
    assert "Sai căn cứ" in page
    assert "Trình kết quả" in page


# Papers.


def test_papers_are_given_and_signed_for_and_a_late_one_is_seen(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier, who = cast.received(components=PAPER), cast.officers
    tuesday = MONDAY + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tuesday)
    desk, agency = signed_in(who.reception), signed_in(who.clerk)
    assert "Giao giấy" in text(desk.get("/ban-lam-viec/?loc=giay"))
    form = text(desk.get(deed(dossier, "giao-giay")))
    assert "Đơn đề nghị. Hạn giao 17:00 02/11/2026, đã quá hạn." in form
    desk.post(deed(dossier, "giao-giay"))
    assert "Ký nhận giấy" in text(agency.get("/ban-lam-viec/?loc=giay"))
    agency.post(deed(dossier, "nhan-giay"), {"note": "Đủ"})
    page = text(agency.get(reverse("dossier", args=[dossier.code])))
    assert "Giao chậm, hạn 17:00 02/11/2026" in page
    assert "Giao hồ sơ giấy" in page


def test_an_electronic_dossier_offers_no_carrying(cast: Cast) -> None:
    page = text(signed_in(cast.officers.reception).get(reverse("dossier", args=[cast.received().code])))
    assert "hồ sơ giấy" not in page


# Many at once.


def chosen(*picks: tuple[Dossier, str], **said: object) -> dict[str, object]:
    return {"viec": [f"{dossier.code}/{step}" for dossier, step in picks], **said}


def test_many_are_done_each_by_its_own_act_and_each_says_what_came_of_it(
    cast: Cast, colleague: Officer
) -> None:
    mine, other, gone = handled(cast), handled(cast, to=colleague), handled(cast)
    acts.complete_step(gone, step="tham", by=cast.officers.handler, at=MONDAY + 2 * HOUR)
    client = signed_in(cast.officers.handler)
    assert 'name="viec"' in client.get("/ban-lam-viec/").content.decode()
    picks = chosen((mine, "tham"), (other, "tham"), (gone, "tham"), lam="hoan-thanh", note="Đã thẩm định")
    asked = client.get(reverse("bulk"), picks)
    assert (
        len(re.findall(r'name="viec" value="[^"]+" checked', " ".join(asked.content.decode().split()))) == 3
    )
    answer = client.post(reverse("bulk"), picks)
    said = text(answer)
    assert "Đã làm 1 hồ sơ, 2 hồ sơ chưa làm được." in said
    assert "đã phân công cho Hoàng Văn Đồng" in said
    assert "đã được Cán bộ" in said
    assert "Đã thẩm định" in answer.content.decode().split("<textarea")[1]
    assert f"{mine.code}/tham" not in answer.content.decode()
    assert f"{other.code}/tham" in answer.content.decode()
    assert getattr(queries.folded(mine).facts[-1], "note", "") == "Đã thẩm định"


def test_many_are_given_to_one_officer(cast: Cast, colleague: Officer) -> None:
    first, second = handled(cast), handled(cast)
    client = signed_in(cast.officers.assigner)
    picks = chosen((first, "tham"), (second, "xacminh"), lam="phan-cong")
    assert "Hoàng Văn Đồng (đang có 0 việc)" in text(client.get(reverse("bulk"), picks))
    assert "Hãy chọn cán bộ." in text(client.post(reverse("bulk"), picks))
    client.post(reverse("bulk"), picks | {"to": colleague.pk})
    assert first.tasks.get(step="tham").officer == colleague
    assert second.tasks.get(step="xacminh").officer == colleague


def test_many_steps_of_assigning_are_completed_with_their_handler(cast: Cast, colleague: Officer) -> None:
    first, second = cast.received(), cast.received()
    picks = chosen((first, "giao"), (second, "giao"), lam="hoan-thanh", to=colleague.pk)
    assert "Đã làm 2 hồ sơ." in text(signed_in(cast.officers.assigner).post(reverse("bulk"), picks))
    assert {task.officer for d in (first, second) for task in d.tasks.all()} == {colleague}


def test_many_are_signed_taken_and_their_papers_carried(cast: Cast, colleague: Officer) -> None:
    who = cast.officers
    papers = [cast.received(components=PAPER) for _ in range(2)]
    for by, slug, step in (
        (who.reception, "giao-giay", "@giao-giay"),
        (who.clerk, "nhan-giay", "@nhan-giay"),
    ):
        picks = chosen(*((dossier, step) for dossier in papers), lam=slug)
        assert "Đã làm 2 hồ sơ." in text(signed_in(by).post(reverse("bulk"), picks))
    acts.complete_step(papers[0], step="giao", by=who.assigner, at=MONDAY + 4 * HOUR)
    picks = chosen((papers[0], "tham"), (papers[1], "tham"), lam="nhan-viec")
    said = text(signed_in(colleague).post(reverse("bulk"), picks))
    assert "Đã làm 1 hồ sơ, 1 hồ sơ chưa làm được." in said
    drafts = [handled(cast), handled(cast)]
    for dossier in drafts:
        acts.complete_step(dossier, step="xacminh", by=who.handler, at=MONDAY + 2 * HOUR)
        told = {"result": "granted", "summary": "Cấp giấy"}
        acts.propose_result(dossier, **told, step="tham", by=who.handler, at=MONDAY + 3 * HOUR)
    picks = chosen(*((dossier, "ky") for dossier in drafts), lam="ky-duyet")
    assert "Đã làm 2 hồ sơ." in text(signed_in(who.signer).post(reverse("bulk"), picks))
    assert list(queries.verify()) == []


def test_nothing_chosen_or_a_strange_act_leads_back_to_the_list(cast: Cast) -> None:
    client = signed_in(cast.officers.handler)
    for asked in ({"lam": "hoan-thanh"}, {"lam": "xoa", "viec": "x/y"}):
        answer = client.get(reverse("bulk"), asked, follow=True)
        assert "Hãy chọn ít nhất một hồ sơ" in text(answer)


def test_a_stranger_learns_nothing_by_choosing(cast: Cast) -> None:
    dossier, stranger = handled(cast), officer(Role.HANDLER, cast.commune)
    client = signed_in(stranger)
    picks = chosen((dossier, "tham"), lam="hoan-thanh")
    assert dossier.applicant not in text(client.get(reverse("bulk"), picks))
    assert "không giữ vị trí nào" in text(client.post(reverse("bulk"), picks))
    assert dossier.tasks.filter(step="tham").exists()


# Beside the list.


def test_a_dossier_is_seen_beside_the_list_and_without_scripts_on_its_page(cast: Cast) -> None:
    dossier, client = handled(cast), signed_in(cast.officers.handler)
    address = reverse("peek", args=[dossier.code])
    assert client.get(address).headers["Location"] == reverse("dossier", args=[dossier.code])
    page = client.get(address, headers={"HX-Request": "true"})
    assert "Đến lượt bạn" in text(page)
    assert "<html" not in page.content.decode()
    assert "data-key" not in page.content.decode()


# How what has ended is told.


def test_what_was_stopped_or_withdrawn_is_neither_early_nor_late_and_owes_nothing(cast: Cast) -> None:
    stopped, withdrawn = cast.received(), cast.received()
    acts.stop(stopped, reason="Không đủ", by=cast.officers.signer, at=MONDAY + HOUR)
    acts.withdraw(withdrawn, reason="Đổi ý", by=None, at=MONDAY + HOUR)
    client = signed_in(cast.officers.signer)
    for dossier, word in ((stopped, "Đã dừng xử lý"), (withdrawn, "Người nộp đã rút")):
        page = text(client.get(reverse("dossier", args=[dossier.code])))
        assert word in page
        assert "Xong trước hạn" not in page
        assert "còn 20.000" not in page
    assert "Đã dừng xử lý" in text(client.get("/ho-so/"))


def test_the_control_sheet_tells_who_carried_the_papers_and_that_it_was_late(cast: Cast) -> None:
    dossier, who = cast.received(components=PAPER), cast.officers
    late = MONDAY + timedelta(days=1)
    acts.give_papers(dossier, by=who.reception, at=late)
    acts.receive_papers(dossier, by=who.clerk, at=late + HOUR, note="Thiếu bản sao")
    names = queries.people({who.reception.username, who.clerk.username})
    rows = control.rows(queries.folded(dossier), late + 2 * HOUR, names, {})
    [row] = [row for row in rows if row["step"] == "Giao nhận hồ sơ giấy"]
    assert (row["result"], row["from"]["person"]) == ("Quá hạn", who.reception.full_name)
    assert (row["to"]["person"], row["note"]) == (who.clerk.full_name, "Đơn đề nghị. Thiếu bản sao")

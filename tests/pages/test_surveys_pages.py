"""The pages of surveys: sets and lists taken in, links answered once, papers typed in, results of enough answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue.reading.files import WrongFile
from motcua.notices.models import State
from motcua.people.models import Role, Unit, UnitKind
from motcua.steering.surveys import acts, reading
from motcua.steering.surveys.models import Invitation, Respondent, Survey, SurveyAnswer, SurveyLink
from tests.acts.test_surveys import GOOD, opened, people, round_of
from tests.cast import MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import signed_in, text

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=1)
TABLE = """mau,ten_mau,doi_tuong,cau,noi_dung,tieu_chi,phuong_an,trong_so,vi_du
01,Đại biểu,Đại biểu HĐND,1,Tận tình không?,2,A: Tốt; B: Khá; E: Không rõ,E: không tính,"A: 3; B: 1; E: 9 = 90"
,,,2,Đúng hẹn không?,2,A: Có; D: Không,,
02,Lãnh đạo xã,,1,Phối hợp thế nào?,2,A: Tốt; B: Khá,A: 100; B: 50,A: 1; B: 1 = 75
"""
YAML = """
forms:
  - code: "01"
    name: Đại biểu
    asked: Đại biểu HĐND
    questions:
      - code: "1"
        text: Tận tình không?
        criterion: "2"
        options: {A: Tốt, B: Khá, E: Không rõ}
        weights: {E: null}
        examples: [{votes: {A: 3, B: 1, E: 9}, percent: 90}]
"""


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()
    return gather()


def asked(cast: Cast, count: int = 6, **other: Any) -> tuple[Survey, list[str]]:
    """A survey with so many people asked by form 01, and the paths of their links."""
    survey, by = opened(cast, **other), cast.officers.controller
    acts.list_respondents(survey, people(count), by=by, at=MONDAY)
    sheet = acts.print_links(survey, unit=cast.commune, form="01", by=by, at=MONDAY)
    return survey, [reverse("answer", args=[token]) for _, token in sheet]


def said(options: dict[str, str]) -> dict[str, str]:
    return {f"cau-{code}": key for code, key in options.items()}


def closed(cast: Cast, answers: int) -> Survey:
    survey, paths = asked(cast, answers)
    for path in paths:
        Client().post(path, said(GOOD))
    acts.close_survey(survey, by=cast.officers.controller, at=NOW)
    return survey


def upload(name: str, content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def test_a_question_set_reads_the_same_from_a_table_and_from_yaml(tmp_path: Path) -> None:
    (tmp_path / "bo.csv").write_text(TABLE, "utf-8")
    (tmp_path / "bo.yaml").write_text(YAML, "utf-8")
    table, plain = reading.questions(tmp_path / "bo.csv"), reading.questions(tmp_path / "bo.yaml")
    assert [(form["code"], len(form["questions"])) for form in table] == [("01", 2), ("02", 1)]
    assert table[0]["questions"][0] == plain[0]["questions"][0]
    assert table[1]["questions"][0]["options"][1] == {"key": "B", "label": "Khá", "weight": "50"}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("bo.csv", "mau,cau,noi_dung,phuong_an\n01,1,Thế nào?,A Tốt\n", "Dòng 2: .*thiếu dấu hai chấm"),
        ("bo.csv", "mau,cau,noi_dung,phuong_an\n,1,Thế nào?,A: Tốt\n", "thiếu mã mẫu phiếu"),
        ("bo.csv", "mau,cau,noi_dung,phuong_an,trong_so\n01,1,a,A: b,Z: 1\n", "phương án không có: Z"),
        ("bo.csv", "mau,cau,noi_dung,phuong_an,vi_du\n01,1,a,A: b,A: 1\n", "không đọc được; ghi như"),
        ("bo.yaml", "forms: [{code: '01'}]", "thiếu hoặc sai chỗ"),
        ("bo.yaml", "forms: [", "không đọc được như YAML"),
        ("bo.yaml", "forms: 3", "thiếu hoặc sai chỗ"),
        ("bo.yaml", "forms: 2026-02-31", "không đọc được như YAML"),
        ("bo.yaml", YAML.replace("A: 3", "A: ba"), "thiếu hoặc sai chỗ"),
        ("bo.yaml", YAML.replace("A: 3", "A: .inf"), "thiếu hoặc sai chỗ"),
    ],
)
def test_a_wrong_file_says_the_row_and_the_remedy(name: str, content: str, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(WrongFile) as wrong:
        reading.questions(tmp_path / name)
    assert wrong.match(told.removeprefix("Dòng 2: .*"))
    assert told.startswith("Dòng") == wrong.value.told.startswith("Dòng 2") or "Dòng" in wrong.value.told


def test_a_set_keeps_no_letter_a_database_has_no_place_for(tmp_path: Path) -> None:
    (tmp_path / "bo.yaml").write_text(YAML.replace("Tận tình không?", '"Tận\\0 tình\\ud800 không?"'), "utf-8")
    assert reading.questions(tmp_path / "bo.yaml")[0]["questions"][0]["text"] == "Tận tình không?"


def test_a_set_and_a_survey_are_made_on_pages_by_who_steers_alone(cast: Cast) -> None:
    client, round_ = signed_in(cast.officers.controller), round_of(cast)
    about = {"name": "Bộ phiếu", "decision": "2/QĐ-UBND", "decided_on": "2026-01-05"}
    made = client.post(reverse("survey-enter"), {**about, "file": upload("bo.csv", TABLE)}, follow=True)
    assert "Mẫu 01. Đại biểu" in text(made)
    assert "không tính" in text(made)
    wrong = client.post(
        reverse("survey-enter"), {**about, "file": upload("bo.csv", TABLE.replace("= 90", "= 91"))}
    )
    assert wrong.status_code == 422
    assert "ghi 91 % nhưng ra 90 %" in text(wrong)
    early = {**about, "decided_on": "2010-01-05", "file": upload("bo.csv", TABLE)}
    assert "Chưa có quy định về điều tra vào ngày 05/01/2010" in text(
        client.post(reverse("survey-enter"), early)
    )
    term = {"opens": "2026-11-03", "closes": "2026-11-20", "least": 5, "units": [cast.commune.code]}
    table = {"table": Survey._meta.get_field("table").related_model.objects.get().pk}
    page = reverse("survey-open", args=[round_.pk])
    low = client.post(page, {"name": "Điều tra", **term, **table, "least": 2})
    assert "phải từ 5 trở lên" in text(low)
    shown = client.post(page, {"name": "Điều tra", **term, **table}, follow=True)
    assert "Chưa có ai trong danh sách" in text(shown)
    other = signed_in(cast.officers.head)
    assert other.get(page).status_code == other.get(reverse("survey-enter")).status_code == 403
    assert "Nhập bộ câu hỏi" not in text(other.get(reverse("surveys")))


def test_a_list_of_people_is_taken_or_its_rows_are_named(cast: Cast) -> None:
    survey, client = opened(cast), signed_in(cast.officers.controller)
    page = reverse("survey-take", args=[survey.pk])
    head = "Đơn vị,Mẫu phiếu,Họ tên,Chức vụ,Thư điện tử\n"
    wrong = client.post(page, {"file": upload("ds.csv", f"{head}Xã Lạ,01,Nông A,,\ntất cả,07,Nông B,,x\n")})
    assert wrong.status_code == 422
    assert "Dòng 2: đơn vị “Xã Lạ” không thuộc cuộc điều tra" in text(wrong)
    assert "Dòng 3: không có mẫu phiếu “07”" in text(wrong)
    good = f"{head}tất cả,01,Nông A,Đại biểu,a@mau.vn\nxa mau,02,Nông B,,\n"
    taken = client.post(page, {"file": upload("ds.csv", good)}, follow=True)
    assert "Đã thêm 2 người" in text(taken)
    empty = client.get(reverse("survey-pattern", args=[survey.pk])).content.decode()
    assert empty.splitlines()[1].startswith("tất cả,01")


def test_a_link_is_answered_once_without_cookies_and_says_so_the_second_time(cast: Cast) -> None:
    _, (path, *_) = asked(cast)
    client = Client(enforce_csrf_checks=True)
    page = client.get(path)
    assert "1. Cán bộ có tận tình không?" in text(page)
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("no-referrer", True)
    assert page.cookies == {}
    wrong = client.post(path, said({"1": "B"}))
    assert wrong.status_code == 422
    assert "2. Cơ quan có trả lời đúng hẹn không?: Hãy chọn một phương án." in text(wrong)
    assert b'value="B" required id="id_cau-1_1" checked' in wrong.content.replace(
        b'aria-describedby="id_cau-1_helptext" ', b""
    )
    thanks = client.post(path, said(GOOD), follow=True)
    assert "Đã nhận phiếu trả lời" in text(thanks)
    assert thanks.redirect_chain == [(reverse("answered"), 302)]
    assert client.post(path, said(GOOD)).status_code == 409
    assert "Phiếu này đã được trả lời" in text(client.get(path))
    assert SurveyAnswer.objects.count() == 1


def test_links_that_answer_nothing_tell_why(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    survey, (first, second, *_) = asked(cast)
    gone = SurveyLink.objects.get(respondent__name="Đại biểu 2").respondent_id
    acts.withdraw(survey, [gone], reason="Chuyển công tác", by=cast.officers.controller, at=NOW)
    answer = Client().get(second)
    assert (answer.status_code, "không còn dùng được" in text(answer)) == (410, True)
    assert Client().get(reverse("answer", args=["bịa"])).status_code == 404
    for days, status, told in [(-3, 200, "Chưa đến ngày"), (30, 410, "hết ngày 20/11/2026")]:
        monkeypatch.setattr("django.utils.timezone.now", lambda days=days: NOW + timedelta(days=days))
        answer = Client().get(first)
        assert (answer.status_code, told in text(answer)) == (status, True)


def test_an_address_that_asks_too_often_waits(cast: Cast, settings: Any) -> None:
    settings.ANSWERS_A_MINUTE = 2
    _, (path, *_) = asked(cast)
    codes = [Client().get(path).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_a_sheet_of_links_is_shown_once_and_holds_a_code_for_each(cast: Cast) -> None:
    survey, (path, *_) = asked(cast, 3)
    client = signed_in(cast.officers.controller)
    page = reverse("survey-links", args=[survey.pk, cast.commune.code, "01"])
    assert "còn 3 người chưa trả lời" in text(client.get(page))
    sheet = client.post(page)
    assert sheet.content.decode().count("<svg") >= 3
    assert "no-store" in sheet["Cache-Control"]
    assert Client().get(path).status_code == 410
    assert signed_in(cast.officers.head).post(page).status_code == 403


def test_people_are_filtered_withdrawn_and_given_paper_and_never_shown_with_answers(cast: Cast) -> None:
    survey, paths = asked(cast, 3)
    Client().post(paths[0], said(GOOD))
    client, page = signed_in(cast.officers.controller), reverse("survey-people", args=[survey.pk])
    shown = text(client.get(page))
    assert "Đại biểu 1" in shown
    assert "Đã trả lời" in shown
    second, third = Respondent.objects.filter(answered=False).values_list("pk", flat=True)
    nameless = client.post(page, {"do": "rut", "nguoi": [second], "reason": ""})
    assert (nameless.status_code, "Hãy ghi lý do rút" in text(nameless)) == (409, True)
    client.post(page, {"do": "rut", "nguoi": [second], "reason": "Nghỉ hưu"})
    here = reverse("survey", args=[survey.pk])
    assert "1 người. Nghỉ hưu" in text(client.get(here))
    assert "Nghỉ hưu" not in text(signed_in(cast.officers.head).get(here))  # it says something of a person
    paper = client.post(page, {"do": "giay", "nguoi": [third]}, follow=True)
    assert "Đã ghi phát phiếu giấy cho 1 người" in text(paper)
    assert "Đại biểu 1" not in text(client.get(page, {"o": "giay"}))
    assert signed_in(cast.officers.head).get(page).status_code == 403


def test_a_survey_opened_by_mistake_is_withdrawn_on_its_page(cast: Cast) -> None:
    survey, paths = asked(cast, 2)
    client, here = signed_in(cast.officers.controller), reverse("survey-withdraw", args=[survey.pk])
    assert here in client.get(reverse("survey", args=[survey.pk])).content.decode()
    assert signed_in(cast.officers.head).get(here).status_code == 403
    assert "Hãy ghi lý do rút" in text(client.post(here, {"reason": ""}))
    told = text(client.post(here, {"reason": "Nhầm đơn vị"}, follow=True))
    assert "Cuộc điều tra đã rút" in told
    assert "Nhầm đơn vị" in told
    assert here not in told
    assert "đã rút" in text(client.get(reverse("surveys")))
    assert "Liên kết này không còn dùng được" in text(Client().get(paths[0]))
    listed = client.get(reverse("survey-people", args=[survey.pk]))
    assert [row["state"]["word"] for row in listed.context["rows"]] == ["Chưa trả lời"] * 2, (
        "as its shelf says"
    )


def test_every_count_of_people_opens_as_many(cast: Cast) -> None:
    survey, _ = asked(cast, 4)
    by, keys = cast.officers.controller, list(Respondent.objects.values_list("pk", flat=True))
    acts.withdraw(survey, keys[:1], reason="Nghỉ hưu", by=by, at=NOW)
    acts.invite(survey, address="https://x", by=by, at=NOW)
    Invitation.objects.filter(respondent__in=keys[1:3]).update(state=State.FAILED)
    Respondent.objects.filter(pk=keys[1]).update(answered=True)
    client, page = signed_in(by), reverse("survey-people", args=[survey.pk])
    told = " ".join(text(client.get(reverse("survey", args=[survey.pk]))).split())
    assert "1 trong 3 người đã trả lời" in told
    assert "Thư chờ gửi 1" in told
    listed = f"{page}?o=hoi&don_vi={cast.commune.code}&mau=01"
    assert listed in client.get(reverse("survey", args=[survey.pk])).context["cells"][0]["people"]
    for query in ("", f"?don_vi={cast.commune.code}", "?q=biểu 3", "?q=không ai"):
        for shelf in client.get(page + query).context["counts"]:
            assert client.get(page + shelf["url"]).context["page"].paginator.count == shelf["count"], shelf


def test_a_survey_nobody_was_listed_for_can_be_closed_when_its_term_is_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey, client = opened(cast), signed_in(cast.officers.controller)
    page = reverse("survey", args=[survey.pk])
    assert "Khóa, kiểm phiếu" not in text(client.get(page))
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=30))
    client = signed_in(cast.officers.controller)
    assert "Khóa, kiểm phiếu" in text(client.get(page))


def test_a_form_on_paper_is_typed_in_question_by_question(cast: Cast) -> None:
    survey, _ = asked(cast, 2)
    by, keys = cast.officers.controller, Respondent.objects.values_list("pk", flat=True)
    acts.hand_papers(survey, list(keys)[:1], by=by, at=NOW)
    client, page = signed_in(by), reverse("survey-paper", args=[survey.pk, cast.commune.code, "01"])
    wrong = client.post(page, said({"1": "A"}))
    assert (wrong.status_code, "2. Cơ quan" in text(wrong)) == (422, True)
    done = client.post(page, said(GOOD), follow=True)
    assert "Đã nhập một phiếu giấy; còn 0 phiếu đã phát" in text(done)
    assert "đã nhập đủ số phiếu giấy" in text(client.get(page))


def test_one_paper_sent_twice_is_typed_in_once(cast: Cast) -> None:
    survey, _ = asked(cast, 3)
    by, keys = cast.officers.controller, Respondent.objects.values_list("pk", flat=True)
    acts.hand_papers(survey, list(keys), by=by, at=NOW)
    client, page = signed_in(by), reverse("survey-paper", args=[survey.pk, cast.commune.code, "01"])
    typed = {**said(GOOD), "con": "3"}
    client.post(page, typed)
    again = client.post(page, typed)
    assert (again.status_code, SurveyAnswer.objects.count()) == (422, 1)
    assert "đã đổi từ 3 thành 2" in text(again)
    assert b'name="con" value="2"' in again.content
    client.post(page, {**typed, "con": "2"})
    assert SurveyAnswer.objects.count() == 2


def test_results_open_to_votes_and_to_points_where_there_are_enough(cast: Cast) -> None:
    survey = closed(cast, 6)
    client = signed_in(cast.officers.controller)
    shown = text(client.get(reverse("survey", args=[survey.pk])))
    assert "100,00" in shown
    drilled = text(client.get(reverse("survey-unit", args=[survey.pk, cast.commune.code])))
    assert "40,00 / 40 điểm" in drilled
    assert "6 phiếu, của 6 người được hỏi" in drilled
    assert "A. Tốt 100 % 6 100" in " ".join(drilled.split())
    line = text(client.get(reverse("par-line", args=[survey.round_id, cast.commune.code, "2"])))
    assert "Điều tra xã hội học “Điều tra 2026”: 6 phiếu, trung bình 100,00 %" in line
    assert "Xem từng câu hỏi" in line
    assert "Ghi số liệu" not in line


def test_nothing_of_what_was_answered_is_shown_before_closing_or_of_too_few(cast: Cast) -> None:
    survey, paths = asked(cast, 6)
    for path in paths[:4]:
        Client().post(path, said(GOOD))
    client = signed_in(cast.officers.controller)
    unit = reverse("survey-unit", args=[survey.pk, cast.commune.code])
    assert "chỉ hiện sau khi cuộc điều tra khóa" in text(client.get(unit))
    close = client.post(reverse("survey-close", args=[survey.pk]), follow=True)
    assert "Còn người chưa trả lời và chưa hết hạn" in text(close)
    acts.close_survey(survey, by=cast.officers.controller, at=NOW + timedelta(days=30))
    assert "chưa đủ phiếu" in text(client.get(reverse("survey", args=[survey.pk])))
    drilled = text(client.get(unit))
    assert "chưa đủ phiếu, không tính điểm" in drilled
    assert "A. Tốt" not in drilled


def test_results_are_closed_to_other_units_until_the_round_is_published(cast: Cast) -> None:
    survey = closed(cast, 5)
    unit = reverse("survey-unit", args=[survey.pk, cast.commune.code])
    stranger = signed_in(officer(Role.HANDLER, cast.department, "nguoi-la"))
    assert stranger.get(unit).status_code == 403
    assert "Kết quả chưa công bố" in text(stranger.get(reverse("survey", args=[survey.pk])))
    own = signed_in(officer(Role.HEAD, cast.commune, "chu-tich-xa"))
    assert own.get(unit).status_code == 200


def test_letters_and_longer_terms_are_asked_for_on_the_page(cast: Cast) -> None:
    survey, _ = asked(cast, 3)
    client, page = signed_in(cast.officers.controller), reverse("survey-letters", args=[survey.pk])
    assert "Đang gửi 3 thư mời." in text(client.post(page, {"do": "moi"}, follow=True))
    assert "Ai có địa chỉ thư đều đã được mời." in text(client.post(page, {"do": "moi"}, follow=True))
    assert "Không còn ai cần nhắc hôm nay." in text(client.post(page, {"do": "nhac"}, follow=True))
    longer = {"closes": "2026-11-25", "reason": "Còn thiếu phiếu"}
    done = client.post(reverse("survey-extend", args=[survey.pk]), longer, follow=True)
    assert "đến hết 25/11/2026" in text(done)
    assert "Còn thiếu phiếu" in text(done)


def test_the_pages_cost_the_same_for_few_people_and_for_many(cast: Cast) -> None:
    survey, _ = asked(cast, 3)
    client = signed_in(cast.officers.controller)
    pages = [reverse(name, args=[survey.pk]) for name in ("survey", "survey-people")] + [reverse("surveys")]
    few = [_cost(client, page) for page in pages]
    acts.list_respondents(survey, people(120), by=cast.officers.controller, at=NOW)
    assert [_cost(client, page) for page in pages] == few
    assert max(few) <= 20


def test_a_survey_of_many_units_turns_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motcua.steering.views.surveys.UNITS", 1)
    survey, _ = asked(cast, 1)
    new = {"kind": UnitKind.COMMUNE, "parent": cast.province, "valid_from": cast.commune.valid_from}
    other = Unit.objects.create(code="X9", name="Xã Khác", **new)
    Survey.objects.filter(pk=survey.pk).update(units=[cast.commune.code, other.code])
    client, here = signed_in(cast.officers.controller), reverse("survey", args=[survey.pk])
    first, second = (text(client.get(here, {"trang": str(n)})) for n in (1, 2))
    assert ("Xã Mẫu" in first, "Xã Khác" in first) == (True, False)
    assert ("Xã Mẫu" in second, "Xã Khác" in second) == (False, True)


def _cost(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(
        connection,
    ) as asked_:
        answer: HttpResponse = client.get(page)
    assert answer.status_code == 200
    return len(asked_)

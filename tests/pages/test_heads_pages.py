"""Heads of agencies: what each answers for in his own days, and a grade proposed, answered and decided."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.catalogue.words import fold as bare
from motcua.law.calendar import TZ
from motcua.law.facts import Refused
from motcua.law.heads import Grade
from motcua.people.models import Officer, Post, Role
from motcua.scores import fresh
from motcua.steering import acts as steering
from motcua.steering.heads import acts, queries
from motcua.steering.heads.acts import Judgement
from tests import pdf
from tests.cast import Cast, gather, officer
from tests.pages.test_dossiers_pages import signed_in, text
from tests.pages.test_exports import content, sheet

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 12, 10, 9, 0, tzinfo=TZ)  # a year graded by conditions
YEAR = 2025


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return gather()


@pytest.fixture
def chief(cast: Cast) -> Officer:
    return officer(Role.HEAD, cast.province, "chu-tich-tinh")


def task(cast: Cast, chief: Officer, *, product: date, due: date, at: datetime) -> None:
    """A task given to the department, its product dated, accepted by who gave it."""
    line = steering.Assignment(title="Rà soát", product="Báo cáo", leads=[cast.department], due=due)
    (given,) = steering.give_tasks([line], giver=cast.province, by=chief, at=at - timedelta(days=60))
    by = cast.officers.head
    file = steering.attach_file(given.stream, name="bao-cao.pdf", content=b"%PDF-1.7", by=by, at=at)
    told: dict[str, Any] = {"product_on": product, "number": "5/BC", "product": "Báo cáo", "result": "Xong"}
    steering.report_task(given, files=[file], by=by, at=at, **told)
    steering.accept_task(given, by=chief, at=at)


def stint(cast: Cast) -> queries.Stint:
    return queries.stint_for(Post.objects.get(officer=cast.officers.head, role=Role.HEAD).pk, YEAR)


def page(cast: Cast) -> str:
    return reverse("head", args=[stint(cast).post.pk, YEAR])


def test_a_head_is_graded_heard_and_decided(cast: Cast, chief: Officer) -> None:
    at = NOW - timedelta(days=30)
    task(cast, chief, product=date(2025, 10, 1), due=date(2025, 10, 20), at=at)
    control, head, top = (signed_in(who) for who in (cast.officers.controller, cast.officers.head, chief))
    told = text(control.get(page(cast)))
    assert "Nhiệm vụ hoàn thành vượt mức: 1/1" in told
    assert "(tính việc có sản phẩm trước ngày đến hạn; cách tính chưa xác minh)" in told
    assert "Nhiệm vụ hoàn thành vượt mức: Nghị định nói vượt mức mà không nói cách đếm" in told
    assert "Hoàn thành xuất sắc nhiệm vụ" in told
    said = {"grade": 3, "failed": 0, "why": ""}
    assert "phải ghi lý do" in text(control.post(page(cast), said))
    assert "Đã ghi." in text(control.post(page(cast), {**said, "why": "Mới một nhiệm vụ"}, follow=True))
    assert "Quyết định</button>" not in control.get(page(cast)).content.decode()
    assert "Đã ghi." in text(head.post(page(cast), {"agrees": "1"}, follow=True))
    decided = top.post(page(cast), {"grade": 3, "decision": "77/QĐ-UBND"}, follow=True)
    assert "Hoàn thành tốt nhiệm vụ. Quyết định 77/QĐ-UBND" in text(decided)
    assert "Hoàn thành tốt nhiệm vụ" in text(top.get(reverse("heads"), {"nam": YEAR}))
    late = head.post(page(cast), {"text": "Xin nói thêm"})
    assert (late.status_code, "Bạn đã nhập: “Xin nói thêm”" in text(late)) == (409, True)


def test_nobody_grades_himself_or_answers_for_another(cast: Cast, chief: Officer) -> None:
    found = stint(cast)
    with pytest.raises(Refused, match="không xếp loại"):
        acts.propose_grade(found, Judgement(Grade.GOOD, why="x"), by=cast.officers.head, at=NOW)
    acts.propose_grade(found, Judgement(Grade.GOOD, why="x"), by=cast.officers.controller, at=NOW)
    with pytest.raises(Refused, match="về mức xếp loại của mình"):
        acts.answer_grade(found, agrees=True, text="", by=chief, at=NOW)


def test_no_more_are_excellent_than_the_decree_lets_there_be(cast: Cast, chief: Officer) -> None:
    found = stint(cast)
    acts.propose_grade(found, Judgement(Grade.EXCELLENT, why="x"), by=cast.officers.controller, at=NOW)
    acts.answer_grade(found, agrees=True, text="", by=cast.officers.head, at=NOW)
    with pytest.raises(Refused, match="nhóm này được nhiều nhất 0"):
        acts.decide_grade(found, grade=Grade.EXCELLENT, decision="1/QĐ", by=chief, at=NOW)


def test_a_post_that_changes_hands_divides_its_tasks(cast: Cast, chief: Officer) -> None:
    before = Post.objects.get(officer=cast.officers.head, role=Role.HEAD)
    task(cast, chief, product=date(2025, 5, 1), due=date(2025, 5, 20), at=NOW.replace(month=5))
    Post.objects.filter(pk=before.pk).update(valid_to=date(2025, 7, 1))
    after = officer(Role.HEAD, cast.department, "giam-doc-moi")
    Post.objects.filter(officer=after).update(valid_from=date(2025, 7, 1))
    line = steering.Assignment(
        title="Rà soát", product="Báo cáo", leads=[cast.department], due=date(2025, 9, 1)
    )
    steering.give_tasks([line], giver=cast.province, by=chief, at=NOW.replace(month=6))
    cards = {
        card.stint.post.officer.username: card
        for card in queries.cards(queries.stints(YEAR, NOW.date()), YEAR, NOW, NOW.date())
    }
    first, second = cards[cast.officers.head.username], cards["giam-doc-moi"]
    assert (first.tasks.done, first.tasks.overdue, first.early) == (1, 0, 1)
    assert (second.tasks.done, second.tasks.overdue) == (0, 1)
    assert (first.stint.last, second.stint.first) == (date(2025, 6, 30), date(2025, 7, 1))


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_page_of_a_year_nobody_headed_or_before_the_decree_says_so(cast: Cast) -> None:
    client = signed_in(cast.officers.controller)
    assert client.get(reverse("head", args=[999, YEAR])).status_code == 404
    assert asked(client, f"{reverse('heads')}?nam=2025") <= 20
    assert "năm 2018" in text(client.get(reverse("heads"), {"nam": "1900"}))


def test_the_list_turns_pages_and_finds_a_head_by_name_or_unit(
    cast: Cast, chief: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    task(cast, chief, product=date(2025, 10, 1), due=date(2025, 10, 20), at=NOW - timedelta(days=30))
    monkeypatch.setattr("motcua.steering.views.heads.PAGE", 1)
    client, here = signed_in(cast.officers.controller), f"{reverse('heads')}?nam={YEAR}"
    first, second = (text(client.get(f"{here}&trang={page}")) for page in (1, 2))
    assert "1–1 trong 2 người" in first
    assert "2–2 trong 2 người" in second
    assert "0 / 0" in first
    assert "1 / 1" in second  # the department's
    found = text(client.get(here, {"nam": str(YEAR), "q": bare(cast.department.name)}))
    assert "1 / 1" in found
    assert "trong 2 người" not in found
    assert "Không có người đứng đầu nào như vậy" in text(client.get(here, {"nam": str(YEAR), "q": "xyzabc"}))


def test_a_card_asks_at_most_seventeen_questions_when_nothing_was_counted_before(
    cast: Cast, chief: Officer, settings: Any
) -> None:
    settings.INDEX_SECONDS = 2
    fresh.forget()
    task(cast, chief, product=date(2025, 10, 1), due=date(2025, 10, 20), at=NOW - timedelta(days=30))
    client = signed_in(cast.officers.controller)
    assert asked(client, page(cast)) <= 17


def test_a_grade_is_between_those_it_concerns_until_it_is_decided(cast: Cast, chief: Officer) -> None:
    found = stint(cast)
    acts.propose_grade(found, Judgement(Grade.NOT_DONE, why="Chậm"), by=cast.officers.controller, at=NOW)
    colleague = signed_in(cast.officers.handler)
    assert colleague.get(page(cast)).status_code == 403
    listed = text(colleague.get(reverse("heads"), {"nam": YEAR}))
    assert "đang xem xét" in listed
    assert "Không hoàn thành nhiệm vụ" not in listed
    for who in (cast.officers.head, chief, cast.officers.controller):
        assert "Chậm" in text(signed_in(who).get(page(cast)))
    acts.answer_grade(found, agrees=True, text="", by=cast.officers.head, at=NOW)
    acts.decide_grade(found, grade=Grade.NOT_DONE, decision="8/QĐ", by=chief, at=NOW)
    assert "Chậm" in text(colleague.get(page(cast)))


def test_what_a_head_did_is_not_listed_for_every_officer_before_it_is_decided(
    cast: Cast, chief: Officer
) -> None:
    task(cast, chief, product=date(2025, 10, 1), due=date(2025, 10, 20), at=NOW - timedelta(days=30))
    listed = f"{reverse('heads')}?nam={YEAR}"
    own = text(signed_in(cast.officers.head).get(listed))
    others = text(signed_in(cast.officers.handler).get(listed))
    assert "1 / 1" in own
    assert "1 / 1" not in others
    assert "chưa công bố" in others
    assert "phiếu điểm chỉ mở cho người được xếp loại" in others


@pytest.mark.parametrize("year", [0, 2026, 99999])
def test_a_card_of_a_year_there_is_not_is_not_found(cast: Cast, year: int) -> None:
    client = signed_in(cast.officers.head)
    assert client.get(reverse("head", args=[stint(cast).post.pk, year])).status_code == 404


def test_what_a_year_owed_at_its_end_stays_on_its_card(
    cast: Cast, chief: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime(2026, 1, 20, 9, 0, tzinfo=TZ)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    task(cast, chief, product=date(2026, 1, 15), due=date(2025, 12, 20), at=later)
    told = queries.card(stint(cast), later, later.date()).tasks
    assert (told.overdue, told.done) == (1, 0)


def test_the_sheet_says_what_was_claimed_counted_proposed_answered_and_decided(
    cast: Cast, chief: Officer
) -> None:
    task(cast, chief, product=date(2025, 10, 1), due=date(2025, 10, 20), at=NOW - timedelta(days=30))
    found, paper = stint(cast), reverse("head-sheet", args=[stint(cast).post.pk, YEAR])
    head = signed_in(cast.officers.head)
    said = {"grade": "4", "text": "Đã xong việc được giao"}
    assert "Tự đánh giá" in text(head.post(page(cast), said, follow=True))
    early = pdf.text(head.get(paper).content)
    assert "Đã xong việc được giao" in early
    assert "Chưa có mức nào được đề xuất." in early
    assert signed_in(cast.officers.handler).get(paper).status_code == 403
    acts.propose_grade(found, Judgement(Grade.GOOD, why="Mới một việc"), by=cast.officers.controller, at=NOW)
    with pytest.raises(Refused, match="Đã có mức đề xuất"):
        acts.claim_grade(found, grade=Grade.GOOD, general=None, text="", by=cast.officers.head, at=NOW)
    acts.answer_grade(found, agrees=False, text="Xin xem lại", by=cast.officers.head, at=NOW)
    acts.decide_grade(found, grade=Grade.GOOD, decision="77/QĐ-UBND", by=chief, at=NOW)
    told = pdf.text(signed_in(cast.officers.handler).get(paper).content)
    for each in (
        "PHIẾU ĐÁNH GIÁ, XẾP LOẠI NGƯỜI ĐỨNG ĐẦU NĂM 2025",
        "Nghị định 90/2020/NĐ-CP; Nghị định 48/2023/NĐ-CP [chưa xác minh]",
        "Mức tự nhận Hoàn thành xuất sắc nhiệm vụ",
        "vượt mức: 1/1, cần từ 50 % (tính việc có sản phẩm trước ngày đến hạn; cách tính chưa xác minh)",
        "Mức tính ra từ số liệu Hoàn thành xuất sắc nhiệm vụ",
        "Lý do Mới một việc",
        "Không đồng ý Nội dung Xin xem lại",
        "Quyết định 77/QĐ-UBND",
        "được nhiều nhất 0 (20 %",
        "Nhiệm vụ hoàn thành vượt mức: Nghị định nói vượt mức mà không nói cách đếm",
    ):
        assert each in told, each


def test_from_2026_the_sheet_gives_the_points_of_each_criterion(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, chief: Officer
) -> None:
    at = datetime(2026, 12, 10, 9, 0, tzinfo=TZ)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    task(cast, chief, product=date(2026, 10, 1), due=date(2026, 10, 20), at=at - timedelta(days=30))
    post = Post.objects.get(officer=cast.officers.head, role=Role.HEAD)
    head, where = signed_in(cast.officers.head), reverse("head", args=[post.pk, 2026])
    assert "từ 0 đến 30" in text(head.post(where, {"grade": "3", "general": "31"}))
    head.post(where, {"grade": "3", "general": "28,5", "text": "Tốt"})
    found = queries.stint_for(post.pk, 2026)
    judged = Judgement(Grade.GOOD, general=Fraction(25), failed=1)
    acts.propose_grade(found, judged, by=cast.officers.controller, at=at)
    told = pdf.text(head.get(reverse("head-sheet", args=[post.pk, 2026])).content)
    assert "Điểm tiêu chí chung tự chấm 28,5" in told
    assert "Số lượng 100 % 23,33 23,33" in told
    assert "Chất lượng 75 % 17,5 23,33" in told
    assert "Tiêu chí chung 25 30" in told
    assert "Tổng 89,17 100" in told


def test_the_list_of_a_level_goes_out_with_its_cap(cast: Cast, chief: Officer) -> None:
    found = stint(cast)
    acts.propose_grade(found, Judgement(Grade.NOT_DONE, why="Chậm"), by=cast.officers.controller, at=NOW)
    address = f"{reverse('heads')}?nam={YEAR}&cap=so"
    assert "Xuất sắc, sở, ban, ngành: đã 0, nhiều nhất 0 (20 %)" in text(signed_in(chief).get(address))
    rows = sheet(content(signed_in(chief).get(f"{address}&xuat=xlsx")))
    assert any("Không hoàn thành nhiệm vụ" in row for row in rows)
    closed = sheet(content(signed_in(cast.officers.handler).get(f"{address}&xuat=xlsx")))
    assert any("chưa công bố" in row for row in closed)
    assert not any("Không hoàn thành nhiệm vụ" in row for row in closed)

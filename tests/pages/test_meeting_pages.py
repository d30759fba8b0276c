"""The pack of a meeting: one PDF that says what is to be decided, bounded, each figure with its moment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from motcua.law import books as law_books
from motcua.people.models import Officer, Role
from motcua.steering import acts
from motcua.steering.books import acts as books
from motcua.steering.meeting import figures, gathering, tasks
from motcua.steering.meeting.parts import Look
from tests import pdf
from tests.cast import MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import signed_in, text

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(days=30)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return gather()


@pytest.fixture
def chief(cast: Cast) -> Officer:
    return officer(Role.HEAD, cast.province, "chu-tich")


def owed(cast: Cast, chief: Officer, many: int, first: int = 0) -> None:
    lines = [
        acts.Assignment(
            title=f"Rà soát thủ tục {n}", product="Báo cáo", leads=[cast.department], due=date(2026, 11, 20)
        )
        for n in range(first, first + many)
    ]
    acts.give_tasks(lines, giver=cast.province, by=chief, at=MONDAY)


def test_the_pack_is_one_pdf_with_cover_contents_numbers_and_everything_to_decide(
    cast: Cast, chief: Officer
) -> None:
    owed(cast, chief, 23)
    book = law_books.books(NOW.date())["kho-khan"]
    values = {"content": "Chưa có định mức", "kind": "Vướng mắc", "field": "Khác"}
    books.make_entry(book, unit=cast.department, values=values, by=cast.officers.head, at=MONDAY)
    client = signed_in(chief)
    answer = client.post(
        reverse("meeting"), {"ngay": "2026-12-10", "don_vi": cast.province.code, "de_xuat": "Khen Sở Mẫu\n"}
    )
    assert answer["Content-Type"] == "application/pdf"
    pages, told = pdf.pages(answer.content), pdf.text(answer.content)
    assert pages >= 3
    for title in gathering.CONTENTS:
        assert told.count(title) >= 2, title  # in the contents, and where it is
    assert f"Trang 2/{pages}" in told
    assert "Ngày họp: 10/12/2026" in told
    assert "Số liệu tính đến 09:00 02/12/2026" in told
    assert "23 nhiệm vụ quá hạn chưa hoàn thành" in told
    assert (
        f"và {23 - tasks.OVERDUE} nhiệm vụ nữa, xem http://testserver/dieu-hanh/nhiem-vu/?o=qua-han" in told
    )
    assert "Sở Mẫu: Cán bộ Người đứng đầu" in told  # who owes it
    assert "Đôn đốc Sở Mẫu: 23 nhiệm vụ quá hạn" in told
    assert "1 khó khăn, vướng mắc chưa được trả lời" in told
    assert "Khen Sở Mẫu" in told


def test_the_pack_asks_no_more_for_many_tasks_than_for_few(cast: Cast, chief: Officer) -> None:
    counted = []
    for first in (0, 30):
        owed(cast, chief, 30, first)
        with CaptureQueriesContext(connection) as asked:
            gathering.parts(Look(cast.province, NOW.date(), NOW, chief))
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_a_day_that_is_over_is_counted_to_its_end(cast: Cast, chief: Officer) -> None:
    owed(cast, chief, 2)
    before = Look(cast.department, date(2026, 11, 20), NOW, chief)
    after = Look(cast.department, date(2026, 11, 21), NOW, chief)
    assert before.counted == "Số liệu đến 23:59 20/11/2026"
    assert tasks.overdue(before, tasks.counted(before)).said == "Không có nhiệm vụ nào quá hạn."
    assert tasks.overdue(after, tasks.counted(after)).said.startswith("2 nhiệm vụ quá hạn")
    assert figures.reform(after, figures.last(after)).said.startswith("Chưa có điểm nào bị mất")


@pytest.mark.parametrize(
    ("said", "told"),
    [("0026-11-25", "Năm viết đủ bốn chữ số"), ("1999-01-01", "chưa có quy định về theo dõi nhiệm vụ")],
)
def test_a_day_no_rule_reaches_is_told_at_its_field(cast: Cast, chief: Officer, said: str, told: str) -> None:
    answer = signed_in(chief).post(reverse("meeting"), {"ngay": said})
    assert (answer.status_code, told in text(answer)) == (422, True)


def test_the_page_begins_with_ones_own_unit_and_is_reached_from_the_board(cast: Cast, chief: Officer) -> None:
    client = signed_in(cast.officers.head)
    assert f'href="{reverse("meeting")}"' in client.get(reverse("board")).content.decode()
    page = client.get(reverse("meeting"))
    assert page.context["form"].data["don_vi"] == cast.department.code
    wrong = client.post(reverse("meeting"), {"ngay": "31/31/2026", "don_vi": cast.department.code})
    assert wrong.status_code == 422
    assert "Ngày viết như 25/11/2026." in text(wrong)
    straight = client.get(reverse("meeting"), {"xuat": "pdf", "don_vi": cast.department.code})
    assert straight.content.startswith(b"%PDF")

"""Reports as pages: figures that open, files in the layout of the form, what was sent and what changed since."""

from __future__ import annotations

import re
from collections import OrderedDict
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from motcua.catalogue.remarks.models import Remark
from motcua.people.models import Officer, Post, Role
from motcua.scores import fresh
from motcua.scores.reports import counted, forms, sheets, written
from motcua.scores.reports.models import SentReport
from motcua.scores.reports.spans import Reported
from tests.acts import scores_world
from tests.acts.scores_world import World, moment
from tests.pdf import text as words

NOW = moment("2026-12-20 09:00")
Q4 = Reported.parse("2026-Q4")
PAGE = "/bao-cao/ii-06a/S1/?ky=2026-Q4"


@pytest.fixture
def world(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    made = scores_world.build()
    officer = Officer.objects.create(username="head", full_name="Lò Thị Đứng Đầu")
    Post.objects.create(officer=officer, unit=made.department, role=Role.HEAD, valid_from=scores_world.BORN)
    client.force_login(officer)
    made.dossier(ended_at=moment("2026-10-08 09:00"))
    made.dossier()
    return made


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def keep(world: World) -> SentReport:
    """Sent as the act sends it, without a transaction of its own."""
    form = forms.on("II.06a", Q4.last)
    content = sheets.as_data(sheets.fill(form, world.department, Q4, NOW))
    kept = {"unit": world.department, "form": form.code, "period": "2026-Q4", "version": 1, "year": 2026}
    by = Officer.objects.get(username="head")
    return SentReport.objects.create(
        **kept, number=1, content=content, digest=written.digest(content), sent_at=NOW, sent_by=by
    )


def test_the_forms_of_the_own_agency_say_what_is_still_to_send(client: Client, world: World) -> None:
    told = text(client, "/bao-cao/")
    assert "Sở Một Còn 8 biểu chưa gửi của quý IV/2026" in told
    assert "lấy từ 15/09/2026 đến hết 14/12/2026, gửi trước 25/12/2026" in told


def test_the_first_line_says_the_whole_and_identities_show_their_figures(
    client: Client, world: World
) -> None:
    told = text(client, PAGE)
    assert (
        "nhận giải quyết 2 hồ sơ, đã giải quyết 1, đang giải quyết 1; kết thúc quá hạn 0, đang quá hạn 1"
        in told
    )
    assert "3=4+5+6 2 = 0 + 2 + 0 đúng ở cả 3 dòng" in told
    assert "Hồ sơ chưa kết thúc, đã quá hạn khi hết kỳ." in told


def test_every_figure_that_is_not_zero_opens_to_as_many_rows(client: Client, world: World) -> None:
    page = client.get(PAGE).content.decode()
    cells = re.findall(r'class="quiet"\s+href="([^"]+)">(\d+)<', page)
    assert len(cells) >= 8
    for url, count in cells:
        answer = client.get(url.replace("&amp;", "&"))
        assert f"{count} hồ sơ ở cột" in answer.content.decode()
        assert len(answer.context["rows"]) == int(count)


def test_the_dossiers_of_a_cell_are_turned_to_a_page_at_a_time(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motcua.scores.walking.SIZE", 1)
    page = client.get(PAGE).content.decode()
    url = next(
        url for url, count in re.findall(r'class="quiet"\s+href="([^"]+)">(\d+)<', page) if count == "2"
    )
    first = client.get(url.replace("&amp;", "&"))
    assert "1–1 trong 2 hồ sơ" in first.content.decode()
    second = client.get(first.context["after"])
    both = [answer.context["rows"][0]["dossier"].code for answer in (first, second)]
    assert len(set(both)) == 2
    assert not second.context["after"]
    assert client.get(second.context["before"]).context["rows"][0]["dossier"].code == both[0]


def test_a_figure_opens_before_its_quarter_begins_once_figures_are_taken(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.INDEX_SECONDS = 2
    monkeypatch.setattr(fresh, "_KEPT", OrderedDict())
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment("2026-09-20 09:00"))
    assert "ở cột 3, Biểu II.06a" in text(client, "/bao-cao/ii-06a/S1/cot/3/?ky=2026-Q4")


def test_the_sheet_has_the_layout_of_the_form(client: Client, world: World) -> None:
    answer = client.get(PAGE + "&xuat=xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    rows = book.get_sheet_by_name("II.06a").to_python()
    assert rows[0][0] == "Biểu II.06a/VPCP/KSTT"
    assert rows[9][2:5] == ["(3)", "(4)", "(5)"]
    assert rows[10][1:4] == ["Tổng số", 2, 0]
    assert {(0, 6), (1, 7)} & {(start[1], start[0]) for start, _ in _merged(book)}


def _merged(book: CalamineWorkbook) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return book.get_sheet_by_name("II.06a").merged_cell_ranges or []


def test_the_paper_is_a_pdf(client: Client, world: World) -> None:
    assert client.get(PAGE + "&xuat=pdf").content.startswith(b"%PDF")


def test_what_was_sent_is_shown_as_it_was_and_what_changed_since_is_told(
    client: Client, world: World
) -> None:
    kept = keep(world)
    assert "Số tính lúc này giống bản đã gửi" in text(client, PAGE)
    world.dossier(ended_at=moment("2026-10-08 09:00"))
    told = text(client, PAGE)
    assert "Số tính lúc này khác bản đã gửi" in told
    assert "Tổng số, cột 3: đã gửi 2, nay 3" in told
    assert "Lý do gửi lại" in told
    frozen = client.get(f"/bao-cao/da-gui/{kept.pk}/").content.decode()
    assert '<td class="num">2</td>' in frozen.replace("\n", "")
    assert kept.digest in frozen
    assert "1/BC-TTHC-2026" in text(client, "/bao-cao/")


def test_a_report_sent_after_its_deadline_says_so_and_one_in_time_says_nothing(
    client: Client, world: World
) -> None:
    first = keep(world)
    assert "sau hạn" not in text(client, "/bao-cao/")
    made = {"unit": world.department, "form": "II.08", "period": "2026-Q4", "version": 1, "year": 2026}
    kept = {"number": 2, "content": first.content, "digest": first.digest, "sent_by": first.sent_by}
    late = SentReport.objects.create(**made, **kept, sent_at=moment("2026-12-28 09:00"))
    assert "sau hạn 3 ngày" in text(client, "/bao-cao/")
    assert "Gửi sau hạn 3 ngày" in text(client, f"/bao-cao/da-gui/{late.pk}/")


def test_who_may_not_send_is_told_who_may(client: Client, world: World) -> None:
    assert "Người đứng đầu hoặc cán bộ kiểm soát" in text(client, PAGE.replace("S1", "S2"))


FORM_05 = "/bao-cao/ii-05/S1/"
ROW = {"cot_3": 9, "cot_4": 4, "cot_5": 5, "cot_6": 2, "cot_7": 7, "cot_8": 8, "cot_9": 1, "cot_10": 8}


def test_a_form_that_was_not_read_says_so_on_the_page_in_the_sheet_and_on_paper(
    client: Client, world: World
) -> None:
    for slug in ("ii-01", "ii-02", "ii-04", "ii-05"):
        url = f"/bao-cao/{slug}/S1/?ky=2026-Q4"
        assert "Mẫu biểu chưa xác minh với văn bản" in text(client, url)
        book = CalamineWorkbook.from_filelike(BytesIO(b"".join(client.get(url + "&xuat=xlsx"))))
        cells = [cell for row in book.get_sheet_by_index(0).to_python() for cell in row]
        assert "Mẫu biểu chưa xác minh với văn bản." in cells
        assert "chưa xác minh" in words(client.get(url + "&xuat=pdf").content)


def test_a_row_is_declared_on_its_page_and_marked_wherever_it_stands(client: Client, world: World) -> None:
    url = FORM_05 + "?ky=2026-Q4"
    assert "Phản ánh, kiến nghị nhận ngoài hệ thống: chưa kê khai – – –" in text(client, url)
    page = FORM_05 + "ke-khai/?ky=2026-Q4"
    wrong = client.post(page, ROW | {"cot_4": 5, "kiem_chung": "12/BC-UBND"})
    assert wrong.status_code == 422
    assert "9 không bằng 5 + 5: cột 3 là tổng các cột 4, 5." in wrong.content.decode()
    done = client.post(page, ROW | {"kiem_chung": "12/BC-UBND"}, follow=True)
    assert "Đã ghi số kê khai" in done.content.decode()
    told = text(client, url)
    assert "Sở Một kê khai: Lò Thị Đứng Đầu 9" in told
    shown = re.findall(r'class="quiet"\s+href="[^"]*ke-khai[^"]*">(\d+)<', client.get(url).content.decode())
    assert shown == list("94527818")
    assert "3=4+5 9 = 4 + 5 đúng" in told
    behind = text(client, FORM_05 + "cot/3/?ky=2026-Q4")
    assert "Ô này còn số kê khai" in behind
    assert "9 do đơn vị kê khai" in behind
    assert "kê khai: Lò Thị Đứng Đầu" in words(client.get(url + "&xuat=pdf").content)
    assert client.post(page, ROW | {"kiem_chung": "12/BC-UBND", "ly_do": ""}).status_code == 422


def test_a_sent_form_opens_to_what_it_counted_when_it_was_sent(client: Client, world: World) -> None:
    form, at = forms.on("II.05", Q4.last), moment("2026-10-20 09:00")
    for n in range(3):
        Remark.objects.create(version=world.version, part="phi", text=f"Sai {n}", sent_at=at)
    content = sheets.as_data(sheets.fill(form, world.province, Q4, NOW))
    content["items"] = counted.as_data(counted.lines(form, world.province, Q4, NOW))
    made = {"unit": world.province, "form": form.code, "period": "2026-Q4", "version": 1, "year": 2026}
    by = Officer.objects.get(username="head")
    sent = SentReport.objects.create(
        **made, number=1, content=content, digest=written.digest(content), sent_at=NOW, sent_by=by
    )
    Remark.objects.create(version=world.version, part="phi", text="Đến sau", sent_at=at)
    page = client.get(f"/bao-cao/da-gui/{sent.pk}/").content.decode()
    cells = re.findall(r'class="quiet"\s+href="([^"]+)">(\d+)<', page)
    assert len(cells) == 12  # the whole, its source and the province, four columns each
    for url, count in cells:
        assert f"{count} dòng ở cột" in text(client, url.replace("&amp;", "&"))
    assert client.get(f"/bao-cao/da-gui/{sent.pk}/cot/2/").status_code == 404
    assert client.get(f"/bao-cao/da-gui/{keep(world).pk}/cot/3/").status_code == 404


def test_a_form_nobody_declares_anything_in_has_no_such_page(client: Client, world: World) -> None:
    assert client.get("/bao-cao/ii-06a/S1/ke-khai/?ky=2026-Q4").status_code == 404
    assert client.get("/bao-cao/ke-khai/1/").status_code == 404


def test_a_form_of_ministries_or_of_the_province_is_not_asked_of_a_department(
    client: Client, world: World
) -> None:
    assert text(client, "/bao-cao/").count("đơn vị này không gửi") == 4
    assert "Sở Một không gửi biểu này." in text(client, "/bao-cao/ii-07a/S1/?ky=2026-Q4")


@pytest.mark.parametrize("slug", ["ii-01", "ii-03", "ii-04", "ii-05", "ii-06c", "ii-07a"])
def test_a_form_asks_few_questions(client: Client, world: World, slug: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        text(client, f"/bao-cao/{slug}/04/?ky=2026-Q4")
    assert len(asked) <= 20


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("/bao-cao/ii-06a/S1/?ky=2027-Q4", "bắt đầu lấy số liệu từ"),
        ("/bao-cao/ii-06a/X9/?ky=2026-Q4", "hông có cơ quan nào mã"),
        ("/bao-cao/ii-99/S1/?ky=2026-Q4", "hông có biểu"),
        ("/bao-cao/ii-06a/S1/?ky=la", "hông có kỳ"),
    ],
)
def test_what_is_not_there_is_explained(client: Client, world: World, url: str, reason: str) -> None:
    assert reason in text(client, url, 404)


def test_a_column_the_form_has_not_is_not_found(client: Client, world: World) -> None:
    assert client.get("/bao-cao/ii-06a/S1/cot/2/?ky=2026-Q4").status_code == 404


def test_visitors_sign_in_first(client: Client, world: World) -> None:
    client.logout()
    assert client.get(PAGE).status_code == 302


def test_a_field_nobody_could_write_has_no_dossiers(client: Client, world: World) -> None:
    assert "0 hồ sơ ở cột 3" in text(client, "/bao-cao/ii-06a/S1/cot/3/?ky=2026-Q4&linh-vuc=a%00b")

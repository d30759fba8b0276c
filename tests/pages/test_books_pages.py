"""The books: entries written, moved, changed and struck; tables taken in whole; shares that open to their entries."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse

from motcua.journal import log
from motcua.law import books as law
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.people.models import Role
from motcua.steering.books import acts, queries
from motcua.steering.models import Attachment, BookEntry
from motcua.ui import keyed
from tests.cast import MONDAY, Cast, gather, officer
from tests.pages.test_dossiers_pages import signed_in, text

pytestmark = pytest.mark.django_db
NOW = MONDAY + timedelta(hours=6)
BOOK = law.books(day(NOW))["kho-khan"]
SAID = {"content": "Chưa có định mức", "kind": "Vướng mắc", "field": "Đề án 06"}
SENT = {**SAID, "answerer": "Bộ Tài chính", "sent": "9/UBND", "sent_on": "2026-10-01", "due": "2026-10-20"}


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return gather()


def made(cast: Cast, **more: Any) -> BookEntry:
    values = {**SAID, **more}
    return acts.make_entry(BOOK, unit=cast.department, values=values, by=cast.officers.head, at=NOW)


def page(entry: BookEntry) -> str:
    return reverse("book-entry", args=[entry.book, entry.pk])


def test_an_entry_is_written_sent_answered_and_closed(cast: Cast) -> None:
    client = signed_in(cast.officers.head)
    form = {**SENT, "unit": cast.department.code}
    answer = client.post(reverse("book-new", args=["kho-khan"]), form, follow=True)
    assert "Đã ghi kiến nghị vào sổ." in text(answer)
    entry = BookEntry.objects.get()
    move = {"do": "chuyen", "state": "da-chuyen", "on": "2026-10-01", "note": ""}
    assert "Đã chuyển, chờ trả lời" in text(client.post(page(entry), move, follow=True))
    assert "quá hạn" in text(client.get(reverse("book", args=["kho-khan"]), {"tinh_trang": "qua-han"}))
    early = client.post(page(entry), {**move, "state": "dong"})
    assert early.status_code == 422
    assert "hãy ghi: Văn bản trả lời, Ngày trả lời, Kết quả" in text(early)
    replied = {**SENT, "answer": "7/BTC", "answered_on": "2026-10-19", "outcome": "Đã giải quyết"}
    told = text(client.post(page(entry), {"do": "sua", **replied}, follow=True))
    assert "Kết quả: trống → Đã giải quyết" in told
    client.post(page(entry), {**move, "state": "dong"})
    shown = text(client.get(reverse("book", args=["kho-khan"])))
    assert "100,00 % ( 1 / 1 , mục tiêu 100 %, đạt)" in shown
    assert list(log.verify("so/")) == []


def test_a_share_opens_to_exactly_its_entries(cast: Cast) -> None:
    made(cast, sent_on="2026-10-01")
    made(cast, sent_on="2026-10-01", answered_on="2026-10-09", answer="1/B")
    made(cast)
    (share, n, d), _ = queries.shares(BOOK)
    assert (share.key, n, d) == ("da-tra-loi", 1, 2)
    for side, count in (("n", n), ("d", d)):
        assert queries.behind(BOOK, share.key, side).count() == count
    client = signed_in(cast.officers.head)
    assert client.get(reverse("book-share", args=["kho-khan", "da-tra-loi", "d"])).status_code == 200
    assert client.get(reverse("book-share", args=["kho-khan", "bay", "d"])).status_code == 404


def test_an_entry_struck_stays_in_the_journal_and_out_of_the_numbers(cast: Cast) -> None:
    entry = made(cast, sent_on="2026-10-01")
    client = signed_in(cast.officers.head)
    client.post(page(entry), {"do": "gach", "reason": "Ghi trùng với mục khác"})
    assert queries.shares(BOOK)[0][2] == 0
    assert "Mục đã bị gạch" in text(client.get(page(entry)))
    with pytest.raises(Refused, match="đã bị gạch"):
        acts.change_entry(entry, BOOK, values=SENT, by=cast.officers.head, at=NOW)


def test_nobody_writes_in_the_book_of_another_unit_but_who_steers(cast: Cast) -> None:
    entry = made(cast)
    stranger = officer(Role.HEAD, cast.commune, "chu-tich-xa")
    with pytest.raises(Refused, match="không giữ sổ của Sở Mẫu"):
        acts.change_entry(entry, BOOK, values=SENT, by=stranger, at=NOW)
    assert "Ghi thay đổi" not in text(signed_in(stranger).get(page(entry)))
    acts.change_entry(entry, BOOK, values=SENT, by=cast.officers.controller, at=NOW)


def test_what_is_overdue_is_turned_by_its_deadline(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed, "SIZE", 2)
    for due in ("2026-10-20", "2026-10-05", "2026-10-12", "2027-01-01"):
        made(cast, content=f"Hạn {due}", due=due)
    client, here = signed_in(cast.officers.head), reverse("book", args=["kho-khan"])
    first = client.get(here, {"tinh_trang": "qua-han"})
    assert [row["title"] for row in first.context["rows"]] == ["Hạn 2026-10-05", "Hạn 2026-10-12"]
    second = client.get(here + first.context["after"])
    assert [row["title"] for row in second.context["rows"]] == ["Hạn 2026-10-20"]


def test_a_choice_that_must_be_made_is_made_by_somebody(cast: Cast) -> None:
    client = signed_in(cast.officers.head)
    answer = client.post(
        reverse("book-new", args=["kho-khan"]), {"content": "x", "unit": cast.department.code}
    )
    assert answer.status_code == 422
    assert "Hãy chọn loại." in text(answer)
    assert not BookEntry.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_and_the_typing_stays(cast: Cast) -> None:
    entry, client = made(cast), signed_in(cast.officers.head)
    seen = entry.seen_as
    acts.change_entry(entry, BOOK, values={**SAID, "law": "Luật A"}, by=cast.officers.head, at=NOW)
    mine = {"do": "sua", **SAID, "answerer": "Bộ Tài chính"}
    late = client.post(page(entry), {**mine, "seen": seen})
    assert (late.status_code, "Một người khác vừa sửa" in text(late)) == (422, True)
    fresh = BookEntry.objects.get(pk=entry.pk)
    assert fresh.values["law"] == "Luật A"
    assert f'value="{fresh.seen_as}"' in late.content.decode()
    assert 'value="Bộ Tài chính"' in late.content.decode()
    assert client.post(page(entry), {**mine, "seen": fresh.seen_as}).status_code == 302


def test_evidence_is_kept_once_and_told_and_another_kind_of_file_is_refused(cast: Cast) -> None:
    entry, client = made(cast), signed_in(cast.officers.head)
    for _ in range(2):
        file = SimpleUploadedFile("bien-ban.pdf", b"%PDF-1.7 bien ban")
        told = text(client.post(page(entry), {"do": "tep", "file": file}, follow=True))
    assert "Đính kèm minh chứng" in told
    assert [kept.name for kept in Attachment.objects.filter(about=entry.stream)] == ["bien-ban.pdf"]
    assert [type(fact).__name__ for fact in log.read(entry.stream).facts] == ["EntryMade", "EntryEvidenced"]
    wrong = client.post(page(entry), {"do": "tep", "file": SimpleUploadedFile("ghi.exe", b"MZ")})
    assert (wrong.status_code, "chỉ nhận tệp pdf" in text(wrong)) == (422, True)
    assert "Hãy chọn tệp." in text(client.post(page(entry), {"do": "tep"}))
    other = officer(Role.HEAD, cast.commune, "chu-tich-khac")
    with pytest.raises(Refused, match="không giữ sổ"):
        acts.attach_evidence(entry, name="a.pdf", content=b"%PDF-1.7", by=other, at=NOW)


def test_a_change_that_changes_nothing_leaves_no_fact(cast: Cast) -> None:
    entry = made(cast)
    acts.change_entry(entry, BOOK, values=SAID, by=cast.officers.head, at=NOW)
    assert len(log.history(entry.stream)) == 1


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "bang.csv"
    head = "Đơn vị (mã),Tình trạng,Nội dung,Loại,Lĩnh vực,Hạn trả lời"
    path.write_text("\n".join([head, *rows]), "utf-8")
    return path


def test_a_table_is_taken_in_whole_and_once(cast: Cast, tmp_path: Path) -> None:
    path = table(
        tmp_path, "04.05,Mới,Thiếu máy,Khó khăn,Tài chính,20/11/2026", "04.05,,Thiếu người,Đề xuất,Khác,"
    )
    client = signed_in(cast.officers.head)
    for told in ("Đã ghi 2 mục; 0 mục đã có", "Đã ghi 0 mục; 2 mục đã có"):
        with path.open("rb") as file:
            answer = client.post(reverse("book-table", args=["kho-khan"]), {"file": file}, follow=True)
        assert told in text(answer)
    assert BookEntry.objects.count() == 2


def test_a_book_taken_back_in_from_its_own_file_is_not_doubled(cast: Cast) -> None:
    made(cast)
    made(cast, **SENT)
    client = signed_in(cast.officers.head)
    answer = client.get(reverse("book", args=["kho-khan"]), {"xuat": "xlsx"})
    content = b"".join(answer) if answer.streaming else answer.content
    file = SimpleUploadedFile("so-kho-khan.xlsx", content)
    back = client.post(reverse("book-table", args=["kho-khan"]), {"file": file}, follow=True)
    assert "Đã ghi 0 mục; 2 mục đã có" in text(back)


def test_a_table_with_wrong_lines_leaves_nothing_and_names_each(cast: Cast, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "04.05,Mới,Thiếu máy,Khó khăn,Tài chính,20/11/2026",
        "04.99,,Thiếu người,Đề xuất,Khác,",
        "04.05,,Thiếu người,Than phiền,Khác,mai",
        "04.05,Bay,Thiếu người,Khó khăn,Khác,",
    )
    with path.open("rb") as file:
        answer = signed_in(cast.officers.head).post(reverse("book-table", args=["kho-khan"]), {"file": file})
    told = text(answer)
    assert "Dòng 3: Đơn vị 04.99" in told
    assert "Dòng 4: Loại phải là một trong" in told
    assert "Dòng 4: Hạn trả lời phải là ngày" in told
    assert "Dòng 5: Tình trạng “Bay” không có trong sổ này; ghi một trong: Mới, Đã tổng hợp" in told
    assert not BookEntry.objects.exists()


def test_teams_that_did_nothing_for_months_are_told(cast: Cast) -> None:
    book = law.books(day(NOW))["to-cong-nghe-so"]
    for name, active in (("Tổ 1", "2026-10-01"), ("Tổ 2", "2026-01-01"), ("Tổ 3", "")):
        said = {"name": name, "place": "Thôn", "members": "5", "decision": "1/QĐ", "active_on": active}
        acts.make_entry(book, unit=cast.department, values=said, by=cast.officers.head, at=NOW)
    listed = text(
        signed_in(cast.officers.head).get(reverse("book", args=[book.key]), {"tinh_trang": "de-lau"})
    )
    assert "Tổ 2" in listed
    assert "Tổ 3" in listed
    assert "Tổ 1" not in listed


def test_the_pattern_of_a_book_is_read_back(cast: Cast) -> None:
    client = signed_in(cast.officers.head)
    for key in law.books(day(NOW)):
        head = client.get(reverse("book-pattern", args=[key])).content.decode("utf-8-sig")
        assert head.startswith("Đơn vị (mã),")
        assert client.get(reverse("book-new", args=[key])).status_code == 200


def test_who_keeps_no_book_is_told_so_and_odd_addresses_find_nothing(cast: Cast) -> None:
    stranger = officer(Role.ADMIN, cast.province, "quan-tri-la")
    assert signed_in(stranger).post(reverse("book-new", args=["kho-khan"]), SAID).status_code == 403
    client = signed_in(cast.officers.head)
    for asked in ("don_vi=%00", "tinh_trang=%00", "sau=99999999999999999999", "q=%00"):
        assert client.get(f"{reverse('book', args=['kho-khan'])}?{asked}").status_code == 200
    assert client.get(reverse("steering-unit", args=["\0"])).status_code == 404
    assert client.get("/dieu-hanh/bao-cao/tasks/04/0000-05/").status_code == 404


def test_a_table_taken_again_makes_no_entry_twice_though_one_was_changed(cast: Cast) -> None:
    lines, by = [acts.Line(2, cast.department.code, SAID)], cast.officers.head
    assert acts.import_entries(BOOK, lines, by=by, at=NOW).made == 1
    acts.change_entry(BookEntry.objects.get(), BOOK, values=SENT, by=by, at=NOW)
    again = acts.import_entries(BOOK, lines, by=by, at=NOW)
    assert (again.made, again.known, BookEntry.objects.count()) == (0, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_table_sent_several_times_at_once_makes_no_entry_twice(cast: Cast) -> None:
    lines = [acts.Line(row, cast.department.code, SAID | {"content": f"Việc {row}"}) for row in range(2, 32)]
    begin, taken = Barrier(4), list[acts.Taken]()
    send = partial(acts.import_entries, BOOK, lines, by=cast.officers.head, at=NOW)

    def sent() -> None:
        try:
            begin.wait()
            taken.append(send())
        finally:
            connections.close_all()

    senders = [Thread(target=sent) for _ in range(4)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    assert sorted((one.made, one.known) for one in taken) == [(0, 30), (0, 30), (0, 30), (30, 0)]
    assert BookEntry.objects.count() == 30

"""Books described as data: what is kept, where an entry may go, what lies idle, and the shares."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from motcua.law import books
from motcua.law.books import BadEntry
from motcua.law.calendar import TZ
from motcua.law.facts import Refused

BOOKS = books.books(date(2026, 11, 2))


@pytest.mark.parametrize("key", BOOKS)
def test_a_description_names_only_its_own_fields(key: str) -> None:
    book = BOOKS[key]
    fields = {field.key for field in book.fields}
    named = {need for state in book.states for need in state.needs}
    named |= {name for share in book.shares for side in (share.n, share.d) for name in side} - {"state"}
    assert named | {name for name in (book.due, book.since) if name} <= fields
    assert all(isinstance(key, str) for key in fields), "an unquoted on, yes or no is no text in YAML"
    assert any(field.listed for field in book.fields)
    assert len({state.key for state in book.states}) == len(book.states)


def test_values_are_kept_in_one_form_however_they_are_written() -> None:
    kept = books.clean(
        BOOKS["trang-thiet-bi"],
        {"item": "máy quét", "minimum": "2", "have": "1.200", "checked_on": "5/11/2026", "note": "  "},
    )
    assert kept == {"item": "Máy quét", "minimum": 2, "have": 1200, "checked_on": "2026-11-05"}


def test_what_cannot_be_kept_is_told_field_by_field() -> None:
    with pytest.raises(BadEntry) as wrong:
        books.clean(BOOKS["trang-thiet-bi"], {"item": "Xe đạp", "minimum": "hai", "checked_on": "hôm qua"})
    assert set(wrong.value.problems) == {"item", "minimum", "have", "checked_on"}
    assert "một trong: Máy tính" in wrong.value.problems["item"]
    assert "số nguyên" in wrong.value.problems["minimum"]
    assert "Hãy ghi đang có" in wrong.value.problems["have"]


def test_an_entry_moves_on_once_what_the_state_needs_is_filled() -> None:
    book = BOOKS["kho-khan"]
    with pytest.raises(Refused, match="hãy ghi: Cơ quan trả lời, Văn bản chuyển, Ngày chuyển, Hạn trả lời"):
        books.move(book, "moi", "da-chuyen", {"content": "x"})
    sent = {"answerer": "Bộ Tư pháp", "sent": "5/UBND", "sent_on": "2026-11-02", "due": "2026-12-02"}
    books.move(book, "moi", "da-chuyen", sent)
    with pytest.raises(Refused, match="đang ở tình trạng"):
        books.move(book, "moi", "moi", {})
    with pytest.raises(Refused, match="không có tình trạng"):
        books.move(book, "moi", "bay", {})


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"have": {"at_least": "minimum"}}, True),
        ({"minimum": {"at_least": "have"}}, False),
        ({"kind": ["a", "b"]}, True),
        ({"kind": "b"}, False),
        ({"gone": "absent", "kind": "present"}, True),
        ({}, True),
    ],
)
def test_an_entry_fits_what_is_asked_of_all_its_fields(asked: dict[str, Any], fits: bool) -> None:
    assert books.fits({"have": 3, "minimum": 2, "kind": "a"}, asked) is fits


def test_officials_and_servants_of_communes_are_counted_apart_and_the_seconded_not_at_all() -> None:
    people = [
        {"kind": "Cán bộ", "meets": "Đạt", "seconded": "Không", "state": "dang-lam"},
        {"kind": "Cán bộ", "meets": "Chưa đạt", "seconded": "Không", "state": "dang-lam"},
        {"kind": "Cán bộ", "meets": "Chưa đạt", "seconded": "Có", "state": "dang-lam"},
        {"kind": "Công chức", "meets": "Đạt", "seconded": "Không", "state": "dang-lam"},
        {"kind": "Công chức", "meets": "Chưa đạt", "seconded": "Không", "state": "da-nghi"},
    ]
    book = BOOKS["can-bo-xa"]
    marked = [(books.marks(book, each), 1) for each in people]
    found = {share.key: (n, d) for share, n, d in books.shares(book, marked)}
    assert found == {"can-bo": (1, 2), "cong-chuc": (1, 1)}
    assert books.percent(1, 2) == Decimal("50.00")
    assert books.percent(0, 0) is None


def test_an_entry_is_what_its_facts_leave_and_a_field_changed_to_nothing_is_gone() -> None:
    book, by = BOOKS["kiem-tra"], {"at": datetime(2026, 2, 10, tzinfo=TZ), "by": "a", "provision": ""}
    made = books.EntryMade(
        **by, book=book.key, unit="X", values={"about": "Một cửa", "found": "Sai", "due": "x"}
    )
    changed = books.EntryChanged(**by, values={"found": None, "due": "y"}, before={})
    moved = books.EntryMoved(**by, state="da-kiem-tra", on="2026-02-10")
    assert books.fold(book, [made]).state == "ke-hoach"
    told = books.fold(book, [made, changed, moved, books.EntryStruck(**by, reason="Nhầm")])
    assert told == books.Written({"about": "Một cửa", "due": "y"}, "da-kiem-tra", True)


def test_what_nobody_touched_for_months_lies_idle() -> None:
    assert books.idle_since(BOOKS["to-cong-nghe-so"], date(2026, 2, 10)) == date(2025, 11, 10)
    assert books.idle_since(BOOKS["kho-khan"], date(2026, 2, 10)) is None


@pytest.mark.parametrize("said", ["12.5", "1.5000", "9" * 20, "-1", "1e3"])
def test_a_count_that_is_no_whole_number_is_refused_and_never_read_as_another(said: str) -> None:
    field = books.Field("n", "Số lượng", books.Kind.COUNT)
    with pytest.raises(ValueError, match="số nguyên"):
        books._value(field, said)
    assert [books._value(field, each) for each in ("1.500", "1 500", "1500.0")] == [1500] * 3


def test_a_day_beyond_every_calendar_is_refused_as_a_day() -> None:
    with pytest.raises(ValueError, match="phải là ngày"):
        books._value(books.Field("d", "Ngày", books.Kind.DAY), "01/01/99999999999999999999")

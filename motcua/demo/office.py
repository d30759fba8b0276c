"""What the office that steers keeps besides tasks: books, a round of the index, grades (sổ, chấm điểm, xếp loại).

Few and invented, so that the pages have something to show; each part is played once, whatever is played again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from motcua.law import books as law
from motcua.law.calendar import day
from motcua.law.heads import Grade
from motcua.law.par_round import ORDER, Stage
from motcua.people import access
from motcua.people.models import Officer, Role, UnitKind
from motcua.steering.books import acts as books
from motcua.steering.heads import acts as grades
from motcua.steering.heads import queries as heads
from motcua.steering.heads.acts import Judgement
from motcua.steering.heads.models import HeadRating
from motcua.steering.models import BookEntry
from motcua.steering.par import acts as par
from motcua.steering.par.acts import Given, Table
from motcua.steering.par.models import ParRound, ParSheet

from . import asked
from .world import World

SCORED, BEFORE = 6, 90
CRITERIA: list[dict[str, Any]] = [
    {
        "code": "1",
        "name": "Chỉ đạo, điều hành",
        "max": "40",
        "parts": [
            {"code": "1.1", "name": "Thực hiện kế hoạch", "max": "20", "rule": {"kind": "share"}},
            {"code": "1.2", "name": "Báo cáo đúng hạn", "max": "10", "rule": {"kind": "yes_no"}},
            {"code": "1.3", "name": "Sáng kiến", "max": "10", "rule": {"kind": "count", "each": "5"}},
        ],
    },
    {
        "code": "2",
        "name": "Thủ tục hành chính",
        "max": "40",
        "parts": [
            {"code": "2.1", "name": "Công khai đủ thủ tục", "max": "20", "rule": {"kind": "all_only"}},
            {"code": "2.2", "name": "Rà soát thủ tục", "max": "20", "rule": {"kind": "share"}},
        ],
    },
    {
        "code": "3",
        "name": "Điều tra xã hội học",
        "max": "20",
        "rule": {"kind": "survey", "weights": {"Tốt": "100", "Khá": "60", "Kém": "0"}},
    },
]


# A round of communes that is being scored now: most of it the system counts by itself.
COUNTED: list[dict[str, Any]] = [
    {
        "code": "1",
        "name": "Chỉ đạo, điều hành",
        "max": "50",
        "parts": [
            {
                "code": "1.1",
                "name": "Hoàn thành nhiệm vụ được giao",
                "max": "20",
                "rule": {"kind": "share"},
                "owner": "Sở Nội vụ",
                "measure": "tasks:done",
            },
            {
                "code": "1.2",
                "name": "Sáng kiến được công nhận",
                "max": "10",
                "rule": {"kind": "count", "each": "5"},
                "owner": "Sở Nội vụ",
                "measure": "books:sang-kien/cong-nhan",
            },
            {
                "code": "1.3",
                "name": "Tổ công nghệ số có hoạt động",
                "max": "10",
                "rule": {"kind": "share"},
                "measure": "books:to-cong-nghe-so/hoat-dong",
            },
            {
                "code": "1.4",
                "name": "Đối thoại với người dân",
                "max": "10",
                "rule": {"kind": "yes_no"},
                "evidence": "Thông báo kết luận đối thoại",
            },
        ],
    },
    {
        "code": "2",
        "name": "Thủ tục hành chính",
        "max": "50",
        "parts": [
            {
                "code": "2.1",
                "name": "Hồ sơ giải quyết đúng hạn",
                "max": "25",
                "rule": {"kind": "share_from", "floor": "95"},
                "owner": "Văn phòng UBND tỉnh",
                "measure": "others:HS_DUNG_HAN",
            },
            {
                "code": "2.2",
                "name": "Hồ sơ nộp trực tuyến",
                "max": "15",
                "rule": {"kind": "share"},
                "measure": "others:HS_TRUC_TUYEN",
            },
            {
                "code": "2.3",
                "name": "Số hóa khi tiếp nhận",
                "max": "10",
                "rule": {"kind": "share"},
                "measure": "others:SO_HOA_TIEP_NHAN",
            },
        ],
    },
]


@dataclass(frozen=True, slots=True)
class Note:
    """An entry of a book: of which unit in turn, what it says, and the state it came to; days are days ago."""

    book: str
    kind: UnitKind
    turn: int
    values: Mapping[str, Any]
    state: str = ""


NOTES = (
    Note(
        "kho-khan",
        UnitKind.DEPARTMENT,
        0,
        {
            "content": "Chưa có định mức thuê dịch vụ công nghệ thông tin",
            "kind": "Vướng mắc",
            "field": "Tài chính",
            "answerer": "Bộ Tài chính",
            "sent": "9/UBND (thử)",
            "sent_on": 40,
            "due": 10,
        },
        "da-chuyen",
    ),
    Note(
        "kho-khan",
        UnitKind.COMMUNE,
        1,
        {"content": "Thiếu máy quét ở Bộ phận Một cửa", "kind": "Kiến nghị", "field": "Khác"},
    ),
    Note(
        "kiem-tra",
        UnitKind.COMMUNE,
        0,
        {
            "about": "Tiếp nhận và trả kết quả",
            "decision": "31/QĐ (thử)",
            "on": 30,
            "found": "Yêu cầu giấy tờ ngoài quy định",
            "weight": "Nhắc nhở",
            "measure": "Xin lỗi người nộp, tập huấn lại",
            "due": 5,
        },
        "dang-xu-ly",
    ),
    Note(
        "sang-kien",
        UnitKind.COMMUNE,
        2,
        {
            "name": "Trả kết quả tại nhà văn hóa thôn",
            "kind": "Cách làm hay",
            "what": "Mỗi tuần một buổi ở thôn xa trung tâm xã.",
            "recognised": "44/QĐ (thử)",
            "recognised_on": 20,
        },
        "cong-nhan",
    ),
    Note(
        "to-cong-nghe-so",
        UnitKind.COMMUNE,
        0,
        {
            "name": "Tổ công nghệ số thôn 1",
            "place": "Thôn 1",
            "members": 7,
            "decision": "5/QĐ (thử)",
            "active_on": 15,
            "helped": 64,
        },
    ),
    Note(
        "to-cong-nghe-so",
        UnitKind.COMMUNE,
        1,
        {"name": "Tổ công nghệ số thôn 2", "place": "Thôn 2", "members": 5, "decision": "6/QĐ (thử)"},
    ),
    Note(
        "trang-thiet-bi",
        UnitKind.COMMUNE,
        0,
        {"item": "Máy quét", "minimum": 2, "have": 1, "checked_on": 12},
    ),
    Note(
        "trang-thiet-bi",
        UnitKind.COMMUNE,
        1,
        {"item": "Máy tính", "minimum": 4, "have": 5, "checked_on": 12},
    ),
)


def play(world: World, seed: int, at: datetime) -> tuple[int, int, int]:
    """Keep some books, score some units and grade two heads; how many entries, sheets and grades were made."""
    return keep(world, at), score(world, seed, at) + count(world, seed, at), grade(world, at)


def keep(world: World, at: datetime) -> int:
    """Write the entries; none where a book has any."""
    if BookEntry.objects.exists():
        return 0
    known = law.books(day(at))
    for note in NOTES:
        units = world.departments if note.kind is UnitKind.DEPARTMENT else world.communes
        unit, book = units[note.turn], known[note.book]
        by = world.officer(unit, Role.HEAD, 0)
        made = books.make_entry(book, unit=unit, values=_dated(book, note.values, at), by=by, at=at)
        if note.state:
            books.move_entry(made, book, state=note.state, on=day(at), by=by, at=at)
    return len(NOTES)


def score(world: World, seed: int, at: datetime) -> int:
    """A round of some departments, brought as far as their explanations; none where it is there."""
    decision = f"25/QĐ-UBND ({seed})"
    if ParRound.objects.filter(table__decision=decision).exists():
        return 0
    begun, by = at - timedelta(days=BEFORE), _steering(world, at)
    named = "Bộ tiêu chí cải cách hành chính của các sở (bản thử)"
    table = par.enter_table(
        Table(named, decision, day(begun), UnitKind.DEPARTMENT, CRITERIA), by=by, at=begun
    )
    closes = {stage: day(begun) + timedelta(days=25 * n) for n, stage in enumerate(ORDER[1:-1], start=1)}
    units = world.departments[:SCORED]
    made = par.open_round(table, year=day(at).year, units=units, closes=closes, by=by, at=begun)
    par.advance(made, to=Stage.SELF, by=by, at=begun)
    sheets = list(made.sheets.select_related("unit"))
    for turn, sheet in enumerate(sheets):
        _declared(world, sheet, turn, begun + timedelta(days=10))
    asked.play(world, made, seed, by, begun)
    reviewed = begun + timedelta(days=40)
    par.advance(made, to=Stage.REVIEW, by=by, at=reviewed)
    for sheet in sheets[::2]:
        said = {"points": "15", "reason": "Một nhiệm vụ chưa có sản phẩm"}
        par.review(sheet, criterion="1.1", **said, by=by, at=reviewed)
    par.advance(made, to=Stage.EXPLAIN, by=by, at=begun + timedelta(days=60))
    asked.begin(world, made, by, at)
    return len(sheets)


def count(world: World, seed: int, at: datetime) -> int:
    """A round of some communes that score themselves now: what the system counts, and one who says otherwise."""
    decision = f"26/QĐ-UBND ({seed})"
    if ParRound.objects.filter(table__decision=decision).exists():
        return 0
    begun, by = at - timedelta(days=1), _steering(world, at)
    named = "Bộ tiêu chí cải cách hành chính của các xã (bản thử)"
    table = par.enter_table(Table(named, decision, day(begun), UnitKind.COMMUNE, COUNTED), by=by, at=begun)
    closes = {stage: day(begun) + timedelta(days=15 * n) for n, stage in enumerate(ORDER[1:-1], start=1)}
    units = world.communes[:SCORED]
    made = par.open_round(table, year=day(at).year, units=units, closes=closes, by=by, at=begun)
    par.advance(made, to=Stage.SELF, by=by, at=begun)
    for turn, sheet in enumerate(made.sheets.select_related("unit")):
        if turn % 3 == 2:
            continue
        who = world.officer(sheet.unit, Role.HEAD, 0)
        par.declare_counted(sheet, by=who, at=at)
        par.declare(
            sheet,
            criterion="1.4",
            given=Given("yes", evidence=f"Thông báo {turn + 3}/TB (thử)"),
            by=who,
            at=at,
        )
        if turn == 0:
            other = Given(
                n="2", evidence="Quyết định 44/QĐ (thử)", why="Một sáng kiến của năm chưa ghi vào sổ"
            )
            par.declare(sheet, criterion="1.2", given=other, by=who, at=at)
    return len(units)


def grade(world: World, at: datetime) -> int:
    """One grade decided and one proposed, of heads of departments; none where there are any."""
    year = day(at).year
    found = [
        each
        for each in heads.stints(year, day(at))
        if each.post.unit.kind == UnitKind.DEPARTMENT and not each.post.valid_to
    ][:2]
    if len(found) < 2 or HeadRating.objects.exists():
        return 0
    by, judged = _steering(world, at), Judgement(Grade.GOOD, Fraction(27), why="Theo kết quả cả năm")
    for stint in found:
        text, own = "Còn việc chậm vì thiếu người", stint.post.officer
        grades.claim_grade(stint, grade=Grade.GOOD, general=Fraction(28), text=text, by=own, at=at)
        grades.propose_grade(stint, judged, by=by, at=at)
    first = found[0]
    grades.answer_grade(first, agrees=True, text="", by=first.post.officer, at=at)
    top = next(unit for unit in world.units.values() if unit.kind == UnitKind.PROVINCE)
    chief = world.officer(top, Role.HEAD, 0)
    grades.decide_grade(first, grade=Grade.GOOD, decision="99/QĐ-UBND (thử)", by=chief, at=at)
    return len(found)


def _declared(world: World, sheet: ParSheet, turn: int, at: datetime) -> None:
    """What one department declares about itself."""
    given = {
        "1.1": Given(n=str(20 - turn), d="20"),
        "1.2": Given("yes" if turn % 3 else "no"),
        "1.3": Given(n=str(turn % 3)),
        "2.1": Given(n=str(50 - turn % 2), d="50"),
        "2.2": Given(n=str(9 - turn), d="9") if turn < SCORED - 1 else Given("na"),
    }
    by = world.officer(sheet.unit, Role.HEAD, 0)
    for code, said in given.items():
        told = Given(said.choice, said.n, said.d, evidence=f"Báo cáo số {turn + 1}/BC (thử)")
        par.declare(sheet, criterion=code, given=told, by=by, at=at)
    par.submit(sheet, by=by, at=at)


def _dated(book: law.Book, values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Values with days ago as days."""
    dated = {field.key for field in book.fields if field.kind is law.Kind.DAY}
    return {
        key: (day(at) - timedelta(days=said)).isoformat() if key in dated else said
        for key, said in values.items()
    }


def _steering(world: World, at: datetime) -> Officer:
    """Who scores for the province."""
    held: Sequence[Officer] = [
        officer for (_, role), some in world.staff.items() if role == Role.CONTROLLER for officer in some
    ]
    return next(officer for officer in held if access.may(officer, "par", None, day(at)))

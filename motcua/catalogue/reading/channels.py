"""The channel table of the portal, flattened to text (cách thức thực hiện): terms and fees of each channel.

A row is a channel, a term cell, a fee cell and a description, without anything between them:
"Trực tuyến7 Ngày làm việc10,000 Việt Nam Đồng(một bản)Nộp qua Cổng…". No cell of term or fee is ever empty in
the portal's output (it says "Không có thông tin"), a fee of zero is "Miễn phí", thousands are set off by commas:
so "Trực tuyến120 VNĐ" can only be the term 1, without its unit, and the fee 20.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from motcua.catalogue.models import Channel
from motcua.law.limits import TimeLimit, UnreadLimit

from .drafts import NOTHING, FeeDraft, Notes, TermDraft, clipped

HEADER = "Hình thức nộpThời gianPhí, lệ phíMô tả"
NAMES = {"Trực tiếp": Channel.DIRECT, "Trực tuyến": Channel.ONLINE, "Dịch vụ bưu chính": Channel.POST}
FREE = "Miễn phí"
_CHANNEL = "|".join(NAMES)
_UNIT = "Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm|Phút"
_CURRENCY = "VNĐ|Việt Nam Đồng|USD|EUR"
_AMOUNT = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_ROW = re.compile(
    rf"(?P<channel>{_CHANNEL})"
    rf"(?:(?P<number>\d+(?:[.,]\d+)?) (?P<unit>{_UNIT})"
    rf"|(?P<bare>\d+(?:[.,]\d+)?)(?={FREE}|{NOTHING})"
    rf"|(?P<glued>\d[\d,]*)(?= (?:{_CURRENCY}))"
    rf"|(?P<words>[^\W\d_](?:(?!{_CHANNEL})[^\d(:]){{0,200}}?))"
    rf"(?P<fee>{FREE}|{NOTHING}|(?:(?<=[^\d])(?:{_AMOUNT}))? ?(?:{_CURRENCY}))"
)
_FEE = re.compile(rf"({_AMOUNT}) ?({_CURRENCY})")
_SPLIT_FEE = re.compile(r"[1-9]\d{0,2}(?:,\d{3})*")
_LIST_MARK = re.compile(r"(?:^\(|[;.:\n]\s*|[-+] ?)[a-zđ]$")
_MONEY = re.compile(
    r"\d{1,3}(?:\.\d{3})+ ?(?:đồng|đ|vnđ|/)|\d+ ?USD|Hội đồng nhân dân"
    r"|Biểu (?:mức thu )?phí|Biểu khung giá|mức thu phí",
    re.IGNORECASE,
)
_SMALLEST = 1000  # đồng; a fee below it stands where thousands were meant
MOST = Decimal(10**12)  # đồng; more than any fee, less than the column holds


@dataclass(frozen=True, slots=True)
class Row:
    """One row as cut out of the text; `fee_text` is the fee with its remark, `note` the description."""

    channel: Channel
    term: str
    fee: str
    remark: str
    note: str
    glued: str = ""

    @property
    def fee_text(self) -> str:
        return self.fee + self.remark


def read(text: str, notes: Notes) -> tuple[tuple[TermDraft, ...], tuple[FeeDraft, ...]]:
    """The terms and fees of the table. What cannot be read stays in the texts and is noted."""
    body = text.removeprefix(HEADER)
    found = list(_ROW.finditer(body))
    if not found or body[: found[0].start()].strip():
        remedy = "Nhập thời hạn, phí của từng cách thức theo quyết định công bố"
        notes.add("terms", "không đọc được bảng cách thức thực hiện", body, remedy)
        return (), ()
    ends = [m.start() for m in found[1:]] + [len(body)]
    cut = [_row(m, body[m.end() : end]) for m, end in zip(found, ends, strict=True)]
    rows = _unglued(_once(cut, notes), notes)
    cases = _cases(rows, notes)
    terms = tuple(_term(row, case, notes) for row, case in zip(rows, cases, strict=True))
    fees = tuple(fee for row, case in zip(rows, cases, strict=True) if (fee := _fee(row, case, notes)))
    return terms, fees


def _row(found: re.Match[str], rest: str) -> Row:
    remark, note = _remark(rest)
    term = f"{found['number']} {found['unit']}" if found["number"] else found["bare"] or found["words"] or ""
    glued = found["glued"] or ""
    return Row(NAMES[found["channel"]], term.strip(), glued + found["fee"], remark, note.strip(), glued)


def _remark(rest: str) -> tuple[str, str]:
    """The bracketed remark that follows a fee, and the rest; list marks, "a)", may close what nobody opened."""
    if not rest.startswith("("):
        return "", rest
    listed = rest.count(")") > rest.count("(")
    depth = 0
    for at, sign in enumerate(rest):
        if sign == "(":
            depth += 1
        elif sign == ")" and not (listed and depth == 1 and _LIST_MARK.search(rest[:at])):
            depth -= 1
        if depth == 0:
            return rest[: at + 1], rest[at + 1 :]
    return rest, ""


def _once(rows: Sequence[Row], notes: Notes) -> list[Row]:
    kept = list(dict.fromkeys(rows))
    for row, times in Counter(rows).items():
        if times > 1:
            notes.add(
                "terms", "dòng cách thức lặp lại, đã giữ một", f"{row.channel.label}: {row.term} {row.fee}"
            )
    return kept


def _unglued(rows: Sequence[Row], notes: Notes) -> list[Row]:
    """Rows whose term and fee are written as one number, cut where only one cut is possible."""
    known = {row.term for row in rows if row.term.isdecimal()}
    ways = {row.glued: list(_splits(row.glued)) for row in rows if row.glued}
    known |= {cuts[0][0] for cuts in ways.values() if len(cuts) == 1}
    return [_cut(row, ways[row.glued], known, notes) if row.glued else row for row in rows]


def _splits(glued: str) -> Iterator[tuple[str, str]]:
    for at in range(1, min(4, len(glued))):
        term, fee = glued[:at], glued[at:]
        if term.isdecimal() and term[0] != "0" and _SPLIT_FEE.fullmatch(fee):
            yield term, fee


def _cut(row: Row, ways: list[tuple[str, str]], known: set[str], notes: Notes) -> Row:
    certain = (
        ways if len(ways) == 1 else [way for way in ways if way[0] in known or _told(way[1], row.remark)]
    )
    written = f"{row.channel.label}: {row.fee}"
    if len(certain) != 1:
        notes.add("terms", "thời hạn viết liền với phí, không tách được", written, "Nhập lại thời hạn và phí")
        return replace(row, term="")
    term, fee = certain[0]
    shown = f"{written} → {term} | {fee}"
    notes.add("terms", "thời hạn viết liền với phí, đã tách theo cách duy nhất hợp lệ", shown, "Kiểm tra lại")
    return replace(row, term=term, fee=row.fee.replace(row.glued, fee, 1), glued="")


def _told(fee: str, remark: str) -> bool:
    """Whether the remark names this fee in full, "20.000" for 20."""
    numbers = {re.sub(r"\D", "", n) for n in re.findall(r"\d+(?:\.\d{3})*", remark)}
    bare = fee.replace(",", "")
    return bare in numbers or bare + "000" in numbers


def _cases(rows: Sequence[Row], notes: Notes) -> list[str]:
    """The case of each row: the description where a channel has several rows, else none."""
    of_channel: defaultdict[Channel, list[Row]] = defaultdict(list)
    for row in rows:
        of_channel[row.channel].append(row)
    several = {channel: rows for channel, rows in of_channel.items() if len(rows) > 1}
    if several:
        shown = "; ".join(
            f"{r.channel.label}: {r.term} {r.note}".strip() for rs in several.values() for r in rs
        )
        clear = all(
            len({r.note for r in rs}) == len(rs) and all(r.note for r in rs) for rs in several.values()
        )
        problem = "một kênh có nhiều thời hạn: các trường hợp hay các giai đoạn, chưa rõ"
        if not clear:
            problem = "một kênh có nhiều thời hạn mà mô tả không phân biệt"
        notes.add("terms", problem, shown, "Xác nhận đây là trường hợp hay giai đoạn nối tiếp")
    return [
        clipped(row.note.strip("-+* .") or row.term, 1000) if row.channel in several else "" for row in rows
    ]


def _term(row: Row, case: str, notes: Notes) -> TermDraft:
    amount, unit = term_parts(
        row.term, f"{row.channel.label}: {row.term or row.fee} {row.note}".strip(), notes
    )
    return TermDraft(row.channel, row.term or row.fee, amount, unit, case, row.note)


def term_parts(text: str, shown: str, notes: Notes) -> tuple[Decimal | None, str]:
    """The amount and unit of a term cell; each is left out, and noted, where the cell does not tell it."""
    try:
        limit = TimeLimit.parse(text)
        if limit.amount < 10**6 and limit.amount == round(limit.amount, 2):
            return limit.amount, limit.unit.value
        number = None
    except UnreadLimit:
        number = re.fullmatch(r"\d{1,6}(?:[.,]\d{1,2})?", text)
    if number and Decimal(text.replace(",", ".")) > 0:
        notes.add("terms", "thời hạn không ghi đơn vị", shown, _unit_hint(text, shown))
        return Decimal(text.replace(",", ".")), ""
    if not text or text == NOTHING:
        notes.add("terms", "không có thông tin thời hạn", shown, "Nhập thời hạn theo quyết định công bố")
    else:
        notes.add(
            "terms", "không đọc được thời hạn", shown, "Ghi số và đơn vị, hoặc để trống nếu không có thời hạn"
        )
    return None, ""


def _unit_hint(number: str, shown: str) -> str:
    """What a person may confirm: the description often repeats the number with its unit."""
    told = re.search(rf"(?<![\d/.,])0?{re.escape(number)} (?:{_UNIT})", shown, re.IGNORECASE)
    if told:
        return f"Mô tả nêu “{told[0]}”: xác nhận đơn vị"
    return "Ghi đơn vị: ngày làm việc, ngày, giờ, tháng"


def _fee(row: Row, case: str, notes: Notes) -> FeeDraft | None:
    shown = f"{row.channel.label}: {row.fee_text}"
    if row.glued:
        return FeeDraft(row.channel, row.fee_text, None, _kind(row.remark), case)
    if row.fee == NOTHING:
        notes.add("fees", "không có thông tin phí, lệ phí", shown, "Ghi mức thu, hoặc ghi Miễn phí")
        return FeeDraft(row.channel, row.fee_text, None, _kind(row.remark), case) if row.remark else None
    if row.fee == FREE:
        if _MONEY.search(row.remark):
            notes.add(
                "fees", "ghi miễn phí nhưng mô tả nêu mức thu", shown, "Đối chiếu với văn bản quy định phí"
            )
        return FeeDraft(row.channel, row.fee_text, Decimal(0), _kind(row.remark), case)
    return FeeDraft(row.channel, row.fee_text, _money(row, shown, notes), _kind(row.remark), case)


def _money(row: Row, shown: str, notes: Notes) -> Decimal | None:
    found = _FEE.fullmatch(row.fee)
    if not found:
        notes.add("fees", "không đọc được mức phí", shown, "Ghi số tiền bằng đồng")
        return None
    amount = Decimal(found[1].replace(",", ""))
    if found[2] not in ("VNĐ", "Việt Nam Đồng"):
        notes.add(
            "fees", "mức thu bằng ngoại tệ, giữ nguyên văn", shown, "Ghi mức thu bằng đồng nếu thu bằng đồng"
        )
        return None
    if amount % 1 or amount >= MOST:
        notes.add("fees", "mức phí lẻ dưới một đồng hoặc quá lớn", shown, "Ghi số tiền bằng đồng")
        return None
    if amount < _SMALLEST:
        notes.add("fees", "mức phí dưới 1.000 đồng, đáng ngờ", shown, "Kiểm tra có thiếu ba số 0 không")
    return amount


def _kind(remark: str) -> str:
    """Phí or lệ phí, where the remark begins by saying which."""
    said = remark.lstrip("(-+* ").casefold()
    if said.startswith("lệ phí"):
        return "le_phi"
    return "phi" if said.startswith("phí") and not said.startswith("phí, lệ phí") else ""

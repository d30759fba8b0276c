"""One procedure as the national database answers it (dịch vụ LayThuTuc của CSDLQG về thủ tục hành chính).

Every value is a string: amounts may be "Không", "", "20.000"; a paper may repeat once for each file of its form.
Lists of one entry may come as that entry alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from motcua.catalogue.models import Channel, Kind, Level

from .channels import MOST, term_parts
from .crawl import decision, refused
from .drafts import (
    BasisDraft,
    ComponentDraft,
    Draft,
    FeeDraft,
    Notes,
    ResultDraft,
    TermDraft,
    clipped,
    plain,
    required,
    short,
)

KEY = "MATTHC"
Record = Mapping[str, Any]
LEVELS = {"0": Level.MINISTRY, "1": Level.PROVINCE, "2": Level.DISTRICT, "3": Level.COMMUNE}
CHANNELS = {"1": Channel.DIRECT, "2": Channel.ONLINE, "3": Channel.POST}
FEE_KINDS = {"1": "phi", "2": "le_phi"}
_NONE = ("không", "miễn phí", "0")
_DONG = ("", "đồng", "vnđ", "vnd", "việt nam đồng", "đ")
_MONEY = re.compile(r"\d+|\d{1,3}(?:[.,]\d{3})+")


def read(record: Record, row: int) -> tuple[Draft | None, Notes]:
    """The draft of one record, None when it has no code or no title, with what was found in it."""
    code, title = plain(record.get(KEY)), plain(record.get("TENTTHC"))
    notes = Notes(row, code[:60])
    if refused(notes, code, title):
        return None, notes
    terms, fees = _channels(record, notes)
    draft = Draft(
        code=code,
        title=title,
        field=short("; ".join(_named(record, "LINHVUCTHUCHIEN", "TENLINHVUC")), 200, "field", notes),
        kind=_kind(record, notes),
        levels=_levels(record, notes),
        audiences=_named(record, "DOITUONGTHUCHIEN", "TENDOITUONG"),
        decision=decision(plain(record.get("SOQUYETDINH")), notes),
        decided_on=_day(record, "NGAYQUYETDINH", notes),
        issuer=plain(record.get("COQUANCONGBO"))[:200],
        agency=plain(record.get("MOTACOQUANTHUCHIEN"))
        or ", ".join(_named(record, "COQUANTHUCHIEN", "TENDONVI")),
        authority=", ".join(_named(record, "COQUANCOTHAMQUYEN", "TENDONVI")),
        reception_address=plain(record.get("DIACHITIEPNHAN")),
        coordinating=", ".join(_named(record, "COQUANPHOIHOP", "TENDONVI")),
        delegated=", ".join(_named(record, "COQUANDUOCUYQUYEN", "TENDONVI")),
        sequence=_sequence(record),
        conditions=plain(record.get("YEUCAU")),
        keywords=plain(record.get("TUKHOA")),
        note=plain(record.get("MOTA")),
        source=clipped(f"CSDLQG {plain(record.get('ID'))}".strip(), 200),
        components=tuple(_components(record, notes)),
        terms=terms,
        fees=fees,
        results=tuple(_results(record)),
        bases=tuple(_bases(record, notes)),
    )
    required(notes, audiences=draft.audiences, sequence=draft.sequence, results=draft.results)
    required(notes, agency=draft.agency or draft.authority, components=draft.components, terms=draft.terms)
    return draft, notes


def entries(record: Record, name: str) -> list[Record]:
    """The entries of a list of the record; anything else in the list is left out."""
    given = record.get(name) or []
    listed = [given] if isinstance(given, Mapping) else given
    return [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []


def _named(record: Record, name: str, field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for entry in entries(record, name) if (text := plain(entry.get(field)))))


def _kind(record: Record, notes: Notes) -> str:
    given = plain(record.get("LOAITTHC"))
    if given not in ("1", "2", "3"):
        notes.add("kind", "không rõ loại thủ tục", given, "LOAITTHC là 1, 2 hoặc 3")
        return Kind.UNKNOWN.value
    return given


def _levels(record: Record, notes: Notes) -> tuple[str, ...]:
    given = [plain(entry.get("CAPTHUCHIEN")) for entry in entries(record, "CAPTHUCHIEN")]
    for level in given:
        if level not in LEVELS:
            notes.add(
                "levels", "cấp thực hiện không có trong danh mục", level, "CAPTHUCHIEN là 0, 1, 2 hoặc 3"
            )
    required(notes, levels=given)
    return tuple(LEVELS[level].value for level in given if level in LEVELS)


def _sequence(record: Record) -> str:
    parts = []
    for case in entries(record, "TRINHTUTHUCHIEN"):
        parts += [plain(case.get("TRUONGHOP")), *_named(case, "TRINHTU", "TENTRINHTU")]
    return "\n".join(part for part in parts if part)


def _channels(record: Record, notes: Notes) -> tuple[tuple[TermDraft, ...], tuple[FeeDraft, ...]]:
    terms: list[TermDraft] = []
    fees: list[FeeDraft] = []
    for way in entries(record, "CACHTHUCTHUCHIEN"):
        channel = CHANNELS.get(plain(way.get("KENH")))
        if channel is None:
            notes.add(
                "terms", "cách thức thực hiện không có trong danh mục", way.get("KENH"), "KENH là 1, 2 hoặc 3"
            )
            continue
        times = entries(way, "THOIGIAN")
        for time in times:
            note = plain(time.get("MOTA"))
            case = clipped(note, 1000) if len(times) > 1 else ""
            terms.append(_term(channel, time, case, note, notes))
            fees += [_fee(channel, fee, case, notes) for fee in entries(time, "PHILEPHI")]
    return tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(fees))


def _term(channel: Channel, time: Record, case: str, note: str, notes: Notes) -> TermDraft:
    text = f"{plain(time.get('THOIGIANGIAIQUYET'))} {plain(time.get('DONVITINH'))}".strip()
    amount, unit = term_parts(text, f"{channel.label}: {text} {note}".strip(), notes)
    return TermDraft(channel, text, amount, unit, case, note)


def _fee(channel: Channel, fee: Record, case: str, notes: Notes) -> FeeDraft:
    given, currency, remark = (plain(fee.get(name)) for name in ("SOTIEN", "DONVI", "MOTA"))
    text = f"{given} {currency}".strip() + (f" ({remark})" if remark else "")
    kind = FEE_KINDS.get(plain(fee.get("MAPHILEPHI")), "")
    return FeeDraft(channel, text, _money(given, currency, f"{channel.label}: {text}", notes), kind, case)


def _money(given: str, currency: str, shown: str, notes: Notes) -> Decimal | None:
    """The amount in đồng; points and commas set off thousands."""
    if given.casefold() in _NONE:
        return Decimal(0)
    if not given:
        notes.add("fees", "không có thông tin phí, lệ phí", shown, "Ghi mức thu, hoặc ghi Không")
        return None
    if not _MONEY.fullmatch(given) or currency.casefold() not in _DONG:
        notes.add("fees", "không đọc được mức phí", shown, "Ghi số tiền bằng đồng")
        return None
    amount = Decimal(re.sub(r"\D", "", given))
    if amount >= MOST:
        notes.add("fees", "không đọc được mức phí", shown, "Ghi số tiền bằng đồng")
        return None
    if amount < 1000:
        notes.add("fees", "mức phí dưới 1.000 đồng, đáng ngờ", shown, "Kiểm tra có thiếu ba số 0 không")
    return amount


def _components(record: Record, notes: Notes) -> Iterator[ComponentDraft]:
    for group in entries(record, "THANHPHANHOSO"):
        case, before = clipped(plain(group.get("TRUONGHOP")), 1000), None
        for paper in entries(group, "GIAYTO"):
            draft = _component(paper, case, notes)
            if before and (before.code, before.name) == (draft.code, draft.name):
                before = replace(before, form=_joined(before.form, draft.form))
                continue
            if before:
                yield before
            before = draft
        if before:
            yield before


def _component(paper: Record, case: str, notes: Notes) -> ComponentDraft:
    code, name = plain(paper.get("MAGIAYTO")), plain(paper.get("TENGIAYTO"))
    if not name:
        notes.add("components", "giấy tờ không có tên", code, "Ghi tên giấy tờ")
    originals, copies = (_count(paper, field, name, notes) for field in ("SOBANCHINH", "SOBANSAO"))
    form = clipped(plain(paper.get("TENMAUDON")), 500)
    return ComponentDraft(name or code, case, code[:60], originals, copies, form)


def _count(paper: Record, field: str, name: str, notes: Notes) -> int | None:
    given = plain(paper.get(field))
    if given.isdecimal() and len(given) < 5:
        return int(given)
    if given:
        notes.add("components", "không đọc được số bản", f"{name}: {field} {given}", "Ghi số bản bằng chữ số")
    return None


def _joined(form: str, more: str) -> str:
    return (
        form if not more or more in form.split("; ") else clipped("; ".join(filter(None, (form, more))), 500)
    )


def _results(record: Record) -> Iterator[ResultDraft]:
    for result in entries(record, "KETQUATHUCHIEN"):
        code, name = plain(result.get("MAKETQUA")), plain(result.get("TENKETQUA"))
        if name or code:
            yield ResultDraft(name or code, code[:60])


def _bases(record: Record, notes: Notes) -> Iterator[BasisDraft]:
    for basis in entries(record, "CANCUPHAPLY"):
        number, name = plain(basis.get("SOVANBAN")), plain(basis.get("TENVANBAN"))
        issued, effective = (_day(basis, field, notes) for field in ("NGAYBANHANH", "NGAYHIEULUC"))
        yield BasisDraft(
            name or number, number[:120], issued, effective, plain(basis.get("COQUANBANHANH"))[:300]
        )


def _day(record: Record, field: str, notes: Notes) -> date | None:
    given = plain(record.get(field))
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S"):
        try:
            return datetime.strptime(given, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    if given:
        notes.add(field.lower(), "không đọc được ngày", given, "Ghi ngày dạng dd/mm/yyyy")
    return None

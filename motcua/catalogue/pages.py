"""The page of a procedure: the five answers first, then the rest (cần gì, bao nhiêu tiền, bao lâu, ở đâu, được gì)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse

from motcua.ui import strip
from motcua.ui.templatetags import ui

from . import differing, queries, telling
from .announcing import local
from .forms import Promise
from .models import Finding, Online, Status, Version

CASES = 3  # more cases than that are folded, each by itself
LONGEST_STRIP = 63  # days: nine weeks
LONG = 3000  # signs; a longer text is folded, and unfolded in print
ANYWHERE = "nộp được ở bất kỳ Bộ phận Một cửa nào trong tỉnh (Nghị định 118/2025/NĐ-CP, Điều 14)"
SAYS_NOTHING = ("", "không", "không có", "không quy định")
PARTS = {
    "title": "Tên",
    "field": "Lĩnh vực",
    "levels": "Cấp thực hiện",
    "audiences": "Đối tượng",
    "sequence": "Trình tự",
    "components": "Thành phần hồ sơ",
    "terms": "Thời hạn",
    "fees": "Phí, lệ phí",
    "results": "Kết quả",
    "bases": "Căn cứ pháp lý",
    "agency": "Cơ quan thực hiện",
    "decision": "Quyết định công bố",
    "code": "Mã",
    "online": "Mức trực tuyến",
    "ma_tthc": "Mã thủ tục",
    "quy_trinh": "Quy trình nội bộ",
}

WAY_COLUMNS = [
    {"label": "Cách nộp", "width": "col-way"},
    {"label": "Thời hạn", "width": "col-term"},
    {"label": "Phí, lệ phí"},
]
LINE_COLUMNS = [{"label": label} for label in ("Bản", "Hiệu lực", "Quyết định", "Ban hành")]
FINDING_COLUMNS = [{"label": label} for label in ("Phần", "Vấn đề", "Đã giữ", "Cách sửa")]
NO_WAYS = {"title": "Chưa công bố cách nộp", "text": "Hãy hỏi nơi tiếp nhận hồ sơ về thời hạn và phí."}
NO_FINDINGS = {"title": "Không có phát hiện nào", "text": "Lần nhập gần nhất nhận nguyên mọi phần."}


def number(text: str | None) -> int | None:
    """The number of a version in the URL, None for none; what is no number is a version nobody has."""
    if text is None:
        return None
    return int(text) if text.isdecimal() and len(text) < 6 else -1


def context(version: Version, versions: Sequence[Version], today: date) -> dict[str, Any]:
    """Everything the page shows of one text, and of those before and after it."""
    return {
        "shown": version,
        "crumbs": [
            {"url": reverse("procedures"), "label": "Thủ tục"},
            {"label": version.procedure.code},
        ],
        "about": _about(version),
        "notice": _notice(version, versions, today),
        "answers": answers(version),
        "ways": telling.ways(version),
        "bundles": (bundles := telling.bundles(version.components.all())),
        "folded": len(bundles) > CASES,
        "texts": _texts(version),
        "facts": _facts(version),
        "places": _places(version),
        "anywhere": _anywhere(version),
        "portal": version.source if version.source.startswith("https://") else "",
        "history": [
            _line(one, before, version, today)
            for one, before in zip(versions, [*versions[1:], None], strict=True)
        ],
        "way_columns": WAY_COLUMNS,
        "no_ways": NO_WAYS,
        "local": local.of(version) if version.central else [],
        "local_columns": local.COLUMNS,
        "line_columns": LINE_COLUMNS,
        "finding_columns": FINDING_COLUMNS,
        "no_findings": NO_FINDINGS,
    }


def cells(promise: Promise | None) -> list[strip.Cell]:
    """The days of a promise for ui/strip.html; a term too long for a strip has its ledger alone."""
    found = strip.cells(promise.reading) if promise else []
    return found if len(found) <= LONGEST_STRIP else []


def answers(version: Version) -> list[dict[str, str]]:
    """The five questions a person comes with, each answered in a few words."""
    return [_papers(version), _money(version), _time(version), _place(version), _result(version)]


def findings(found: Sequence[Finding]) -> list[dict[str, str]]:
    """What an import found wrong, with the name a person uses for the part."""
    return [
        {
            "part": PARTS.get(one.field, one.field),
            "problem": one.problem,
            "kept": telling.clipped(one.kept, 300),
            "remedy": one.remedy,
        }
        for one in found
    ]


def _about(version: Version) -> str:
    parts = (f"Mã {version.procedure.code}", version.field and f"lĩnh vực {version.field}")
    return ", ".join(part for part in parts if part)


def _notice(version: Version, versions: Sequence[Version], today: date) -> dict[str, str] | None:
    """What must be known before reading on: that this text is not the one in force."""
    said = telling.standing(version, today)
    if not said:
        return None
    current = next((one for one in versions if not telling.standing(one, today)), None)
    if current is None:
        text = "Hiện không có bản nào của thủ tục này đang có hiệu lực."
        return {"title": said, "text": text, "url": "", "label": ""}
    page = reverse("procedure", args=[version.procedure.code])
    return {
        "title": said,
        "text": "Đây không phải bản đang áp dụng.",
        "url": page,
        "label": "Xem bản đang áp dụng",
    }


def _papers(version: Version) -> dict[str, str]:
    bundles = telling.bundles(version.components.all())
    papers = [paper for bundle in bundles for paper in bundle.papers]
    said, more = "Chưa công bố", ""
    if len(papers) == 1:
        said, more = telling.clipped(papers[0].name), papers[0].amount
    elif papers:
        cases = sum(bool(bundle.papers) for bundle in bundles)
        said = f"{len(papers)} loại giấy tờ"
        more = f"chia theo {cases} nhóm, tùy trường hợp" if cases > 1 else ""
    return _answer("Cần gì?", said, more, "file-text", papers and "#giay-to")


def _money(version: Version) -> dict[str, str]:
    notes = (telling.fee(fee).note for fee in version.fees.all())
    remarks = dict.fromkeys(note for note in notes if note.casefold().rstrip(".") not in SAYS_NOTHING)
    more = telling.clipped(next(iter(remarks)), 110) if len(remarks) == 1 else ""
    if len(remarks) > 1:
        more = "tùy cách nộp, trường hợp; đọc kỹ ghi chú"
    return _answer("Bao nhiêu tiền?", telling.fee_in_short(version), more, "banknote", "#cach-nop")


def _time(version: Version) -> dict[str, str]:
    terms = list(version.terms.all())
    counted = [term for term in terms if telling.limit(term)]
    if not counted:
        announced = next((told.text for term in terms if (told := telling.term(term)).unread), "")
        more = f"công bố ghi “{telling.clipped(announced, 80)}”" if announced else ""
        return _answer("Bao lâu?", "Chưa rõ thời hạn", more, "clock", "#cach-nop")
    several = len({telling.limit(term) for term in counted}) > 1 or len(counted) < len(terms)
    more = (
        "tùy cách nộp, trường hợp; tính ngày trả"
        if several
        else "từ khi tiếp nhận hồ sơ hợp lệ; tính ngày trả"
    )
    return _answer("Bao lâu?", telling.term_in_short(version), more, "clock", "#tinh-ngay")


def _place(version: Version) -> dict[str, str]:
    named = version.reception_address or version.agency or version.authority
    said = telling.clipped(named) or telling.levels(version) or "Chưa công bố"
    return _answer("Ở đâu?", said, _anywhere(version), "map-pin", "#noi-nop")


def _anywhere(version: Version) -> str:
    """What is true of every desk of the province, for what the province carries out."""
    return ANYWHERE if {"province", "district", "commune"} & set(version.levels) else ""


def _places(version: Version) -> list[dict[str, str]]:
    """Where to hand in and who decides; what was not announced says so only where the law wants it."""
    told = (
        ("Nơi tiếp nhận", version.reception_address, False),
        ("Cấp thực hiện", telling.levels(version), True),
        ("Cơ quan thực hiện", version.agency, True),
        ("Cơ quan có thẩm quyền", version.authority, False),
        ("Cơ quan phối hợp", version.coordinating, False),
        ("Cơ quan được ủy quyền", version.delegated, False),
    )
    return _listed(told)


def _result(version: Version) -> dict[str, str]:
    results = [telling.clipped(telling.plain(result.name)) for result in version.results.all()]
    more = f"và {len(results) - 1} kết quả khác, tùy trường hợp" if len(results) > 1 else ""
    return _answer(
        "Nhận được gì?", results[0] if results else "Chưa công bố", more, "circle-check", "#ket-qua"
    )


def _answer(question: str, answer: str, more: str, icon: str, url: object) -> dict[str, str]:
    return {"question": question, "answer": answer, "more": more, "icon": icon, "url": str(url or "")}


def _texts(version: Version) -> list[dict[str, Any]]:
    """The long texts as announced, those that say something."""
    told = (
        ("trinh-tu", "Trình tự thực hiện", version.sequence),
        ("dieu-kien", "Yêu cầu, điều kiện", version.conditions),
        ("lien-quan", "Thủ tục liên quan", version.related),
        ("ghi-chu", "Ghi chú", version.note),
    )
    return [
        {"id": anchor, "title": title, "text": text, "length": len(text) if len(text) > LONG else 0}
        for anchor, title, text in told
        if text.strip()
    ]


def _facts(version: Version) -> list[dict[str, str]]:
    """The short facts at the side; what was not announced says so only where the law wants it."""
    signed = f"ký ngày {version.decided_on:%d/%m/%Y}" if version.decided_on else ""
    decision = " ".join(part for part in (version.decision, signed) if part)
    told = (
        ("Mã thủ tục", version.procedure.code, True),
        ("Lĩnh vực", version.field, False),
        ("Đối tượng", ", ".join(version.audiences), True),
        (
            "Dịch vụ trực tuyến",
            version.get_online_display() if version.online != Online.UNKNOWN else "",
            False,
        ),
        ("Quyết định công bố", decision, True),
        ("Cơ quan ban hành", version.issuer, False),
        ("Từ khóa", version.keywords, False),
    )
    return _listed(told)


def _listed(told: Iterable[tuple[str, str, bool]]) -> list[dict[str, str]]:
    """Terms with their values for ui/summary.html; an empty one only where it is wanted."""
    return [
        {"term": term, "value": value.strip() or "Chưa công bố"}
        for term, value, wanted in told
        if wanted or value.strip()
    ]


def _line(one: Version, before: Version | None, shown: Version, today: date) -> dict[str, Any]:
    page = reverse("procedure", args=[one.procedure.code])
    compare = reverse("procedure-compare", args=[one.procedure.code])
    return {
        "compare": f"{compare}?cu={before.number}&moi={one.number}" if before else "",
        "version": one,
        "local": bool(one.central),
        "url": f"{page}?ban={one.number}",
        "shown": one.number == shown.number,
        "standing": telling.standing(one, today) or "Đang áp dụng",
        "until": ui.day(one.valid_to) if one.valid_to else "",
        "signed": ui.day(one.decided_on) if one.decided_on else "",
    }


def pair(versions: Sequence[Version], old: str | None, new: str | None) -> tuple[Version, Version]:
    """The two texts a comparison is of, with their parts: those asked for, else the last two. Raises NotFound."""
    numbers = [version.number for version in versions]
    after = number(new) if new else max(numbers)
    before = (
        number(old) if old else max((n for n in numbers if after is not None and n < after), default=after)
    )
    found = {version.number: version for version in versions}
    if before not in found or after not in found:
        raise queries.NotFound(f"Thủ tục {versions[0].procedure.code} không có bản ấy để so sánh")
    chosen = (found[before], found[after])
    prefetch_related_objects(chosen, "components", "terms", "fees", "results", "bases")
    return chosen


def compared(old: Version, new: Version, versions: Sequence[Version]) -> dict[str, Any]:
    """What a comparison shows: the parts that changed, in words."""
    parts = differing.compare(old, new)
    said = ", ".join(part.name.lower() for part in parts)
    page = reverse("procedure", args=[new.procedure.code])
    return {
        "old": old,
        "new": new,
        "versions": versions,
        "parts": parts,
        "title": f"So sánh bản {old.number} và bản {new.number}",
        "answer": f"Có {len(parts)} phần khác nhau: {said}." if parts else "",
        "facts": [_text_in_short("Trước", old), _text_in_short("Sau", new)],
        "crumbs": [
            {"url": reverse("procedures"), "label": "Thủ tục"},
            {"url": page, "label": new.procedure.code},
            {"label": "So sánh"},
        ],
    }


def _text_in_short(term: str, version: Version) -> dict[str, str]:
    until = f" đến {ui.day(version.valid_to)}" if version.valid_to else ""
    status = "" if version.status == Status.PUBLISHED else f" ({version.get_status_display().lower()})"
    return {
        "term": term,
        "value": f"Bản {version.number}, từ {ui.day(version.valid_from)}{until}{status}",
        "url": f"{reverse('procedure', args=[version.procedure.code])}?ban={version.number}"
        if version.status == Status.PUBLISHED
        else "",
        "note": version.decision,
    }

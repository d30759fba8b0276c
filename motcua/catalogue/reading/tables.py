"""The other tables of the portal, flattened to text: papers, results and legal bases (hồ sơ, kết quả, căn cứ).

Cells follow each other without a separator, so each reader looks for the one cell of known shape: the number of
copies ("1 bản chính,1 bản sao") ends a paper, "Mã: KQ…" ends a result, the number of an instrument ends a basis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .drafts import NOTHING, BasisDraft, ComponentDraft, Notes, ResultDraft, clipped, plain

PAPERS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
BASES = "Tên văn bản pháp lýMã văn bản"
UNNAMED = "(không ghi tên giấy tờ)"
_COPIES = re.compile(r"(?P<run>\d+) bản chính(?:,(?P<copies>\d{1,4}) bản sao)?")
_YEAR_THEN_COUNT = re.compile(r"((?:19|20)\d\d)(\d)")
_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|rtf|rar|zip|txt|jpe?g|png)\s*", re.IGNORECASE)
_FORM_WORD = re.compile(
    r"Mẫu|Mau|MẪU|MAU|Phụ ?lục|Phu ?luc|PHỤ LỤC|PL ?\d|Tờ khai|To ?khai|TK |Đơn|Don|Giấy|Giay|Biểu|Bieu|BM|TP-"
)
_PAPER_CODE = re.compile(r"((?:\d{3}\.\d\d\.\d\d\.)?[GH]\d\d-KQ\.?\d+)$")
_RESULT_CODE = re.compile(
    r"(KQ[.-]?[GH]\d+\.\d+|(?:\d{3}\.\d\d\.\d\d\.)?[GH]\d+[.-]KQ\.?\d+|TP-G\d+\.[A-Z0-9.]*\d|KQ[\d.-]*\d)"
)
_KIND_OF = r"(?:Bộ luật|Luật|Pháp lệnh|Nghị quyết|Nghị định|Quyết định|Thông tư liên tịch|Thông tư|Chỉ thị)"
_AGENCIES = (
    "BNNPTNT BLĐTBXH BVHTTDL VKSNDTC UBTVQH TANDTC BNNMT BGTVT BTNMT BKHĐT BKHCN BTTTT BGDĐT NHNN BHXH UBND HĐND"
    " VPCP VPQH CSXH TTCP HĐTP BTC BTP BCA BXD BYT BQP BCT BNV BNG TTg CP QH C"
)
_AGENCY = "|".join(_AGENCIES.split())
_NUMBER = re.compile(
    r"(?P<digits>\d+(?:\.\d)?)/(?P<rest>(?:\d{4}/)?(?:QH ?\d\d|UBTVQH ?\d\d"
    rf"|(?:NĐ|ND|NQ|QĐ|QD|TT|TTLT|PL|CT|VBHN)[-/](?:{_AGENCY})(?:-(?:{_AGENCY}))*))"
)
_PREFIX = re.compile(rf"({_KIND_OF}?\s*(?:số|SỐ|Số)?)\s*$")


def components(text: str, notes: Notes) -> tuple[ComponentDraft, ...]:
    """The papers of each case. A table without a count for its last paper keeps it, and is noted."""
    heading, *tables = text.split(PAPERS)
    if not tables:
        kept = "" if heading.strip("- ") == "" else heading
        problem = "không có bảng thành phần hồ sơ" if kept else "thành phần hồ sơ để trống"
        notes.add("components", problem, kept, "Nhập thành phần hồ sơ theo quyết định công bố")
    found: list[ComponentDraft] = []
    for at, table in enumerate(tables):
        case = _case(heading, notes)
        rows, heading = _papers(table)
        found += [_component(name, count, case, notes) for name, count in rows]
        if at == len(tables) - 1 and heading.strip("- \n"):
            notes.add("components", "giấy tờ không có số lượng bản", heading, "Ghi số bản chính, bản sao")
            found.append(ComponentDraft(heading.strip(), case))
    return tuple(found)


def _case(heading: str, notes: Notes) -> str:
    case = heading.strip().removesuffix(":").strip()
    if len(case) > 1000:
        notes.add(
            "components", "tên trường hợp dài hơn 1.000 ký tự, đã rút gọn", case, "Viết gọn tên trường hợp"
        )
    return "" if case == "--" else clipped(case, 1000)


def _papers(table: str) -> tuple[list[tuple[str, re.Match[str]]], str]:
    """Names with their counts, and what is left after the last count."""
    start, rows = 0, []
    for found in _COPIES.finditer(table):
        if not _in_a_sentence(found, table):
            rows.append((table[start : found.start()], found))
            start = found.end()
    return rows, table[start:]


def _in_a_sentence(found: re.Match[str], table: str) -> bool:
    """Whether a count is only spoken of, "nộp 01 bản chính tờ khai": the count cell has no leading 0."""
    before, after = table[: found.start()][-1:], table[found.end() :][:1]
    if found["copies"]:
        return False
    if re.fullmatch(r"0\d", found["run"]):
        return True
    return before in (" ", "(") and after != "" and (after.isspace() or after in ",.;:)")


def _component(name: str, count: re.Match[str], case: str, notes: Notes) -> ComponentDraft:
    name, originals = _originals(name, count, notes)
    if not name:
        notes.add("components", "giấy tờ không có tên", count[0], "Ghi tên giấy tờ")
        name = UNNAMED
    draft = ComponentDraft(name, case, "", originals, int(count["copies"]) if count["copies"] else None)
    if coded := _PAPER_CODE.search(draft.name):
        draft = replace(draft, name=draft.name[: coded.start()].strip() or coded[1], code=coded[1])
    return _with_form(draft, notes)


def _originals(name: str, count: re.Match[str], notes: Notes) -> tuple[str, int | None]:
    """The number of originals: one digit, unless it stuck to a number that ends the name."""
    run = count["run"]
    if len(run) == 1:
        return name.strip(), int(run)
    if dated := _YEAR_THEN_COUNT.fullmatch(run):
        return (name + dated[1]).strip(), int(dated[2])
    whole = (name + count[0]).strip()
    notes.add("components", "số bản viết liền với số ở cuối tên giấy tờ", whole, "Ghi lại tên và số bản")
    return whole, None


def _with_form(draft: ComponentDraft, notes: Notes) -> ComponentDraft:
    """The paper with the files of its form taken off its name, where it is plain where the name ends."""
    files = list(_FILE.finditer(draft.name))
    if not files or files[-1].end() != len(draft.name):
        return draft
    first = draft.name[: files[0].start()]
    tail = range(max(1, len(first) - 140), len(first))
    called = [at for at in tail if _FORM_WORD.match(first, at) and first[at - 1] not in " (_-"]
    seams = called if len(called) == 1 else [at for at in tail if _seam(first, at)]
    form = (
        _FILE.sub(lambda m: m[0].strip() + "; ", draft.name[seams[0] :]).removesuffix("; ") if seams else ""
    )
    if len(seams) == 1 and len(form) <= 500:
        return replace(draft, name=draft.name[: seams[0]].strip(), form=form)
    notes.add(
        "components", "tên tệp biểu mẫu viết liền với tên giấy tờ", draft.name, "Tách tên giấy tờ và biểu mẫu"
    )
    return draft


def _seam(name: str, at: int) -> bool:
    """Whether two cells meet at `at`: a letter or mark runs into the next word without a space."""
    before, after = name[at - 1], name[at]
    if before.islower():
        return after.isupper() or after.isdigit()
    if before in ";)”":
        return after.isalnum()
    return before == "." and name[at - 2 : at - 1].isalpha() and (after.isupper() or after.isdigit())


def results(text: str, notes: Notes) -> tuple[tuple[ResultDraft, ...], str, str]:
    """The results, the keywords and the description that stand in the same part of the page."""
    head, told, tail = text.partition("Từ khóa")
    if not told and "Mã:" not in head:
        if plain(head):
            notes.add(
                "results", "không đọc được kết quả thực hiện", head, "Nhập kết quả theo quyết định công bố"
            )
        return (), "", ""
    keywords, _, rest = tail.partition("Mô tả")
    note = rest.split("Chọn cơ quan thực hiện")[0]
    return tuple(_results(head, notes)), plain(keywords), plain(note)


def _results(head: str, notes: Notes) -> Iterator[ResultDraft]:
    name, *others = re.split(r"Mã:\s*", head)
    for place, other in enumerate(others, start=1):
        coded = _RESULT_CODE.match(other)
        last = place == len(others)
        code = (
            coded[0] if coded else other.strip() if last and re.fullmatch(r"\S{1,60}", other.strip()) else ""
        )
        if not coded:
            notes.add("results", "mã kết quả không theo mẫu", other, "Ghi mã kết quả dạng KQ.Gxx.xxxxxx")
        yield ResultDraft(name.strip() or code, code)
        name = other[coded.end() :] if coded else "" if last else other
    if name.strip():
        yield ResultDraft(name.strip())


def bases(text: str, notes: Notes) -> tuple[BasisDraft, ...]:
    """The instruments; one whose number cannot be told apart keeps its whole text as its name."""
    if text.strip() == NOTHING or not text.strip():
        notes.add("bases", "không có căn cứ pháp lý", remedy="Nhập căn cứ theo quyết định công bố")
        return ()
    body, start = text.removeprefix(BASES), 0
    found: list[BasisDraft] = []
    for number in _NUMBER.finditer(body):
        if _is_cell(number, body):
            _add(found, _basis(body[start : number.start()], number, notes))
            start = number.end()
    left = body[start:].strip(" .;\n")
    if left and not (found and found[-1].number.startswith(left)):
        notes.add("bases", "không tách được số hiệu văn bản", left, "Nhập số hiệu văn bản")
        found.append(BasisDraft(left))
    return tuple(found)


def _is_cell(number: re.Match[str], body: str) -> bool:
    """Whether a number is the cell of the number, and not spoken of within a name."""
    before, after = body[: number.start()][-1:], body[number.end() :][:1]
    begins_cell = before != "" and not before.isspace() and before not in '(-/“"'
    return begins_cell or after == "" or not (after.isspace() or after in ',;:.()–-”"')


def _basis(name: str, number: re.Match[str], notes: Notes) -> BasisDraft:
    digits, rest = number["digits"], number["rest"]
    if dated := re.fullmatch(r"((?:19|20)\d\d)(\d{1,3})", digits):
        name, digits = name + dated[1], dated[2]
    elif len(digits.split(".")[0]) > 4:
        notes.add(
            "bases", "số hiệu viết liền với số ở cuối tên văn bản", name + number[0], "Nhập số hiệu văn bản"
        )
        return BasisDraft((name + number[0]).strip())
    full = f"{digits}/{rest}".replace("QH ", "QH")
    kind = _PREFIX.search(name)
    before = name[: kind.start()] if kind else name
    if kind and kind[1].strip() and before and not before[-1].isspace():
        name = before
    elif kind and not before.strip():
        name = f"{kind[1].strip()} {full}"
    return BasisDraft(name.strip(" .;\n") or full, full)


def _add(found: list[BasisDraft], basis: BasisDraft) -> None:
    """The name cell may repeat the number: "Luật 54/2014/QH13" and "54/2014/QH13" are one instrument."""
    if found and found[-1].number == basis.number and basis.name == basis.number:
        return
    found.append(basis)

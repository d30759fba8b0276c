"""The control of procedures while a regulation is drafted: the gates a draft must pass (kiểm soát TTHC khi dự thảo).

A draft goes through its stages one by one; each has gates, and a gate that is shut names what is missing and the
article. The day of the document chooses the rules (Luật 80/2015 until 31/03/2025, NĐ 78/2025 Đ.5 from 01/04/2025).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from . import packs
from .calendar import Calendar, day
from .held import database_of
from .packs import Pack

SUBJECT = "control"


class Stage(StrEnum):
    """Where a draft stands (bước của dự thảo)."""

    DRAFTING = "drafting"
    ASSESSMENT = "assessment"
    OPINION = "opinion"
    APPRAISAL = "appraisal"
    PROMULGATION = "promulgation"
    PROMULGATED = "promulgated"
    STOPPED = "stopped"


PATH = (Stage.DRAFTING, Stage.ASSESSMENT, Stage.OPINION, Stage.APPRAISAL, Stage.PROMULGATION)
STAGES = {
    Stage.DRAFTING: "Soạn thảo",
    Stage.ASSESSMENT: "Đánh giá tác động",
    Stage.OPINION: "Ý kiến kiểm soát",
    Stage.APPRAISAL: "Thẩm định",
    Stage.PROMULGATION: "Ban hành",
    Stage.PROMULGATED: "Đã ban hành",
    Stage.STOPPED: "Đã dừng",
}


class Change(StrEnum):
    """What a regulation does to a procedure (mới, sửa, thay thế, bãi bỏ)."""

    NEW = "new"
    AMENDED = "amended"
    REPLACED = "replaced"
    ABOLISHED = "abolished"


class Position(StrEnum):
    """What an opinion comes to (kết luận)."""

    AGREED = "agreed"
    REMARKS = "remarks"
    DISAGREED = "disagreed"


PARTS = {
    "title": "Tên thủ tục",
    "sequence": "Trình tự thực hiện",
    "ways": "Cách thức thực hiện",
    "components": "Thành phần hồ sơ",
    "sets": "Số lượng hồ sơ",
    "terms": "Thời hạn giải quyết",
    "audiences": "Đối tượng thực hiện",
    "agency": "Cơ quan giải quyết",
    "forms": "Mẫu đơn, mẫu tờ khai",
    "results": "Kết quả thực hiện",
    "conditions": "Yêu cầu, điều kiện",
    "fees": "Phí, lệ phí",
}
CRITERIA = {"necessary": "cần thiết", "reasonable": "hợp lý", "lawful": "hợp pháp"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One part under the first three criteria; None is not answered yet (đánh giá từng bộ phận)."""

    necessary: bool | None = None
    reasonable: bool | None = None
    lawful: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The impact assessment of one procedure (bản đánh giá tác động; TT 03/2022/TT-BTP).

    Costs are what the drafting unit declares, in đồng a year; `cheapest` says whether no cheaper way was found.
    """

    needed: bool | None = None
    needed_why: str = ""
    parts: Mapping[str, Answer] = field(default_factory=dict)
    management: bool | None = None
    management_why: str = ""
    convenience: bool | None = None
    convenience_why: str = ""
    cheapest: bool | None = None
    cost_before: int | None = None
    cost_after: int | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """One procedure in a draft (thủ tục trong dự thảo).

    `filled` are the parts that say something, `absent` the conditional ones it is said not to have, `regulated` those
    the draft makes or changes. `papers` are the names of its components. `stale` when its text changed after the
    assessment.
    """

    name: str
    change: Change
    filled: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    regulated: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    assessment: Assessment | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion on a draft; `answered` when the drafting unit took it up or explained (ý kiến, giải trình)."""

    position: Position
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft regulation as the gates see it (dự thảo văn bản).

    `kind` is resolution, decision or central; `day` the day of the document, `ground` the code of its legal
    authority, `clause` where that is written.
    """

    kind: str
    day: date
    ground: str = ""
    clause: str = ""
    procedures: tuple[Drafted, ...] = ()
    opinion: Opinion | None = None
    appraisal: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """What must hold before a draft leaves `stage` (điều kiện). Shut when something is missing.

    One that does not block only warns.
    """

    code: str
    stage: Stage
    title: str
    source: str
    missing: tuple[str, ...] = ()
    blocks: bool = True

    @property
    def open(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal authority that may be named (căn cứ thẩm quyền)."""

    code: str
    label: str


def pack(on: date) -> Pack:
    """The rules for a document of that day. Raises NotInForce."""
    return packs.on(SUBJECT, on)


def grounds(kind: str, on: date) -> tuple[Ground, ...]:
    """The legal authorities open to a kind of document on a day; none are asked of a central one."""
    told = pack(on).get("grounds", ())
    return tuple(Ground(each["code"], each["label"]) for each in told if kind in each["kinds"])


def gates(draft: Draft) -> tuple[Gate, ...]:
    """Every gate of a draft in the order of the stages, open or shut. Raises NotInForce."""
    rules = pack(draft.day)
    return (
        _any_procedure(draft, rules),
        _authority(draft, rules),
        _whole(draft, rules),
        _assessed(draft, rules),
        _needed(draft, rules),
        _needs(draft, rules),
        _held(draft, rules),
        _heard(Stage.OPINION, "opinion", "Ý kiến kiểm soát thủ tục", draft.opinion, rules),
        _heard(Stage.APPRAISAL, "appraisal", "Thẩm định của Sở Tư pháp", draft.appraisal, rules),
    )


def shut(draft: Draft, stage: Stage) -> tuple[Gate, ...]:
    """The gates that keep a draft from leaving `stage`: those of it and of every stage before. Raises NotInForce."""
    passed = PATH[: PATH.index(stage) + 1]
    return tuple(gate for gate in gates(draft) if gate.blocks and not gate.open and gate.stage in passed)


def always(on: date) -> tuple[str, ...]:
    """The parts every procedure must have under the rules of a day (NĐ 63/2010 Đ.8.2). Raises NotInForce."""
    return tuple(pack(on)["mandatory_parts"]["always"])


def conditional(on: date) -> tuple[str, ...]:
    """The parts a procedure must say only where it has them (NĐ 63/2010 Đ.8.2). Raises NotInForce."""
    return tuple(pack(on)["mandatory_parts"]["conditional"])


def following(stage: Stage) -> Stage:
    """The stage after one on the path."""
    return (*PATH, Stage.PROMULGATED)[PATH.index(stage) + 1]


def term(stage: Stage, on: date) -> int:
    """The working days a stage may take; 0 for one that has no term (thời hạn của bước)."""
    return int(pack(on)["terms"].get(stage, 0)) if stage in PATH else 0


def due(stage: Stage, since: datetime, calendar: Calendar, on: date) -> date | None:
    """The last day of a stage entered at `since`; None for one without a term. Raises NotInForce, OutOfYears."""
    days = term(stage, on)
    return calendar.add_working_days(day(since), days) if days else None


def to_assess(change: Change, regulated: Iterable[str], absent: Iterable[str]) -> tuple[str, ...]:
    """The parts of a procedure that must be assessed: all it has, or of an amended one those the draft changes."""
    if change is Change.ABOLISHED:
        return ()
    wanted = set(regulated) - set(absent) if change is Change.AMENDED else set(PARTS) - set(absent)
    return tuple(part for part in PARTS if part in wanted)


def _any_procedure(draft: Draft, rules: Pack) -> Gate:
    missing = () if draft.procedures else ("chưa có thủ tục nào trong dự thảo",)
    return Gate("procedures", Stage.DRAFTING, "Thủ tục trong dự thảo", rules.source("impact"), missing)


def _authority(draft: Draft, rules: Pack) -> Gate:
    title = "Căn cứ thẩm quyền quy định thủ tục"
    allowed = {ground.code: ground.label for ground in grounds(draft.kind, draft.day)}
    if draft.kind == "central":
        return Gate("authority", Stage.DRAFTING, title, "văn bản trung ương, không xét thẩm quyền địa phương")
    missing: tuple[str, ...] = ()
    if not draft.ground:
        missing = (f"chưa nêu căn cứ; phải là một trong: {'; '.join(allowed.values())}",)
    elif draft.ground not in allowed:
        missing = (
            f"căn cứ đã nêu không dùng được cho văn bản ngày {draft.day:%d/%m/%Y}; "
            f"phải là một trong: {'; '.join(allowed.values())}",
        )
    elif not draft.clause.strip():
        missing = ("chưa ghi điều, khoản của văn bản giao quyền",)
    return Gate("authority", Stage.DRAFTING, title, rules.source("grounds"), missing)


def _whole(draft: Draft, rules: Pack) -> Gate:
    missing: list[str] = []
    for one in (each for each in draft.procedures if each.change is not Change.ABOLISHED):
        lacking = [PARTS[part].lower() for part in always(draft.day) if part not in one.filled]
        open_ = [p for p in conditional(draft.day) if p not in one.filled and p not in one.absent]
        if lacking:
            missing.append(f"{one.name}: thiếu {'; '.join(lacking)}")
        if open_:
            said = "; ".join(PARTS[part].lower() for part in open_)
            missing.append(f"{one.name}: chưa ghi, cũng chưa đánh dấu là không có: {said}")
    source = rules.source("mandatory_parts")
    return Gate("parts", Stage.DRAFTING, "Đủ các bộ phận bắt buộc", source, tuple(missing))


def _assessed(draft: Draft, rules: Pack) -> Gate:
    missing = [f"{one.name}: {what}" for one in draft.procedures for what in unanswered(one)]
    title = "Bản đánh giá tác động đủ bốn tiêu chí"
    return Gate("impact", Stage.ASSESSMENT, title, rules.source("impact"), tuple(missing))


def unanswered(one: Drafted) -> Iterator[str]:
    """What the assessment of a procedure does not answer yet."""
    told = one.assessment
    if told is None:
        yield "chưa có bản đánh giá tác động"
        return
    if one.stale:
        yield "nội dung đã sửa sau khi đánh giá, phải đánh giá lại"
    if told.needed is None or not told.needed_why.strip():
        yield "chưa trả lời sự cần thiết, kèm lý do"
    for part in to_assess(one.change, one.regulated, one.absent):
        answer = told.parts.get(part, Answer())
        if None in (answer.necessary, answer.reasonable, answer.lawful):
            yield f"chưa trả lời đủ về {PARTS[part].lower()}"
        elif not answer.reason.strip():
            yield f"chưa nêu lý do về {PARTS[part].lower()}"
    if told.cheapest is None or told.cost_before is None or told.cost_after is None:
        yield "chưa kê khai chi phí tuân thủ trước và sau"


def _needed(draft: Draft, rules: Pack) -> Gate:
    missing = [f"{one.name}: {what}" for one in draft.procedures for what in _refusals(one)]
    title = "Cần thiết, hợp lý, hợp pháp"
    return Gate("needed", Stage.ASSESSMENT, title, rules.source("impact"), tuple(missing))


def _refusals(one: Drafted) -> Iterator[str]:
    told = one.assessment
    if told is None:
        return
    if told.needed is False:
        yield "đánh giá là không cần thiết, phải dừng, không đề nghị ban hành"
    for part in to_assess(one.change, one.regulated, one.absent):
        answer = told.parts.get(part, Answer())
        said = [word for name, word in CRITERIA.items() if getattr(answer, name) is False]
        if said:
            yield f"{PARTS[part].lower()} được đánh giá là không {', không '.join(said)}; bỏ hoặc sửa phần này"


def stops(draft: Draft) -> bool:
    """Whether a procedure was found not necessary: the draft may only be stopped or assessed anew (TT 03/2022)."""
    return any(one.assessment is not None and one.assessment.needed is False for one in draft.procedures)


def _needs(draft: Draft, rules: Pack) -> Gate:
    missing = []
    for one in draft.procedures:
        told = one.assessment or Assessment()
        for what, met, why in (
            ("yêu cầu quản lý", told.management, told.management_why),
            ("sự thuận tiện cho người dân", told.convenience, told.convenience_why),
        ):
            if met is None or not why.strip():
                missing.append(f"{one.name}: chưa đánh giá {what}")
            elif met is False:
                missing.append(f"{one.name}: không đáp ứng {what}")
    title = "Đáp ứng quản lý và thuận tiện"
    return Gate("needs", Stage.ASSESSMENT, title, rules.source("two_needs"), tuple(missing))


def _held(draft: Draft, rules: Pack) -> Gate:
    known = packs.on("cleaning", draft.day).get("data_papers", ())
    missing = [
        f"{one.name}: “{paper}” khai thác được từ {data}"
        for one in draft.procedures
        for paper in one.papers
        if (data := database_of(paper, known))
    ]
    title = "Không đòi giấy tờ nhà nước đã có"
    source = rules.source("held_papers") if "held_papers" in rules.values else ""
    return Gate("held", Stage.ASSESSMENT, title, source, tuple(missing), blocks=False)


def _heard(stage: Stage, code: str, title: str, said: Opinion | None, rules: Pack) -> Gate:
    missing: tuple[str, ...] = ()
    if said is None:
        missing = ("chưa có",)
    elif said.position is Position.DISAGREED and not said.answered:
        missing = ("ý kiến không đồng ý chưa được tiếp thu, giải trình",)
    elif said.position is Position.REMARKS and not said.answered:
        missing = ("ý kiến có đề nghị sửa chưa được tiếp thu, giải trình",)
    return Gate(code, stage, title, rules.source(code), missing)

"""The other indicators as measures: the same three sets of rows, written once in Ibis (chỉ số ngoài Bộ chỉ số 766)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from ..measures import SIDES, Measure, Side
from ..populations import ARRIVED, E_RESULT, ENDED, HANDLED, HELD, NO, OWNED, START, UNTIL, USED
from ..tables import DOSSIERS, SCOPES

PROGRESS = "Thông báo 147/TB-UBND ngày 07/4/2022 (Bắc Kạn); cách tính của Chỉ số cải cách hành chính"
DIGITISING = "Chỉ đạo của UBND tỉnh Phú Yên ngày 18/03/2024; chia theo ba khâu là cách làm của hệ thống"
SATISFYING = "Chỉ đạo của UBND tỉnh Phú Yên ngày 18/03/2024"
QUICKER = "Nghị quyết 131/NQ-CP ngày 06/10/2022; Kế hoạch 7781 ngày 24/11/2022 (Quảng Nam)"

LATE = HANDLED.due_at.notnull() & (HANDLED.due_at < HELD)
SETTLED = ENDED & ~HANDLED.stopped
RATED = SETTLED & HANDLED.satisfied.notnull()
LIKED = ibis.coalesce(HANDLED.satisfied, False)


def _returned() -> ir.Table:
    """Dossiers whose result was given in the period."""
    found = DOSSIERS.filter(DOSSIERS.returned_at >= START, DOSSIERS.returned_at <= UNTIL)
    return found.filter(found.paper_result)


def _offered() -> ir.Table:
    """The procedures that are a unit's duty and offered online; `used` where they had any dossier in the period."""
    used = USED.select(seen_scope="scope", seen_id="id")
    found = OWNED.filter(OWNED.offered | ~OWNED.level_known)
    found = found.left_join(used, [found.scope == used.seen_scope, found.id == used.seen_id])
    return found.mutate(used=found.seen_id.notnull())


RETURNED = _returned()
OFFERED = _offered()


@dataclass(frozen=True, eq=False)
class Other:
    """One indicator (chỉ số khác): its measure, its name, what its rows are, and which target it has.

    `target` names a value of the pack `other-indicators`; "" where there is none. `days`: it is a mean of working
    days, not a share. `answers`: its denominator counts answers, few of which say little. `of_field`: it counts one
    field, which of one agency can be one applicant.
    """

    measure: Measure
    name: str
    group: str
    of_dossiers: bool = True
    target: str = ""
    days: bool = False
    answers: bool = False
    of_field: bool = False

    @property
    def key(self) -> str:
        return self.measure.code


OTHERS: dict[str, Other] = {}
UNUSED_LEFT_OUT = "TTHC_TT_CO_HS_LOAI"


def _other(
    key: str,
    name: str,
    group: str,
    meaning: str,
    source: str,
    *,
    of: ir.BooleanValue,
    those: ir.BooleanValue,
    left_out: ir.BooleanValue = NO,
    base: ir.Table = HANDLED,
    weight: str = "",
    **told: str | bool,
) -> None:
    sets: dict[Side, ir.BooleanValue] = {"n": of & those, "d": of, "left_out": left_out}
    duties = base is OFFERED
    measure = Measure(key, base, meaning, source, sets, weight, of_duties=duties)
    OTHERS[key] = Other(measure, name, group, of_dossiers=not duties, days=bool(weight), **told)  # type: ignore[arg-type]


_other(
    "HS_DUNG_HAN",
    "Hồ sơ giải quyết đúng hạn",
    "Tiến độ",
    "Trong số hồ sơ giải quyết xong trong kỳ và hồ sơ đang giải quyết đã quá hạn khi hết kỳ: hồ sơ xong trước hoặc "
    "đúng hạn. Hồ sơ rút, dừng không tính; ngày tạm dừng không tính vào thời hạn.",
    PROGRESS,
    of=(SETTLED & HANDLED.due_at.notnull()) | (~ENDED & LATE),
    those=ENDED & ~LATE,
    left_out=SETTLED & HANDLED.due_at.isnull(),
    target="on_time",
)
_other(
    "TG_TRUNG_BINH",
    "Thời gian giải quyết trung bình",
    "Tiến độ",
    "Tổng số ngày làm việc, từ sau ngày tiếp nhận đến hết ngày kết thúc, của hồ sơ xử lý xong trong kỳ, chia cho số "
    "hồ sơ ấy.",
    QUICKER,
    of=SETTLED & HANDLED.days.notnull(),
    those=SETTLED,
    left_out=SETTLED & HANDLED.days.isnull(),
    weight="days",
)
_other(
    "NGAY_TIET_KIEM",
    "Số ngày xong sớm hơn hẹn, trung bình",
    "Tiến độ",
    "Tổng số ngày làm việc xử lý xong sớm hơn ngày hẹn trả, trừ số ngày muộn, của hồ sơ xử lý xong trong kỳ có hẹn "
    "trả, chia cho số hồ sơ ấy. Hẹn trả đã tính lại sau mỗi lần tạm dừng.",
    QUICKER,
    of=SETTLED & HANDLED.early.notnull(),
    those=SETTLED,
    left_out=SETTLED & HANDLED.early.isnull(),
    weight="early",
)
_other(
    "SO_HOA_TIEP_NHAN",
    "Số hóa khi tiếp nhận",
    "Số hóa",
    "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ có thành phần đã số hóa, dùng lại hoặc lấy từ kho dữ liệu.",
    DIGITISING,
    of=ARRIVED,
    those=HANDLED.digitised,
    target="digitised",
)
_other(
    "SO_HOA_GIAI_QUYET",
    "Số hóa khi giải quyết",
    "Số hóa",
    "Trong số hồ sơ xử lý xong trong kỳ của thủ tục trả kết quả bằng giấy tờ: hồ sơ vừa có thành phần đã số hóa vừa "
    "có kết quả điện tử.",
    DIGITISING,
    of=SETTLED & HANDLED.paper_result,
    those=HANDLED.digitised & E_RESULT,
    target="digitised",
)
_other(
    "SO_HOA_TRA_KQ",
    "Số hóa khi trả kết quả",
    "Số hóa",
    "Trong số hồ sơ trả kết quả trong kỳ của thủ tục trả kết quả bằng giấy tờ: hồ sơ có kết quả điện tử.",
    DIGITISING,
    base=RETURNED,
    of=RETURNED.paper_result,
    those=RETURNED.electronic_result,
    target="digitised",
)
_other(
    "KQ_DIEN_TU",
    "Kết quả điện tử",
    "Số hóa",
    "Trong số hồ sơ xử lý xong trong kỳ của thủ tục trả kết quả bằng giấy tờ: hồ sơ có kết quả điện tử.",
    "Thông báo 476/TB-VPCP ngày 20/11/2023",
    of=SETTLED & HANDLED.paper_result,
    those=E_RESULT,
    target="digitised",
)
_other(
    "CT_BAN_SAO_DT",
    "Hồ sơ chứng thực trả bản sao điện tử",
    "Số hóa",
    "Trong số hồ sơ chứng thực bản sao từ bản chính xử lý xong trong kỳ: hồ sơ trả bản sao điện tử.",
    "Chương trình hành động 02/CTr-UBND ngày 18/01/2024",
    of=SETTLED & HANDLED.copies,
    those=HANDLED.electronic_result,
    target="certified_copies",
)
_other(
    "TTHC_TT_CO_HS",
    "Thủ tục trực tuyến có phát sinh hồ sơ",
    "Trực tuyến",
    "Trong số thủ tục thuộc thẩm quyền cung cấp trực tuyến ở ngày cuối kỳ: thủ tục có hồ sơ nộp trực tuyến được tiếp "
    "nhận trong kỳ.",
    PROGRESS,
    base=OFFERED,
    of=OFFERED.offered & OFFERED.level_known,
    those=OFFERED.used_online,
    left_out=~OFFERED.level_known,
)
_other(
    UNUSED_LEFT_OUT,
    "Thủ tục trực tuyến có phát sinh hồ sơ, không kể thủ tục không có hồ sơ nào",
    "Trực tuyến",
    "Trong số thủ tục thuộc thẩm quyền cung cấp trực tuyến ở ngày cuối kỳ và có hồ sơ trong kỳ: thủ tục có hồ sơ nộp "
    "trực tuyến.",
    PROGRESS,
    base=OFFERED,
    of=OFFERED.offered & OFFERED.level_known & OFFERED.used,
    those=OFFERED.used_online,
    left_out=~OFFERED.level_known,
)
_other(
    "HS_TRUC_TUYEN",
    "Hồ sơ nộp trực tuyến",
    "Trực tuyến",
    "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ nộp trực tuyến.",
    SATISFYING,
    of=ARRIVED,
    those=HANDLED.channel == "online",
)
_other(
    "HS_TT_DUNG_HAN",
    "Hồ sơ trực tuyến giải quyết đúng hạn",
    "Trực tuyến",
    "Như “Hồ sơ giải quyết đúng hạn”, chỉ với hồ sơ nộp trực tuyến.",
    SATISFYING,
    of=((SETTLED & HANDLED.due_at.notnull()) | (~ENDED & LATE)) & (HANDLED.channel == "online"),
    those=ENDED & ~LATE,
    left_out=SETTLED & HANDLED.due_at.isnull() & (HANDLED.channel == "online"),
    target="on_time",
)
for _key, _name, _target, _some in (
    ("HL_CHUNG", "Hài lòng về giải quyết thủ tục", "all", SETTLED),
    ("HL_DAT_DAI", "Hài lòng, lĩnh vực đất đai", "land", SETTLED & (HANDLED.sector == "land")),
    (
        "HL_XAY_DUNG",
        "Hài lòng, lĩnh vực xây dựng",
        "construction",
        SETTLED & (HANDLED.sector == "construction"),
    ),
    ("HL_DAU_TU", "Hài lòng, lĩnh vực đầu tư", "investment", SETTLED & (HANDLED.sector == "investment")),
):
    _other(
        _key,
        _name,
        "Hài lòng",
        "Trong số hồ sơ xử lý xong trong kỳ đã được người nộp đánh giá: hồ sơ được đánh giá hài lòng. Hồ sơ chưa "
        "đánh giá để ngoài.",
        SATISFYING,
        of=_some & RATED,
        those=LIKED,
        left_out=_some & HANDLED.satisfied.isnull(),
        target=_target,
        answers=True,
        of_field=_target != "all",
    )


def tallies() -> ir.Table:
    """Every count of every scope: (scope, code, n, d, left_out), each base read once."""
    bases = {id(other.measure.base): other.measure.base for other in OTHERS.values()}
    return ibis.union(*(part for base in bases.values() for part in _of(base)))


def _of(base: ir.Table) -> list[ir.Table]:
    measures = [other.measure for other in OTHERS.values() if other.measure.base is base]
    counts: Mapping[str, ir.Value] = {f"{side} {m.code}": n for m in measures for side, n in m.tally.items()}
    if "scope" not in base.columns:
        units = SCOPES.join(base.group_by("unit").agg(**counts), "unit")
        wide = units.group_by("scope").agg(**{name: units[name].sum() for name in counts})
    else:
        wide = base.group_by("scope").agg(**counts)
    return [
        wide.select(
            "scope",
            code=ibis.literal(m.code),
            **{side: wide[f"{side} {m.code}"].cast("int64") for side in SIDES},
        )
        for m in measures
    ]


def by_procedure() -> ir.Table:
    """How long the dossiers settled in the period took, by unit and procedure, in working days."""
    found = HANDLED.filter(SETTLED & HANDLED.days.notnull())
    return found.group_by("unit", "procedure").agg(
        dossiers=found.count(),
        days=found.days.sum(),
        termed=found.count(where=found.early.notnull()),
        terms=found.term.sum(where=found.early.notnull()),
        saved=found.early.sum(),
    )

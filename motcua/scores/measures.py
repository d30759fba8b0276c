"""The measures behind the index 766: one definition gives the count, and the rows behind it (chỉ số thành phần).

A measure is three sets of rows: those that count (`d`), those among them that fulfil it (`n`), and those that
cannot be judged because something is not known (`left_out`), in neither of the two. All are conditions on the
populations of a period, written once in Ibis and run on any engine Ibis speaks to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Literal

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from .populations import (
    ANNOUNCED,
    ARRIVED,
    CHARGED,
    CONTENT,
    E_RESULT,
    ENDED,
    EVERY,
    HANDLED,
    JUDGED,
    NO,
    ON_TIME,
    ONLINE,
    OWNED,
    PAYABLE,
    PUBLIC,
    PUBLICISED,
    SEEN,
    seen,
)
from .tables import SCOPES

Side = Literal["n", "d", "left_out"]
SIDES: tuple[Side, ...] = ("n", "d", "left_out")

FORMULAS = "Tài liệu mô tả công thức của Cổng Dịch vụ công quốc gia"
AS_PUBLISHED = "mẫu số theo số liệu tỉnh Phú Thọ tháng 8/2026 do Cổng công bố"


class Subject(StrEnum):
    """What a row of a measure is."""

    DOSSIER = "dossier"
    PROCEDURE = "procedure"


@dataclass(frozen=True, eq=False)
class Measure:
    """One indicator's numerator and denominator (tử số, mẫu số) as sets of rows.

    `meaning` says in Vietnamese which rows count, `source` where that is written. `sets` are conditions on
    `base`: dossiers, as HANDLED, else a table of scopes and procedures. Where `weight` names a column, the
    numerator is its sum over the rows of `n`. `of_duties`: it stands on the procedures that are the unit's
    duty, so some must be known. `province_only`: a province shares the figure with all its units.
    """

    code: str
    base: ir.Table
    meaning: str
    source: str
    sets: Mapping[Side, ir.BooleanValue]
    weight: str = ""
    of_duties: bool = False
    province_only: bool = False

    @property
    def subject(self) -> Subject:
        return Subject.DOSSIER if self.base is HANDLED else Subject.PROCEDURE

    @cached_property
    def rows(self) -> dict[Side, ir.Table]:
        """Each set as a table (scope, id): `scope` the unit being scored, `id` the dossier or procedure."""
        found = {side: self.base.filter(condition) for side, condition in self.sets.items()}
        if "scope" not in self.base.columns:
            found = {side: SCOPES.join(rows, "unit") for side, rows in found.items()}
        return {side: rows.select("scope", "id") for side, rows in found.items()}

    @property
    def tally(self) -> dict[Side, ir.Value]:
        """The aggregates over `base` that count the sets."""
        counts: dict[Side, ir.Value] = {
            side: self.base.count(where=condition) for side, condition in self.sets.items()
        }
        if self.weight:
            counts["n"] = self.base[self.weight].sum(where=self.sets["n"])
        return counts


MEASURES: dict[str, Measure] = {}

UNMEASURED: dict[str, str] = {
    "4.6": "chưa kê khai xã nào cung cấp chứng thực bản sao điện tử",
    "5.1": "chưa kê khai phản ánh, kiến nghị",
    "5.1tthc": "chưa kê khai phản ánh, kiến nghị",
    "5.1staff": "chưa kê khai phản ánh, kiến nghị",
    "5.2": "chưa kê khai phản ánh, kiến nghị",
    "5.3": "chưa kê khai phản ánh, kiến nghị",
}
# Where an indicator has no object the national portal gives its points: departments certify no copies.
NOT_APPLICABLE: dict[str, frozenset[str]] = {"4.6": frozenset({"department"})}


# The column of a wide table that holds each side of a measure; None where nothing can stand on it.
Columns = dict[str, dict[Side, str | None]]


def tallies() -> ir.Table:
    """Every count at once, one row per unit scored and measure: (scope, code, n, d, left_out).

    A unit without any row has no row here.
    """
    return ibis.union(*(part for wide, columns in wides() for part in _listed(wide, columns)))


@cache
def once() -> ir.Table:
    """The one pass over the dossiers of a period: what they tell of each procedure in each unit, and their counts.

    All counts of dossiers and all that is known of procedures in use are sums over it.
    """
    return seen(**_counted(HANDLED)[0])


@cache
def wides() -> list[tuple[ir.Table, Columns]]:
    """The counts as tables with one row per unit scored and a column for each set; what two measures share, once."""
    counts, columns = _counted(HANDLED)
    passed = once()
    per_unit = passed.group_by("unit").agg(**{name: passed[name].sum() for name in counts})
    per_unit = SCOPES.join(per_unit, "unit")
    found = [(per_unit.group_by("scope").agg(**{name: per_unit[name].sum() for name in counts}), columns)]
    for base in {id(m.base): m.base for m in MEASURES.values() if m.base is not HANDLED}.values():
        counts, columns = _counted(base)
        wide: ops.Node = base.group_by("scope").agg(**counts).op()
        found.append((wide.replace({SEEN.op(): passed.op()}).to_expr(), columns))
    return found


def _counted(base: ir.Table) -> tuple[dict[str, ir.Value], Columns]:
    """The aggregates over a base that count all its measures, each once, and which of them every side is."""
    names: dict[ops.Node, str] = {}
    counts: dict[str, ir.Value] = {}
    columns: Columns = {}
    for measure in (m for m in MEASURES.values() if m.base is base):
        columns[measure.code] = dict.fromkeys(SIDES)
        for side, count in measure.tally.items():
            if measure.sets[side] is not NO:
                name = names.setdefault(count.op(), f"{side} {measure.code}")
                counts[name] = count
                columns[measure.code][side] = name
    return counts, columns


def _listed(wide: ir.Table, columns: Columns) -> list[ir.Table]:
    """The counts of each measure as rows of its own."""
    none = ibis.literal(0, "int64")
    return [
        wide.select("scope", code=ibis.literal(code), **{s: wide[c] if c else none for s, c in sides.items()})
        for code, sides in columns.items()
    ]


def _measure(
    code: str,
    base: ir.Table,
    meaning: str,
    source: str,
    *,
    of: ir.BooleanValue,
    those: ir.BooleanValue,
    left_out: ir.BooleanValue = NO,
    weight: str = "",
    of_duties: bool = False,
    province_only: bool = False,
) -> None:
    """Add a measure: of the rows where `of` holds, those where `those` holds too."""
    sets: dict[Side, ir.BooleanValue] = {"n": of & those, "d": of, "left_out": left_out}
    MEASURES[code] = Measure(
        code, base, meaning, f"{FORMULAS}, {source}", sets, weight, of_duties, province_only
    )


_measure(
    "1.1",
    ANNOUNCED,
    "Trong số thủ tục có quyết định công bố ký trong kỳ: thủ tục mà mọi quyết định đều ký trước ngày có hiệu lực ít "
    "nhất 5 ngày làm việc.",
    "chỉ số 1.1; ngày có hiệu lực mới nhất của văn bản quy định, khi không rõ văn bản thì của phiên bản",
    of=ANNOUNCED.known,
    those=ANNOUNCED.good,
    left_out=~ANNOUNCED.known,
    province_only=True,
)
_measure(
    "1.2",
    PUBLICISED,
    "Trong số thủ tục có quyết định công bố ký trong kỳ, đã công khai hoặc đã hết hạn công khai: thủ tục được công "
    "khai trong 5 ngày làm việc kể từ ngày ký.",
    "chỉ số 1.2",
    of=PUBLICISED.known,
    those=PUBLICISED.good,
    left_out=~PUBLICISED.known,
    province_only=True,
)
_measure(
    "1.3",
    PUBLIC,
    "Trong số thủ tục đang công khai và còn hiệu lực, xét ở hiện tại: thủ tục có đủ tên, trình tự, cách thức, thành "
    "phần hồ sơ, thời hạn, đối tượng và cơ quan thực hiện.",
    "chỉ số 1.3; khoản 2 Điều 8 Nghị định 63/2010/NĐ-CP",
    of=PUBLIC.known,
    those=PUBLIC.good,
    province_only=True,
)
_measure(
    "1.4",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ Cổng Dịch vụ công quốc gia đã xác nhận nhận được.",
    "chỉ số 1.4",
    of=ARRIVED,
    those=HANDLED.reported,
)
_measure(
    "2.1",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ và kỳ trước chuyển sang, có hạn trả: hồ sơ có thời điểm kết thúc (xử lý "
    "xong, dừng, rút) không sau hạn; hồ sơ chờ bổ sung hoặc chờ nghĩa vụ tài chính lấy lúc bắt đầu chờ; hồ sơ "
    "chưa xong lấy lúc hết kỳ, hoặc hiện tại với kỳ đang chạy. Yêu cầu bổ sung hơn một lần là quá hạn. Hồ sơ "
    "không có hạn trả không xét được nên đứng ngoài cả tử số và mẫu số.",
    "chỉ số 2.1",
    of=JUDGED,
    those=ON_TIME,
    left_out=~JUDGED,
)
_measure(
    "2.2",
    HANDLED,
    "Tổng số ngày làm việc, từ sau ngày tiếp nhận đến hết ngày kết thúc, của các hồ sơ kết thúc trong kỳ, chia cho "
    "số hồ sơ ấy.",
    "chỉ số 2.2",
    of=ENDED & HANDLED.days.notnull(),
    those=ENDED,
    left_out=ENDED & HANDLED.days.isnull(),
    weight="days",
)
_measure(
    "3.1",
    OWNED,
    "Trong số thủ tục thuộc thẩm quyền, còn hiệu lực ở ngày cuối kỳ và đã rõ mức trực tuyến: thủ tục cung cấp dịch vụ "
    "công trực tuyến một phần hoặc toàn trình.",
    "chỉ số 3.1",
    of=OWNED.level_known,
    those=OWNED.offered,
    left_out=~OWNED.level_known,
    of_duties=True,
)
_measure(
    "3.2",
    OWNED,
    "Trong số thủ tục thuộc thẩm quyền cung cấp dịch vụ công trực tuyến ở ngày cuối kỳ: thủ tục có hồ sơ nộp trực "
    "tuyến được tiếp nhận trong kỳ.",
    "chỉ số 3.2",
    of=OWNED.level_known & OWNED.offered,
    those=OWNED.used_online,
    left_out=~OWNED.level_known,
    of_duties=True,
)
_measure(
    "3.3",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ nộp trực tuyến.",
    "chỉ số 3.3, chưa nhân với tỷ lệ đồng bộ",
    of=ARRIVED,
    those=ONLINE,
)
_measure(
    "3.4",
    PAYABLE,
    "Trong số thủ tục có hồ sơ phải nộp phí, lệ phí, nghĩa vụ tài chính được tiếp nhận trong kỳ: thủ tục mà ở bất kỳ "
    "đơn vị nào, đến nay, đã có hồ sơ nộp trực tuyến thành công. Việc tích hợp chỉ thấy được qua khoản đã nộp: tích "
    "hợp mà chưa có giao dịch thì chưa thấy, và số này không bao giờ nhỏ hơn 3.5, còn số Cổng công bố có khi nhỏ hơn.",
    "chỉ số 3.5a; mẫu số theo số liệu do Cổng công bố",
    of=PAYABLE.id.notnull(),
    those=PAYABLE.proven,
)
_measure(
    "3.5",
    PAYABLE,
    "Trong số thủ tục có hồ sơ phải nộp phí, lệ phí, nghĩa vụ tài chính được tiếp nhận trong kỳ: thủ tục có hồ sơ như "
    "vậy đã nộp trực tuyến thành công.",
    "chỉ số 3.5b; mẫu số theo số liệu do Cổng công bố",
    of=PAYABLE.id.notnull(),
    those=PAYABLE.paid,
)
_measure(
    "3.6",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ, có nghĩa vụ tài chính: hồ sơ đã nộp trực tuyến thành công.",
    "chỉ số 3.6",
    of=CHARGED,
    those=HANDLED.paid_online,
)
_measure(
    "4.1",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ và kỳ trước chuyển sang, của thủ tục trả kết quả bằng giấy tờ: hồ sơ đã có "
    "kết quả điện tử đến hết kỳ.",
    f"chỉ số 4.1; {AS_PUBLISHED}",
    of=HANDLED.paper_result,
    those=E_RESULT,
)
_measure(
    "4.2",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ và kỳ trước chuyển sang: hồ sơ vừa có thành phần đã số hóa vừa có kết quả "
    "điện tử đến hết kỳ.",
    f"chỉ số 4.2; {AS_PUBLISHED}",
    of=EVERY,
    those=HANDLED.digitised & E_RESULT,
)
_measure(
    "4.3",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ và kỳ trước chuyển sang: hồ sơ có thành phần dùng lại dữ liệu đã số hóa.",
    f"chỉ số 4.3; {AS_PUBLISHED}",
    of=EVERY,
    those=HANDLED.reused,
)
_measure(
    "4.4",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ và kỳ trước chuyển sang: hồ sơ có thành phần lấy từ kho dữ liệu điện tử "
    "của tổ chức, cá nhân. Kết quả đồng bộ lên danh mục của Cổng chưa ghi nhận được nên chưa kể.",
    f"chỉ số 4.4; {AS_PUBLISHED}",
    of=EVERY,
    those=HANDLED.from_store,
)
_measure(
    "4.5a",
    OWNED,
    "Trong số thủ tục thuộc thẩm quyền có đối tượng là người dân, còn hiệu lực ở ngày cuối kỳ: thủ tục có hồ sơ, tiếp "
    "nhận trong kỳ hoặc kỳ trước chuyển sang, dùng dữ liệu dân cư.",
    "chỉ số 4.5",
    of=OWNED.audience_known & OWNED.for_citizens,
    those=OWNED.used_population,
    left_out=~OWNED.audience_known,
    of_duties=True,
)
_measure(
    "4.5b",
    HANDLED,
    "Trong số hồ sơ tiếp nhận trong kỳ và kỳ trước chuyển sang: hồ sơ xác thực qua VNeID hoặc lấy dữ liệu dân cư.",
    f"chỉ số 4.5; {AS_PUBLISHED}",
    of=EVERY,
    those=HANDLED.population_data,
)
_measure(
    "5.4",
    HANDLED,
    "Trong số hồ sơ được xét ở chỉ số 2.1: hồ sơ không quá hạn và không bị đánh giá không hài lòng; chưa đánh giá "
    "tính là hài lòng. Phản ánh, kiến nghị về hồ sơ chưa ghi nhận được nên chưa trừ.",
    f"chỉ số 5.4; {AS_PUBLISHED}",
    of=JUDGED,
    those=ON_TIME & CONTENT,
    left_out=~JUDGED,
)

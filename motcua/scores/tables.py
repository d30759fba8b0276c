"""The named tables every measure stands on: the same names and columns in every engine (bảng dữ liệu nguồn).

On the live database each is a query over the cached rows, put before a measure as a common table expression;
an archive holds them as files. Days are legal days of Asia/Ho_Chi_Minh, money is in đồng.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import ibis
import ibis.expr.types as ir

from motcua.law.calendar import FIRST_YEAR, LAST_YEAR
from motcua.law.lifecycle import State

MOMENT, DAY, KEY, WHOLE, TEXT, FLAG = "timestamp('UTC')", "date", "int64", "int64", "string", "boolean"
# Columns that name a row of the database: those of two archives must not meet.
KEYS = frozenset({"id", "procedure", "unit", "scope", "version", "parent"})
_LAST = f"DATE '{LAST_YEAR}-12-31'"
_ORIGIN = f"DATE '{FIRST_YEAR}-01-01'"

# On the live database: working days of the nation's calendar up to and including each of its days, as an array.
WORKDAYS = "SELECT %(works)s::int[] AS through"


def _day(moment: str) -> str:
    """The legal day of a moment: UTC+7 all year since 1975, and a named zone would be looked up for every row."""
    return f"({moment} AT TIME ZONE INTERVAL '07:00')::date"


def _through(day: str) -> str:
    """The number of working days up to and including a day; null outside the calendar."""
    return f"(SELECT through FROM workdays)[{day} - {_ORIGIN} + 1]"


def _before(day: str) -> str:
    """The number of working days before a day; null outside the calendar."""
    return _through(f"{day} - 1")


@dataclass(frozen=True)
class Named:
    """A named table (bảng): what a row is, what each column means, and how the live database answers it.

    `live` may hold placeholders, %(name)s, for the values of `live.bound`.
    """

    name: str
    meaning: str
    columns: Mapping[str, tuple[str, str]]
    live: str

    @property
    def table(self) -> ir.Table:
        return ibis.table({name: kind for name, (kind, _) in self.columns.items()}, name=self.name)


NAMED: dict[str, Named] = {}


def columns() -> str:
    """Which tables there are with which columns, as a short text: an archive must have the same."""
    kinds = {
        name: {column: kind for column, (kind, _) in table.columns.items()} for name, table in NAMED.items()
    }
    return sha256(json.dumps(kinds).encode()).hexdigest()[:16]


def _named(name: str, meaning: str, live: str, /, **columns: tuple[str, str]) -> ir.Table:
    NAMED[name] = Named(name, meaning, columns, live)
    return NAMED[name].table


DOSSIERS = _named(
    "dossiers",
    "Mỗi dòng là một hồ sơ, như các sự kiện của nó đã ghi",
    f"""
    SELECT d.id, v.procedure_id AS procedure, d.deciding_unit_id AS unit, d.channel, d.accepted_at,
           d.due_at, d.paused_at, d.ended_at,
           {_through(_day("d.ended_at"))} - {_through(_day("d.accepted_at"))} AS days, d.supplements,
           d.fee > 0 OR d.paid > 0 OR d.state = {State.FINANCIAL_DUTY.value} AS owes, d.paid_online,
           d.digitised, d.reused, d.from_store, d.population_data OR d.vneid AS population_data,
           d.paper_result, d.electronic_result, d.satisfied, d.reported > 0 AS reported, v.field,
           COALESCE(%(sectors)s::jsonb ->> lower(v.field), '') AS sector, d.returned_at,
           {_through(_day("d.due_at"))} - {_through(_day("d.ended_at"))} AS early,
           {_through(_day("d.due_at"))} - {_through(_day("d.accepted_at"))} AS term,
           d.state IN ({State.WITHDRAWN.value}, {State.STOPPED.value}) AS stopped, d.extensions > 0 AS extended,
           EXISTS (SELECT FROM catalogue_procedure p
                   WHERE p.id = v.procedure_id AND %(copies)s::jsonb ? p.code) AS copies
    FROM dossiers_dossier d JOIN catalogue_version v ON v.id = d.version_id
    """,
    id=(KEY, "hồ sơ"),
    procedure=(KEY, "thủ tục hành chính"),
    unit=(KEY, "đơn vị giải quyết"),
    channel=(TEXT, "kênh nộp: direct, online, post"),
    accepted_at=(MOMENT, "lúc tiếp nhận đầy đủ, hợp lệ; trống khi chưa tiếp nhận"),
    due_at=(MOMENT, "hạn trả hiện hành; trống khi thủ tục không có thời hạn"),
    paused_at=(
        MOMENT,
        "lúc bắt đầu chờ (bổ sung, nghĩa vụ tài chính), nếu còn chờ hoặc kết thúc khi đang chờ",
    ),
    ended_at=(MOMENT, "lúc kết thúc: xử lý xong, dừng hoặc rút"),
    days=(WHOLE, "số ngày làm việc từ sau ngày tiếp nhận đến hết ngày kết thúc; trống khi chưa kết thúc"),
    supplements=(WHOLE, "số lần yêu cầu bổ sung, kể cả khi tiếp nhận"),
    owes=(FLAG, "có nghĩa vụ tài chính: phí, lệ phí lớn hơn 0 hoặc khoản phát sinh"),
    paid_online=(FLAG, "đã có khoản nộp trực tuyến thành công"),
    digitised=(FLAG, "có thành phần hồ sơ đã số hóa"),
    reused=(FLAG, "có thành phần dùng lại dữ liệu đã số hóa"),
    from_store=(FLAG, "có thành phần lấy từ kho dữ liệu của tổ chức, cá nhân"),
    population_data=(FLAG, "xác thực qua VNeID hoặc lấy dữ liệu dân cư"),
    paper_result=(FLAG, "thủ tục trả kết quả bằng văn bản, giấy tờ"),
    electronic_result=(FLAG, "đã có kết quả điện tử"),
    satisfied=(FLAG, "người nộp đánh giá hài lòng; trống khi chưa đánh giá"),
    reported=(FLAG, "Cổng Dịch vụ công quốc gia đã xác nhận nhận được hồ sơ"),
    field=(TEXT, "lĩnh vực của thủ tục; chuỗi rỗng khi chưa rõ"),
    sector=(
        TEXT,
        "nhóm lĩnh vực có chỉ tiêu riêng: land, construction, investment; chuỗi rỗng với lĩnh vực khác",
    ),
    returned_at=(MOMENT, "lúc trả kết quả; trống khi chưa trả"),
    early=(WHOLE, "số ngày làm việc kết thúc sớm hơn ngày hẹn trả, âm khi muộn; trống khi chưa kết thúc"),
    term=(WHOLE, "số ngày làm việc từ sau ngày tiếp nhận đến hết ngày hẹn trả; trống khi không có hạn"),
    stopped=(FLAG, "đã rút hoặc dừng xử lý"),
    extended=(FLAG, "đã có văn bản xin lỗi, hẹn lại ngày trả"),
    copies=(FLAG, "là hồ sơ chứng thực bản sao từ bản chính"),
)

FIRST_PAYMENTS = _named(
    "first_payments",
    "Mỗi dòng là một thủ tục đã có hồ sơ nộp trực tuyến thành công, ở bất kỳ đơn vị nào",
    # One probe of the index of paid dossiers for each version, however many dossiers there are.
    """
    SELECT v.procedure_id AS procedure, min(d.accepted_at) AS since
    FROM catalogue_version v CROSS JOIN LATERAL (
        SELECT accepted_at FROM dossiers_dossier WHERE version_id = v.id AND paid_online AND accepted_at IS NOT NULL
        ORDER BY accepted_at LIMIT 1) d
    GROUP BY v.procedure_id
    """,
    procedure=(KEY, "thủ tục hành chính"),
    since=(MOMENT, "lúc tiếp nhận hồ sơ sớm nhất trong số ấy"),
)

VERSIONS = _named(
    "versions",
    "Mỗi dòng là một phiên bản thủ tục",
    """
    SELECT v.id, v.procedure_id AS procedure, v.status = 'published' AS published,
           v.valid_from, v.valid_to, v.online,
           CASE WHEN v.audiences <> '[]' THEN
               v.audiences::text ~* '(công dân|cá nhân|người dân|người việt nam|citizen)' END AS for_citizens,
           v.title <> '' AS has_name, v.sequence <> '' AS has_sequence, v.audiences <> '[]' AS has_audience,
           v.agency <> '' AS has_agency,
           EXISTS (SELECT FROM catalogue_component c WHERE c.version_id = v.id) AS has_components,
           EXISTS (SELECT FROM catalogue_term t WHERE t.version_id = v.id) AS has_channels,
           EXISTS (SELECT FROM catalogue_term t WHERE t.version_id = v.id
                   AND (t.text <> '' OR t.amount IS NOT NULL)) AS has_term
    FROM catalogue_version v
    """,
    id=(KEY, "phiên bản"),
    procedure=(KEY, "thủ tục hành chính"),
    published=(FLAG, "đã công khai"),
    valid_from=(DAY, "ngày có hiệu lực"),
    valid_to=(DAY, "ngày hết hiệu lực, không kể ngày ấy; trống khi còn hiệu lực"),
    online=(TEXT, "mức dịch vụ trực tuyến: full, partial, none; chuỗi rỗng khi chưa rõ"),
    for_citizens=(FLAG, "có đối tượng là người dân; trống khi chưa rõ đối tượng"),
    has_name=(FLAG, "có tên thủ tục"),
    has_sequence=(FLAG, "có trình tự thực hiện"),
    has_audience=(FLAG, "có đối tượng thực hiện"),
    has_agency=(FLAG, "có cơ quan thực hiện"),
    has_components=(FLAG, "có thành phần, số lượng hồ sơ"),
    has_channels=(FLAG, "có cách thức thực hiện"),
    has_term=(FLAG, "có thời hạn giải quyết"),
)

ANNOUNCEMENTS = _named(
    "announcements",
    "Mỗi dòng là một thủ tục trong một quyết định công bố của tỉnh; với thủ tục nhập từ nguồn khác, một phiên bản",
    f"""
    SELECT t.*, {_through("t.decided_on")} AS decided_nth,
           {_before(f"least(t.effective_on, {_LAST})")} - {_before("t.decided_on")} AS notice,
           {_through("t.published_day")} - {_through("t.decided_on")} AS delay
    FROM (
        SELECT a.version_id AS version, v.procedure_id AS procedure, a.published_at IS NOT NULL AS published,
               d.decided_on, coalesce(max(i.effective_on), d.effective_on) AS effective_on, d.effective_on AS begins_on,
               {_day("a.published_at")} AS published_day
        FROM catalogue_announced a JOIN catalogue_version v ON v.id = a.version_id
        JOIN catalogue_announcement d ON d.id = a.announcement_id
        LEFT JOIN catalogue_ground g ON g.announcement_id = d.id AND a.instrument_id IS NULL
        LEFT JOIN catalogue_instrument i ON i.id = coalesce(a.instrument_id, g.instrument_id)
        WHERE d.issued_at IS NOT NULL AND d.tier = 'province' GROUP BY a.id, v.id, d.id
        UNION ALL
        SELECT v.id, v.procedure_id, v.status = 'published', v.decided_on, v.valid_from, v.valid_from,
               {_day("v.published_at")}
        FROM catalogue_version v
        WHERE v.origin_id IS NULL AND NOT EXISTS (SELECT FROM catalogue_announced a
            JOIN catalogue_announcement d ON d.id = a.announcement_id
            WHERE a.version_id = v.id AND a.kind <> 'abolished' AND d.issued_at IS NOT NULL)) t
    """,
    version=(KEY, "phiên bản được công bố; với thủ tục bị bãi bỏ, bản hết hiệu lực"),
    procedure=(KEY, "thủ tục hành chính"),
    published=(FLAG, "đã công khai"),
    decided_on=(DAY, "ngày ký quyết định công bố; trống khi chưa rõ"),
    effective_on=(
        DAY,
        "ngày có hiệu lực mới nhất của văn bản quy định; khi không rõ văn bản, của nội dung công bố",
    ),
    begins_on=(DAY, "ngày nội dung công bố có hiệu lực"),
    published_day=(DAY, "ngày bấm công khai; trống khi chưa công khai hoặc chưa rõ"),
    decided_nth=(WHOLE, "số ngày làm việc từ đầu lịch đến hết ngày ký quyết định"),
    notice=(WHOLE, "số ngày làm việc từ ngày ký quyết định đến trước ngày có hiệu lực của văn bản"),
    delay=(WHOLE, "số ngày làm việc từ sau ngày ký quyết định đến hết ngày bấm công khai"),
)

UNITS = _named(
    "units",
    "Mỗi dòng là một đơn vị, kể cả đơn vị đã thôi hoạt động",
    "SELECT u.id, u.kind, u.code, u.name, u.parent_id AS parent, u.valid_from, u.valid_to FROM people_unit u",
    id=(KEY, "đơn vị"),
    kind=(TEXT, "loại đơn vị: province, department, district, commune, centre, division"),
    code=(TEXT, "mã đơn vị"),
    name=(TEXT, "tên đơn vị"),
    parent=(KEY, "đơn vị cấp trên trực tiếp; trống khi không có"),
    valid_from=(DAY, "ngày bắt đầu hoạt động"),
    valid_to=(DAY, "ngày thôi hoạt động, không kể ngày ấy; trống khi còn hoạt động"),
)

SCOPES = _named(
    "scopes",
    "Mỗi dòng nói một đơn vị nằm trong phạm vi của một đơn vị: chính nó và mọi đơn vị dưới nó",
    """
    WITH RECURSIVE up (scope, unit, parent) AS (
        SELECT u.id, u.id, u.parent_id FROM people_unit u
        UNION SELECT p.id, up.unit, p.parent_id FROM up JOIN people_unit p ON p.id = up.parent)
    SELECT scope, unit FROM up
    """,
    scope=(KEY, "đơn vị được chấm"),
    unit=(KEY, "đơn vị giải quyết thuộc phạm vi ấy"),
)

DUTIES = _named(
    "duties",
    "Mỗi dòng là một phiên bản thủ tục thuộc thẩm quyền của một đơn vị theo những gì đã công bố",
    """
    SELECT u.id AS unit, v.id AS version FROM people_unit u, catalogue_version v
    WHERE u.kind = 'province'
      AND (v.levels = '[]' OR v.levels ?| ARRAY['province', 'district', 'commune'])
    UNION ALL
    SELECT u.id, v.id FROM people_unit u, catalogue_version v
    WHERE u.kind IN ('district', 'commune') AND v.levels ? u.kind
    UNION ALL (
        SELECT u.id, v.id FROM people_unit u JOIN catalogue_version v
            ON position(lower(u.name) IN lower(v.agency)) > 0
        WHERE u.kind = 'department'
        UNION
        SELECT u.id, v.id FROM people_unit u JOIN catalogue_processversion p ON p.unit_id = u.id
        JOIN catalogue_version v ON v.procedure_id = p.procedure_id
        WHERE u.kind = 'department' AND p.status = 'published')
    """,
    unit=(KEY, "đơn vị"),
    version=(KEY, "phiên bản thủ tục"),
)

DECLARED = _named(
    "declared",
    "Mỗi dòng là một lần kê khai một số liệu không đếm được; dòng mới nhất của một số liệu là dòng đang dùng",
    """
    SELECT d.id, d.unit_id AS unit, d.indicator, d.period, d.numerator, d.denominator, d.at, o.full_name AS officer
    FROM scores_declared d JOIN people_officer o ON o.id = d.by_id
    """,
    id=(KEY, "lần kê khai, tăng dần theo thời gian"),
    unit=(KEY, "đơn vị"),
    indicator=(TEXT, "chỉ số"),
    period=(TEXT, "kỳ: 2026-10, 2026-Q3, 2026-H1, 2026"),
    numerator=(WHOLE, "tử số"),
    denominator=(WHOLE, "mẫu số"),
    at=(MOMENT, "lúc kê khai"),
    officer=(TEXT, "người kê khai"),
)

"""The measures of dossiers and payments as somebody would write them by hand, once for each database; and the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

# What a dossier is in the period, told once for each row, then counted in one pass.
_COUNTS = """
    SELECT unit, procedure, bool_or(arrived AND owes) AS charged, bool_or(arrived AND owes AND paid_online) AS paid,
        bool_or(arrived AND online) AS used, bool_or(population_data) AS population,
        count(*) AS every, count(*) FILTER (WHERE arrived) AS arrived,
        count(*) FILTER (WHERE arrived AND reported) AS reported,
        count(*) FILTER (WHERE judged) AS judged, count(*) FILTER (WHERE NOT judged) AS unjudged,
        count(*) FILTER (WHERE on_time) AS on_time,
        count(*) FILTER (WHERE on_time AND coalesce(satisfied, TRUE)) AS content,
        sum(days) FILTER (WHERE ended) AS days, count(days) FILTER (WHERE ended) AS ended,
        count(*) FILTER (WHERE ended AND days IS NULL) AS undated,
        count(*) FILTER (WHERE arrived AND online) AS online,
        count(*) FILTER (WHERE arrived AND owes) AS owing,
        count(*) FILTER (WHERE arrived AND owes AND paid_online) AS paying,
        count(*) FILTER (WHERE paper_result) AS paper,
        count(*) FILTER (WHERE paper_result AND ended AND electronic_result) AS electronic,
        count(*) FILTER (WHERE digitised AND ended AND electronic_result) AS digital,
        count(*) FILTER (WHERE reused) AS reused, count(*) FILTER (WHERE from_store) AS from_store,
        count(*) FILTER (WHERE population_data) AS known
    FROM ({told}) told GROUP BY 1, 2
"""
_WHOLE = """
    WITH {workdays} seen AS MATERIALIZED ({counts}), scoped AS (
        SELECT s.scope, seen.* FROM seen JOIN {scopes} s ON s.unit = seen.unit),
    whole AS (SELECT scope, sum(every), sum(arrived), sum(reported), sum(judged), sum(unjudged), sum(on_time),
        sum(content), sum(days), sum(ended), sum(undated), sum(online), sum(owing), sum(paying), sum(paper),
        sum(electronic), sum(digital), sum(reused), sum(from_store), sum(known) FROM scoped GROUP BY scope),
    charged AS (SELECT scope, procedure, bool_or(paid) AS paid FROM scoped GROUP BY 1, 2 HAVING bool_or(charged)),
    paying AS (SELECT scope, count(*) AS owed, count(*) FILTER (WHERE c.paid) AS paid, count(p.procedure) AS proven
        FROM charged c LEFT JOIN ({proofs}) p ON p.procedure = c.procedure GROUP BY scope)
    SELECT whole.*, owed, paid, proven FROM whole LEFT JOIN paying USING (scope)
"""
_TOLD = """
    SELECT {unit} AS unit, {procedure} AS procedure, accepted_at >= {start} AS arrived, channel = 'online' AS online,
        coalesce(ended_at <= {until}, FALSE) AS ended, {owes} AS owes, paid_online, digitised, reused, from_store,
        {population} AS population_data, paper_result, electronic_result, satisfied, {reported} AS reported,
        {days} AS days, supplements > {most} OR due_at IS NOT NULL AS judged,
        coalesce(supplements <= {most} AND due_at >= date_trunc('minute', CASE WHEN paused_at <= {until} THEN paused_at
            WHEN ended_at <= {until} THEN ended_at ELSE {until} END), FALSE) AS on_time
    FROM {source} WHERE accepted_at <= {until} AND (ended_at IS NULL OR ended_at >= {start})
"""

DUCKDB = _WHOLE.format(
    workdays="",
    scopes="scopes",
    proofs="SELECT procedure FROM first_payments WHERE since <= $until",
    counts=_COUNTS.format(
        told=_TOLD.format(
            unit="unit",
            procedure="procedure",
            owes="owes",
            population="population_data",
            reported="reported",
            days="days",
            source="dossiers",
            start="$start",
            until="$until",
            most=1,
        )
    ),
)

_NTH = "(SELECT through FROM workdays)[({} AT TIME ZONE INTERVAL '07:00')::date - DATE '2018-01-01' + 1]"
POSTGRESQL = _WHOLE.format(
    workdays="""RECURSIVE workdays AS (SELECT %(works)s::int[] AS through), up (scope, unit, parent) AS (
        SELECT id, id, parent_id FROM people_unit
        UNION SELECT p.id, up.unit, p.parent_id FROM up JOIN people_unit p ON p.id = up.parent),""",
    scopes="up",
    proofs="""SELECT v.procedure_id AS procedure FROM catalogue_version v CROSS JOIN LATERAL (
        SELECT FROM dossiers_dossier WHERE version_id = v.id AND paid_online AND accepted_at <= %(until)s LIMIT 1) one
        GROUP BY 1""",
    # OFFSET 0 keeps the planner from working out each condition again wherever it is counted.
    counts=_COUNTS.format(
        told=_TOLD.format(
            unit="deciding_unit_id",
            procedure="v.procedure_id",
            owes="fee > 0 OR paid > 0 OR state = 6",
            population="population_data OR vneid",
            reported="reported > 0",
            days=f"{_NTH.format('ended_at')} - {_NTH.format('accepted_at')}",
            source="dossiers_dossier d JOIN catalogue_version v ON v.id = d.version_id",
            start="%(start)s",
            until="%(until)s",
            most=1,
        )
        + " OFFSET 0"
    ),
)


def read(rows: Iterable[Sequence[Any]]) -> dict[tuple[int, str], dict[str, int]]:
    """The counts as `live.counts` gives them."""
    found = {}
    for scope, *counts in rows:
        c = [int(count or 0) for count in counts]
        every, arrived, reported, judged, unjudged, on_time, content, days, ended, undated = c[:10]
        online, owing, paying, paper, electronic, digital, reused, store, known, owed, paid, proven = c[10:]
        sides = {
            "1.4": (reported, arrived, 0),
            "2.1": (on_time, judged, unjudged),
            "2.2": (days, ended, undated),
            "3.3": (online, arrived, 0),
            "3.4": (proven, owed, 0),
            "3.5": (paid, owed, 0),
            "3.6": (paying, owing, 0),
            "4.1": (electronic, paper, 0),
            "4.2": (digital, every, 0),
            "4.3": (reused, every, 0),
            "4.4": (store, every, 0),
            "4.5b": (known, every, 0),
            "5.4": (content, judged, unjudged),
        }
        found |= {
            (scope, code): dict(zip(("n", "d", "left_out"), side, strict=True))
            for code, side in sides.items()
        }
    return found


# A dossier is its number: everything else comes from two hashes of it. Times are in whole minutes, but for the moment
# of acceptance; one in fifty has no due date, one in forty waits, one in a hundred was asked twice.
DOSSIERS = """
    SELECT i AS id, 1 + (h2 % {procedures})::BIGINT AS procedure, 2 + (h2 // 1000 % ({units} - 1))::BIGINT AS unit,
        ['online', 'direct', 'post'][1 + (h % 3)::INT] AS channel, accepted_at,
        CASE WHEN h % 50 > 0 THEN date_trunc('minute', accepted_at) + to_days((3 + h2 % 12)::INT) END AS due_at,
        CASE WHEN h % 40 = 3 THEN accepted_at + to_days(1) END AS paused_at,
        CASE WHEN ends <= TIMESTAMPTZ '{now}' THEN ends END AS ended_at,
        CASE WHEN ends <= TIMESTAMPTZ '{now}' THEN (h // 100 % 21)::BIGINT END AS days,
        CASE WHEN h % 30 = 0 THEN 1 + (h % 100 = 0)::BIGINT ELSE 0 END AS supplements,
        h2 % 2 = 0 AS owes, h2 % 4 = 0 AS paid_online, h % 3 > 0 AS digitised, h % 4 = 0 AS reused,
        h % 7 = 0 AS from_store, h % 6 = 0 AS population_data, h % 9 > 0 AS paper_result,
        h % 5 < 3 AS electronic_result,
        CASE WHEN h % 11 = 0 THEN h % 22 = 0 END AS satisfied, h % 10 > 0 AS reported,
        'Lĩnh vực ' || (h2 % 40) AS field, '' AS sector,
        CASE WHEN ends <= TIMESTAMPTZ '{now}' THEN ends END AS returned_at, (h % 9)::BIGINT - 4 AS early,
        (3 + h2 % 12)::BIGINT AS term, h % 60 = 0 AS stopped, h % 25 = 0 AS extended, h % 80 = 0 AS copies, h
    FROM (
        SELECT *, accepted_at + to_seconds((h // 1000 % 2600000)::BIGINT) AS ends FROM (
            SELECT i, hash(i) AS h, hash(i, 766) AS h2,
                TIMESTAMPTZ '{start}' + to_milliseconds(
                    ((i - {first}) * 1000.0 * {seconds} / ({until} - {first}))::BIGINT) AS accepted_at
            FROM range({first}, {until}) made (i)))
"""

SMALL = {
    "units": """SELECT i AS id,
        CASE WHEN i = 1 THEN 'province' WHEN i <= 20 THEN 'department' ELSE 'commune' END AS kind,
        'U' || i AS code, 'Đơn vị ' || i AS name, CASE WHEN i > 1 THEN 1::BIGINT END AS parent,
        DATE '2025-07-01' AS valid_from, NULL::DATE AS valid_to FROM range(1, {units} + 1) made (i)""",
    "scopes": """SELECT 1::BIGINT AS scope, i AS unit FROM range(1, {units} + 1) made (i)
        UNION ALL SELECT i, i FROM range(2, {units} + 1) made (i)""",
    "versions": """SELECT i AS id, i AS procedure, TRUE AS published, NULL::DATE AS decided_on,
        NULL::BIGINT AS decided_nth, NULL::BIGINT AS notice, NULL::DATE AS published_day, NULL::BIGINT AS delay,
        DATE '2025-07-01' AS valid_from, NULL::DATE AS valid_to,
        ['none', 'partial', 'full'][1 + (i % 3)::INT] AS online, TRUE AS for_citizens, TRUE AS has_name,
        TRUE AS has_sequence, TRUE AS has_audience, TRUE AS has_agency, TRUE AS has_components, TRUE AS has_channels,
        TRUE AS has_term FROM range(1, {procedures} + 1) made (i)""",
    "duties": """SELECT u AS unit, v AS version
        FROM range(1, {units} + 1) units (u), range(1, {procedures} + 1) made (v) WHERE u = 1 OR (u + v) % 2 = 0""",
    "first_payments": """SELECT i AS procedure, TIMESTAMPTZ '2025-11-02 00:00:00+00' AS since
        FROM range(1, {procedures} + 1) made (i) WHERE i % 4 = 1""",
    "declared": """SELECT 1::BIGINT AS id, 1::BIGINT AS unit, '5.2' AS indicator, '2026-10' AS period,
        1::BIGINT AS numerator, 2::BIGINT AS denominator, TIMESTAMPTZ '2026-10-31 00:00:00+00' AS at, 'A' AS officer""",
}

_OF_LIVE = {
    "id": "id",
    "code": "'H14-' || id",
    "request_id": "md5(id::VARCHAR)::UUID",
    "version_id": "procedure",
    "process_id": "procedure",
    "case": "''",
    "channel": "channel",
    "receiving_unit_id": "unit",
    "deciding_unit_id": "unit",
    "applicant": "'Nông Văn ' || id",
    "applicant_kind": "1",
    "identity": "lpad(id::VARCHAR, 12, '0')",
    "vneid": "FALSE",
    "phone": "'0912345678'",
    "email": "''",
    "address": "'Thôn Một, xã Hai'",
    "agent": "''",
    "agent_identity": "''",
    "agent_phone": "''",
    "authorisation": "''",
    "subject": "''",
    "filed_at": "accepted_at",
    "facts": "8",
    "state": "CASE WHEN ended_at IS NULL THEN 4 ELSE 10 END",
    "accepted_at": "accepted_at",
    "due_at": "due_at",
    "paused_at": "paused_at",
    "ended_at": "ended_at",
    "limit": "''",
    "supplements": "supplements",
    "extensions": "0",
    "fee": "CASE WHEN owes THEN 20000 ELSE 0 END",
    "paid": "0",
    "paid_online": "paid_online",
    "digitised": "digitised",
    "reused": "reused",
    "from_store": "from_store",
    "population_data": "population_data",
    "paper_result": "paper_result",
    "electronic_result": "electronic_result",
    "satisfied": "satisfied",
    "reported": "CASE WHEN reported THEN 1 ELSE 0 END",
}
LIVE_COLUMNS = tuple(_OF_LIVE)
_LIVE = ", ".join(f'{sql} AS "{name}"' for name, sql in _OF_LIVE.items())
LIVE_ROWS = f"SELECT {_LIVE} FROM ({{rows}})"

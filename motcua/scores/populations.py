"""Which rows belong to a period, and what is true of each: the sets every measure is made of (phạm vi tính).

Dossiers of a period:
    handled   accepted by its end and not ended before it began: received in it, or carried over
    arrived   accepted within it
Withdrawn and stopped dossiers belong once they were accepted; those never accepted do not. A dossier belongs to
the unit that decides it and to every unit above (`scope`). Rows tell what is known now: a past period is read
from today's rows, only what begins or ends after it is left out.
"""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

from .tables import (
    ANNOUNCEMENTS,
    DAY,
    DOSSIERS,
    DUTIES,
    FIRST_PAYMENTS,
    MOMENT,
    SCOPES,
    UNITS,
    VERSIONS,
    WHOLE,
)

# What a run binds: the window of the period, and the limits of pack `index-766-counts` in working days and times.
START, UNTIL = ibis.param(MOMENT), ibis.param(MOMENT)
FIRST, LAST, TODAY = ibis.param(DAY), ibis.param(DAY), ibis.param(DAY)
LAST_NTH, ANNOUNCE, PUBLISH, SUPPLEMENTS, EARLY = (ibis.param(WHOLE) for _ in range(5))
PARAMETERS: dict[str, ir.Scalar] = {
    "start": START,
    "until": UNTIL,
    "first": FIRST,
    "last": LAST,
    "today": TODAY,
    "last_nth": LAST_NTH,
    "announce": ANNOUNCE,
    "publish": PUBLISH,
    "supplements": SUPPLEMENTS,
    "early": EARLY,
}

NO = ibis.literal(False)


# Dossiers: HANDLED, and conditions on it.

HANDLED = DOSSIERS.filter(
    DOSSIERS.accepted_at <= UNTIL, DOSSIERS.ended_at.isnull() | (DOSSIERS.ended_at >= START)
)
EVERY = HANDLED.accepted_at.notnull()
ARRIVED = HANDLED.accepted_at >= START
ONLINE = HANDLED.channel == "online"
CHARGED = ARRIVED & HANDLED.owes
ENDED = HANDLED.ended_at.notnull() & (HANDLED.ended_at <= UNTIL)
WAITS = HANDLED.paused_at.notnull() & (HANDLED.paused_at <= UNTIL)

# The clock holds a whole minute against the due moment: where a lasting wait began, else the end, else now.
HELD = ibis.cases((WAITS, HANDLED.paused_at), (ENDED, HANDLED.ended_at), else_=UNTIL).truncate("m")
ASKED_AGAIN = HANDLED.supplements > SUPPLEMENTS
JUDGED = ASKED_AGAIN | HANDLED.due_at.notnull()
ON_TIME = ~ASKED_AGAIN & HANDLED.due_at.notnull() & (HANDLED.due_at >= HELD)
E_RESULT = ENDED & HANDLED.electronic_result
CONTENT = ibis.coalesce(HANDLED.satisfied, True)


# Procedures: tables with one row per unit scored (`scope`) and procedure (`id`).


def seen(**counts: ir.Value) -> ir.Table:
    """What the dossiers of the period tell about each procedure in each unit; `counts` are taken in the same pass."""
    return HANDLED.group_by("unit", "procedure").agg(
        online=(ARRIVED & ONLINE).any(),
        charged=CHARGED.any(),
        paid=(CHARGED & HANDLED.paid_online).any(),
        population=HANDLED.population_data.any(),
        **counts,
    )


def _used() -> ir.Table:
    """What the dossiers of the period tell about each procedure in each scope."""
    found = SCOPES.join(SEEN, "unit")
    facts = {name: found[name].any() for name in ("online", "charged", "paid", "population")}
    return found.group_by("scope", id=found.procedure).agg(**facts)


def _in_force(day: ir.DateScalar) -> ir.Table:
    over = VERSIONS.valid_to.notnull() & (VERSIONS.valid_to <= day)
    return VERSIONS.filter(VERSIONS.published, VERSIONS.valid_from <= day, ~over)


def _owned() -> ir.Table:
    """The procedures in force on the period's last day that are the unit's duty, with what is known of them."""
    texts = _in_force(LAST)
    found = DUTIES.join(texts, DUTIES.version == texts.id)
    # A procedure has one text in force on a day: a constraint of the catalogue.
    found = found.select(
        scope=found.unit,
        id=found.procedure,
        level_known=found.online != "",
        offered=found.online.isin(["full", "partial"]),
        audience_known=found.for_citizens.notnull(),
        for_citizens=ibis.coalesce(found.for_citizens, False),
    )
    used = USED.select(used_scope="scope", used_id="id", used_online="online", used_population="population")
    found = found.left_join(used, [found.scope == used.used_scope, found.id == used.used_id])
    return found.mutate(
        used_online=ibis.coalesce(found.used_online, False),
        used_population=ibis.coalesce(found.used_population, False),
    )


def _charged() -> ir.Table:
    """The procedures with dossiers that had something to pay; `proven` where one was ever paid online, anywhere."""
    proofs = FIRST_PAYMENTS.filter(FIRST_PAYMENTS.since <= UNTIL).select(proof="procedure")
    found = USED.filter(USED.charged)
    found = found.left_join(proofs, found.id == proofs.proof)
    return found.select("scope", "id", "paid", proven=found.proof.notnull())


def _of_province(texts: ir.Table) -> ir.Table:
    """The texts (version, procedure, known, good) of each province, by procedure: good only when good every time."""
    provinces = UNITS.filter(UNITS.kind == "province")
    duties = DUTIES.semi_join(provinces, DUTIES.unit == provinces.id)
    found = duties.join(texts, "version")
    return found.group_by(scope=found.unit, id=found.procedure).agg(
        known=found.known.all(), good=found.good.all()
    )


def _decided() -> ir.Table:
    """What was announced by a decision signed in the period, and what began in it under an undated one."""
    told = ANNOUNCEMENTS
    undated = told.decided_on.isnull() & told.published & told.begins_on.between(FIRST, LAST)
    return told.filter(told.decided_on.between(FIRST, LAST) | undated)


def _announced() -> ir.Table:
    found = _decided()
    early = ibis.coalesce(found.notice >= ANNOUNCE, False)
    return found.select("version", "procedure", known=found.decided_on.notnull(), good=early)


def _publicised() -> ir.Table:
    """Signed, not yet public and still in time is not due in this period."""
    found = _decided()
    done = ibis.coalesce(found.published_day <= LAST, False)
    undated = found.decided_on.isnull() | (found.published & found.published_day.isnull())
    due = done | undated | (LAST_NTH - found.decided_nth > PUBLISH)
    in_time = done & ibis.coalesce(found.delay <= PUBLISH, False)
    return found.filter(due).select("version", "procedure", known=~undated, good=in_time)


def _complete() -> ir.Table:
    found = _in_force(TODAY)
    parts = [found[name] for name in found.columns if name.startswith("has_")]
    return found.select("procedure", version="id", known=True, good=reduce(lambda a, b: a & b, parts))


SEEN = seen()
USED = _used()
OWNED = _owned()
PAYABLE = _charged()
ANNOUNCED = _of_province(_announced())
PUBLICISED = _of_province(_publicised())
PUBLIC = _of_province(_complete())

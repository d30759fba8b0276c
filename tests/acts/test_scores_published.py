"""Published figures through the live path: dossiers with those counts, scaled where a province is too large.

Each scaled count keeps the published ratio to the hundredth of a point. One figure cannot come out as published:
3.4 (procedures integrated for online payment) is seen here only by a payment that was made, so it is never below 3.5.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import cycle
from typing import Any

import pytest

from motcua.catalogue.models import Procedure, ProcessVersion, Version
from motcua.dossiers.models import Dossier
from motcua.people.models import Role, UnitKind
from motcua.scores import queries
from motcua.scores.declaring import acts as declaring
from motcua.scores.periods import Period
from motcua.scores.queries import UnitIndex
from tests.cast import officer

from .scores_world import LONG_AGO, World, build, moment, unit

pytestmark = pytest.mark.django_db
AUGUST = Period.parse("2026-08")
NOW = moment("2026-09-26 09:00")
ARRIVED, BEFORE = moment("2026-08-05 09:00"), moment("2026-07-20 09:00")
DUE, ENDED, LATE = moment("2026-08-20 17:00"), moment("2026-08-10 09:00"), moment("2026-08-25 09:00")

# Phú Thọ, August 2026: the counts here, beside those published.
HANDLED = 2000  # 184513
SIDES = {
    "accepted": 1654,  # 152595
    "online": 1636,  # 150956
    "on_time": 1568,  # 144625
    "content": 1566,  # 144574
    "electronic": 1443,  # 133274
    "digitised": 230,  # 21233
    "reused": 32,  # 3160
    "population": 930,  # 85644
    "charged": 1067,  # 98459
    "paid": 898,  # 82913
}
OFFERED, OWNED, USED, CITIZENS, LINKED = 96, 103, 20, 100, 23  # 52, 56, 406 of 1968, 1301, 297
INCOMPLETE = 2  # of 89
FEES, PAYING = 50, 15  # 310, 93
PUBLISHED = {
    "1.3": "1.96", "1.4": "6", "2.1": "15.68", "3.1": "2", "3.2": "0.83", "3.3": "6", "3.5": "0.75", "3.6": "5.05",
    "4.1": "4.33", "4.2": "0.46", "4.3": "0.04", "4.4": "0", "4.5a": "0.46", "4.5b": "0.93", "4.6": "2",
    "5.2": "4.42", "5.3": "3.33", "5.4": "5.22",
}  # fmt: skip


def of(code: str) -> UnitIndex:
    (entry,) = queries.index(AUGUST, NOW, code)
    return entry


def points(entry: UnitIndex, code: str) -> Decimal | None:
    return entry.score.components[code].score


def prepared() -> World:
    """The world, which looks each process up once: thousands of dossiers have few procedures."""
    world, look = build(), World.process
    known: dict[int, ProcessVersion] = {}

    def process(procedure: Procedure) -> ProcessVersion:
        if procedure.pk not in known:
            known[procedure.pk] = look(world, procedure)
        return known[procedure.pk]

    world.process = process  # type: ignore[method-assign]
    return world


def texts(world: World, many: int, **text: Any) -> list[Version]:
    return [world.announce(levels=["province"], **text) for _ in range(many)]


def province(world: World) -> list[Dossier]:
    """Dossier number n has every property that fewer than so many have; few properties hang together."""
    owned = [world.version, *texts(world, OFFERED - 1 - INCOMPLETE, online="full")]
    owned += texts(world, INCOMPLETE, online="full", sequence="")
    owned += texts(world, CITIZENS - OFFERED + 1, online="none")
    owned += texts(world, OWNED - len(owned), online="none", audiences=["Doanh nghiệp"])
    elsewhere = [world.announce(levels=["ministry"]) for _ in range(FEES)]
    used, linked = cycle(owned[1 : USED + 1]), cycle(owned[1 : LINKED + 1])
    free = owned[LINKED + 1]
    rows = []
    for n in range(HANDLED):
        arrived, online, charged, paid = (
            n < SIDES[name] for name in ("accepted", "online", "charged", "paid")
        )
        population = HANDLED - n <= SIDES["population"]
        if charged:
            fee = elsewhere[n % PAYING] if paid else elsewhere[PAYING + n % (FEES - PAYING)]
        text = next(used) if online else next(linked) if population else free
        rows.append(
            world.built(
                unit=world.department if n % 2 else world.other,
                version=fee if charged and not population else text,
                accepted_at=ARRIVED if arrived else BEFORE,
                channel="online" if online else "direct",
                reported=1,
                due_at=DUE,
                ended_at=ENDED if n < SIDES["on_time"] else LATE,
                satisfied=None if n < SIDES["content"] else False,
                electronic_result=n < SIDES["electronic"],
                digitised=n < SIDES["digitised"],
                reused=n < SIDES["reused"],
                population_data=population,
                fee=1000 if charged else 0,
                paid=1000 if paid else 0,
                paid_online=paid,
            )
        )
    return rows


def test_a_whole_province_scores_as_it_was_published() -> None:
    world = prepared()
    world.dossiers(province(world))
    head = officer(Role.HEAD, world.province)
    paper = declaring.Paper("Báo cáo số 01/BC-VP tháng 8/2026")
    for code, pair in {"5.2": (182, 247), "5.3": (137, 247), "4.6": (148, 148)}.items():
        declaring.declare(code, world.province, AUGUST, pair, paper, by=head, at=NOW)
    entry = of("04")
    assert {code: Decimal(points) for code, points in PUBLISHED.items()} == {
        code: entry.score.components[code].score for code in PUBLISHED
    }
    assert {code: entry.score.components[code].score for code in ("1.1", "1.2")} == {"1.1": None, "1.2": None}
    whole = entry.score.total - (entry.score.components["3.4"].score or 0) + Decimal("0.45")
    assert whole == Decimal("59.91")


def test_an_office_without_dossiers_scores_as_it_was_published() -> None:
    world = prepared()
    office = unit("V1", "Văn phòng UBND tỉnh", UnitKind.DEPARTMENT, world.province, born=LONG_AGO)
    for _ in range(3):
        world.announce(levels=["province"], agency="Văn phòng UBND tỉnh")
    paper = declaring.Paper("Báo cáo số 01/BC-VP tháng 8/2026")
    head = officer(Role.HEAD, office)
    for code in ("5.2", "5.3"):
        declaring.declare(code, office, AUGUST, (0, 0), paper, by=head, at=NOW)
    entry = of("V1")
    parts = {code: part.score for code, part in entry.score.components.items()}
    assert {code: parts[code] for code in ("1.4", "4.1", "4.2", "4.3", "4.4", "4.5b")} == dict.fromkeys(
        ("1.4", "4.1", "4.2", "4.3", "4.4", "4.5b")
    )
    assert {code: float(parts[code] or 0) for code in ("2.1", "4.5a", "4.6", "5.2", "5.3", "5.4")} == {
        "2.1": 0, "4.5a": 0, "4.6": 2, "5.2": 6, "5.3": 6, "5.4": 0,
    }  # fmt: skip
    assert (entry.score.groups["MDSH"], entry.score.groups["MDHL"]) == (2, 12)
    assert entry.counts["4.5a"] == (0, 3)


# Payment: successes, duties, procedures with a success, procedures with a duty; the points of 3.6 and 3.5.
PAYMENTS = {
    "P1": ((44, 44), (7, 8), "6", "2"),
    "P2": ((7, 7), (2, 3), "6", "1.67"),
    "P3": ((1491, 1651), (7, 31), "5.42", "0.56"),
    "P4": ((771, 906), (7, 32), "5.11", "0.55"),
}


def test_the_boundaries_of_payment_score_as_they_were_published() -> None:
    world = prepared()
    shared = [world.announce() for _ in range(32)]
    rows = []
    for code, ((paid, owed), (paying, fees), _, _) in PAYMENTS.items():
        place = unit(code, f"Xã {code}", UnitKind.COMMUNE, world.province)
        for n in range(owed):
            done = n < paid
            # Where nobody is without a success, a duty of another procedure was met over the counter.
            text = shared[n % paying] if done else shared[paying + n % (fees - paying)]
            rows.append(_charged(world, place, text, done))
        if paid == owed:
            rows += [_charged(world, place, text, False) for text in shared[paying:fees]]
    world.dossiers(rows)
    for code, ((paid, owed), procedures, online, proven) in PAYMENTS.items():
        entry = of(code)
        if paid < owed:
            assert entry.counts["3.6"] == (paid, owed)
            assert points(entry, "3.6") == Decimal(online)
        assert entry.counts["3.5"] == procedures
        assert points(entry, "3.5") == Decimal(proven)


def _charged(world: World, place: Any, text: Version, done: bool) -> Dossier:
    paid = {"paid": 1000, "paid_online": True} if done else {}
    return world.built(
        unit=place, version=text, accepted_at=ARRIVED, due_at=DUE, ended_at=ENDED, fee=1000, **paid
    )


def test_the_boundaries_of_satisfaction_score_as_they_were_published() -> None:
    world = prepared()
    for place, (good, whole) in ((world.department, (939, 1038)), (world.other, (486, 588))):
        world.dossiers(
            [
                world.built(unit=place, accepted_at=ARRIVED, due_at=DUE, ended_at=ENDED, satisfied=n < good)
                for n in range(whole)
            ]
        )
    assert [(of(code).counts["5.4"], points(of(code), "5.4")) for code in ("S1", "S2")] == [
        ((939, 1038), Decimal(6)),
        ((486, 588), Decimal("5.51")),
    ]

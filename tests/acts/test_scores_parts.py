"""The figures of a unit told apart by procedure, field and officer are its figures, and open to their rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings

from motcua.catalogue.models import Procedure
from motcua.journal import log
from motcua.law.facts import Assigned, HandoverAccepted
from motcua.scores import drill, parts, queries
from motcua.scores.asked import Asked
from motcua.scores.measures import MEASURES
from motcua.scores.periods import Period
from motcua.scores.queries import Unscored

from .scores_world import World, build, moment
from .test_scores_properties import PROVINCES, UNITS, few, province

pytestmark = pytest.mark.django_db
OCTOBER = Period.parse("2026-10")
NOW = moment("2026-11-20 09:00")
SIDES = {"tu": 0, "mau": 1}


def asked(period: Period = OCTOBER, at: datetime = NOW) -> Asked:
    return Asked(period, at, at)


@settings(few, max_examples=8)
@given(**PROVINCES, code=UNITS)
def test_every_part_opens_to_its_rows_and_all_parts_are_the_whole(
    found: list[dict[str, Any]], period: Period, at: datetime, code: str
) -> None:
    with province(found, period, at):
        looked = asked(period, at)
        entry = queries.index(period, at, code)[0]
        for kind in ("thu-tuc", "linh-vuc", "can-bo"):
            listed = parts.of(looked, entry, kind)
            for measure in (m.code for m in MEASURES.values() if str(m.subject) == "dossier"):
                pairs = [part.counts.get(measure) or (0, 0) for part in listed]
                assert tuple(map(sum, zip(*pairs, strict=True))) == (
                    entry.counts.get(measure) or (0, 0) if listed else ()
                )
            for part in listed[:2]:
                for measure in ("2.1", "4.2"):
                    for side, place in SIDES.items():
                        if pair := part.counts.get(measure):
                            figure = drill.figure(looked, code, measure, side, kind, part.key)
                            assert figure.rows.count() == figure.count == pair[place]
                            shown = [row.pk for row in drill.leaf(figure, {}).rows]
                            assert shown == [row.pk for row in figure.rows]


def test_a_field_with_a_dash_in_its_name_opens_to_its_rows() -> None:
    world = build()
    Procedure.objects.filter(pk=world.version.procedure_id).update(field="Thi đua - khen thưởng")
    made = world.dossier(ended_at=moment("2026-10-06 09:00"))
    figure = drill.figure(asked(), "S1", "2.1", "mau", "linh-vuc", "Thi đua - khen thưởng")
    assert [row.pk for row in drill.leaf(figure, {}).rows] == [made.pk]


def test_the_last_page_named_by_its_number_shows_what_no_page_before_did() -> None:
    world = build()
    made = [world.dossier(ended_at=moment("2026-10-06 09:00")) for _ in range(60)]
    figure = drill.figure(asked(), "S1", "2.1", "mau")
    first, last = ([row.pk for row in drill.leaf(figure, {"trang": number}).rows] for number in "12")
    assert first + last == [row.pk for row in reversed(made)]


def test_a_dossier_is_of_whom_it_was_given_to_last() -> None:
    world = build()
    made = [world.dossier(ended_at=moment("2026-10-06 09:00")) for _ in range(3)]

    def given_to(name: str, number: int, hour: int) -> None:
        fact = Assigned(at=moment(f"2026-10-05 {hour}:00"), by="x", provision="", step="tham", officer=name)
        log.record(made[number].stream, [fact])

    given_to("an", 0, 10)
    given_to("an", 1, 10)
    given_to("binh", 1, 11)
    taken = HandoverAccepted(at=moment("2026-10-05 12:00"), by="chi", provision="", step="tham")
    log.record(made[0].stream, [taken])
    entry = queries.index(OCTOBER, NOW, "S1")[0]
    found = {part.key: part for part in parts.of(asked(), entry, "can-bo")}
    assert {key: part.counts["2.1"] for key, part in found.items()} == {
        "chi": (1, 1),
        "binh": (1, 1),
        "-": (1, 1),
    }
    assert found["-"].label == "chưa phân công ai"
    rows = drill.figure(asked(), "S1", "2.1", "mau", "can-bo", "chi").rows
    assert [row.code for row in rows] == [made[0].code]


def test_parts_stand_by_the_points_they_can_win_back() -> None:
    world = build()
    other = world.announce(levels=["province"])
    for _ in range(3):
        world.dossier(ended_at=moment("2026-10-20 09:00"))
    world.dossier(version=other, ended_at=moment("2026-10-20 09:00"))
    entry = queries.index(OCTOBER, NOW, "S1")[0]
    first, second = parts.of(asked(), entry, "thu-tuc")
    assert (first.key, second.key) == (world.version.procedure.code, other.procedure.code)
    assert first.worth > second.worth > 0


@pytest.mark.parametrize(("kind", "key"), [("gi-do", "x"), ("thu-tuc", "khong-co"), ("can-bo", "khong-co")])
def test_a_part_that_is_not_there_is_explained(kind: str, key: str) -> None:
    world: World = build()
    world.dossier(ended_at=moment("2026-10-06 09:00"))
    entry = queries.index(OCTOBER, NOW, "S1")[0]
    with pytest.raises(Unscored):
        parts.one(asked(), entry, kind, key)

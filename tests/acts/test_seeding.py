"""A million dossiers are seeded without acts: they are what the acts would have left."""

from __future__ import annotations

from typing import Any

import pytest

from motcua.demo import play, province, stock
from motcua.demo.play import Settings
from motcua.demo.world import World
from motcua.dossiers import queries
from motcua.dossiers.duties import TASK_FIELDS
from motcua.dossiers.models import Dossier
from motcua.journal import log
from motcua.law.calendar import day
from tests.bench import seeding
from tests.bench.lives import Days, Lives

from .test_demo_play import AT, rare_things_happen_often  # noqa: F401

pytestmark = pytest.mark.django_db
SETTINGS = Settings(at=AT, months=2, dossiers=60, seed=7)


@pytest.fixture
def world(db: None) -> World:
    province.load(seed=7, at=SETTINGS.start)
    stock.stock("", at=SETTINGS.start)
    return World(day(SETTINGS.start), 7)


@pytest.mark.usefixtures("rare_things_happen_often")
def test_the_lives_are_fact_by_fact_and_row_by_row_what_the_acts_leave(world: World) -> None:
    assert play.play(world, SETTINGS).refused == []
    days = Days(AT, 2, SETTINGS.dossiers, 7, first=SETTINGS.start, key=0)
    lives = list(Lives(world, AT).of(days))
    played = {dossier.request_id: dossier for dossier in Dossier.objects.prefetch_related("tasks")}
    assert len(lives) == len(played)
    for life in lives:
        dossier = played[life.dossier.request_id]
        assert list(life.facts) == list(log.read(dossier.stream).facts)
        assert _row(life.dossier) == _row(dossier)
        assert _tasks(life.tasks) == _tasks(list(dossier.tasks.values(*TASK_FIELDS)))


def _row(dossier: Dossier) -> dict[str, Any]:
    own = {"id", "reported", "words"}
    return {
        f.attname: getattr(dossier, f.attname) for f in Dossier._meta.concrete_fields if f.attname not in own
    }


def _tasks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["step"])


def test_what_is_seeded_stands_verification(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "_lives", Lives(world, AT))
    dossiers, facts, _ = seeding._pour(Days(AT, 2, SETTINGS.dossiers, 7, first=SETTINGS.start, key=1))
    assert (dossiers, facts) == (SETTINGS.dossiers, sum(log.census("ho-so/")[1].values()))
    assert [*log.verify(), *queries.verify(), *queries.miscounted()] == []

"""All engines answer the same, to the last hundredth and the last row, on generated provinces with every odd case."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.people.models import Officer, Unit, UnitKind
from motcua.scores import queries
from motcua.scores.archive import writing
from motcua.scores.archive.manifest import BadArchive
from motcua.scores.declaring.models import Declared
from motcua.scores.declaring.queries import Figures
from motcua.scores.engines import Engine, Unusable, engine
from motcua.scores.engines.archives import PLACE
from motcua.scores.management.commands.index import Command
from motcua.scores.measures import MEASURES, SIDES
from motcua.scores.periods import Period

from .scores_world import LONG_AGO, World, build, moment, publish, unit
from .test_scores_properties import LOOKS, PERIODS, few, province, rows

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)
ACROSS = [
    Period.parse(text) for text in ("2025", "2025-H1", "2025-H2", "2025-06", "2025-07", "2026-10", "2026")
]
NOW = moment("2026-11-20 09:00")


def same(one: Engine, other: Engine, period: Period, at: datetime) -> None:
    """Both know the same units, count the same, and score them the same, to the last hundredth."""
    window = period.window(at)
    units, others, counted = one.units(), other.units(), one.counts(window)
    assert [_said(unit) for unit in others.values()] == [_said(unit) for unit in units.values()]
    assert other.counts(window) == counted
    assert scores(others, counted, other.declared(period, at), period, at) == scores(
        units, counted, one.declared(period, at), period, at
    )


def _said(unit: Unit) -> tuple[object, ...]:
    return unit.pk, unit.code, unit.name, unit.kind, unit.parent_id, unit.valid_from, unit.valid_to


def scores(
    units: Mapping[int, Unit], counted: queries.Found, told: Figures, period: Period, at: datetime
) -> list[tuple[object, ...]]:
    return [
        (e.unit.code, e.level, e.rank, e.among, e.counts, e.left_out, e.declared, e.score.as_data())
        for e in queries.index(period, at, found=counted, units=units, told=told)
    ]


@settings(few, max_examples=8)
@given(found=st.lists(rows(), max_size=14), period=st.sampled_from(PERIODS), at=st.sampled_from(LOOKS))
def test_duckdb_counts_what_the_live_database_counts(
    found: list[dict[str, Any]], period: Period, at: datetime
) -> None:
    with province(found, period, at) as trial, tempfile.TemporaryDirectory() as folder:
        writing.archive(Path(folder), at=at)
        same(engine("live"), engine("duckdb", [Path(folder)]), trial.period, at)


@pytest.fixture
def odd() -> World:
    """Every odd case at once: two regimes, closed units, edges of periods, nothing to divide by."""
    world = build()
    district = unit(
        "H1", "Huyện Một", UnitKind.DISTRICT, world.province, born=LONG_AGO, gone=date(2025, 7, 1)
    )
    old = unit("X9", "Xã Chín", UnitKind.COMMUNE, district, born=LONG_AGO, gone=date(2025, 7, 1))
    unit("X3", "Xã không có hồ sơ", UnitKind.COMMUNE, world.province)
    texts = [
        world.version,
        publish(
            levels=["commune", "district"], online="full", valid_from=LONG_AGO, valid_to=date(2025, 7, 1)
        ),
        publish(levels=["commune"], online="", audiences=[], decided_on=date(2026, 10, 1)),
        publish(
            parts=False, levels=[], sequence="", decided_on=date(2026, 9, 28), valid_from=date(2026, 10, 1)
        ),
        publish(draft=True, levels=["province"], decided_on=date(2026, 10, 30)),
    ]
    places = [world.department, district, old, world.centre] * 3
    made = [
        world.built(unit=where, version=text, **row)
        for place, (text, where) in enumerate(zip(texts * 2, places, strict=False))
        for row in _odd_rows(place)
    ]
    world.dossiers(made)
    _declare(world)
    return world


def _declare(world: World) -> None:
    """Figures nobody counts: one corrected, one as months that make a period, one too late to be known."""
    by = Officer.objects.create_user("ke-khai", "Lê Thị Kê Khai")
    for code, period, numbers, at in (
        ("5.2", "2026-10", (1, 3), NOW - timedelta(days=2)),
        ("5.2", "2026-10", (2, 3), NOW - timedelta(days=1)),
        ("5.3", "2026-07", (4, 5), NOW - timedelta(days=60)),
        ("5.3", "2026-10", (4, 5), NOW + timedelta(days=1)),
        ("5.3", "2026", (9, 9), NOW),
    ):
        n, d = numbers
        Declared.objects.create(
            unit=world.province,
            indicator=code,
            period=period,
            numerator=n,
            denominator=d,
            evidence="BC 1",
            at=at,
            by=by,
        )


def _odd_rows(place: int) -> Iterator[dict[str, Any]]:
    for start in (moment("2025-07-01 00:00"), moment("2026-10-01 00:00"), moment("2026-11-01 00:00")):
        for edge in (start - INSTANT, start, start + INSTANT):
            yield {"accepted_at": edge, "due_at": None, "channel": "online", "fee": 5000 * (place % 2)}
            yield {"accepted_at": edge, "ended_at": edge, "due_at": start, "paid_online": True, "paid": 1}
            carried = edge - timedelta(days=45)
            yield {"accepted_at": carried, "ended_at": edge, "due_at": start, "electronic_result": True}
            yield {"accepted_at": carried, "paused_at": edge, "due_at": start, "supplements": place % 3}
            yield {
                "accepted_at": carried,
                "ended_at": edge + timedelta(days=3),
                "paused_at": edge,
                "satisfied": False,
            }
    yield {"accepted_at": None, "filed_at": NOW, "state": 1}
    yield {
        "accepted_at": NOW - timedelta(days=9),
        "ended_at": NOW,
        "state": 7,
        "supplements": 2,
        "reported": 1,
    }


def test_odd_cases_are_counted_alike_and_open_to_the_same_rows(odd: World, tmp_path: Path) -> None:
    writing.archive(tmp_path, at=NOW)
    duck, live = engine("duckdb", [tmp_path]), engine("live")
    for period in ACROSS:
        same(live, duck, period, NOW)
    scope, window = odd.province.pk, ACROSS[0].window(NOW)
    for code, side in zip(MEASURES, cycle(SIDES), strict=False):
        assert duck.ids(code, side, scope, window) == live.ids(code, side, scope, window), (code, side)


def test_a_province_without_dossiers_is_counted_alike(tmp_path: Path) -> None:
    build()
    writing.archive(tmp_path, at=NOW)
    same(engine("live"), engine("duckdb", [tmp_path]), PERIODS[0], NOW)


def test_several_archives_are_several_provinces(odd: World, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("mot", "hai", "ba")]
    for folder in folders:
        writing.archive(folder, at=NOW)
    window = PERIODS[0].window(NOW)
    one, three = engine("duckdb", folders[:1]), engine("duckdb", folders)
    single = one.counts(window)
    assert three.counts(window) == {
        (scope + place * PLACE, code): sides for (scope, code), sides in single.items() for place in range(3)
    }
    ids, third = one.ids("2.1", "d", odd.province.pk, window), odd.province.pk + 2 * PLACE
    found = three.ids("2.1", "d", third, window)
    assert [three.named(key) for key in found] == [(2, key) for key in ids]
    entries = queries.index(PERIODS[0], NOW, found=three.counts(window), units=three.units(), told={})
    assert [e.rank for e in entries if e.level == "province"] == [1, 1, 1]


def test_an_archive_does_not_tell_of_what_came_after_it(odd: World, tmp_path: Path) -> None:
    writing.archive(tmp_path, at=NOW)
    with pytest.raises(CommandError, match="chỉ biết đến"):
        call_command("index", engine="duckdb", archive=[tmp_path], at="2026-12-01T08:00")


def test_archives_of_other_definitions_are_not_mixed(
    odd: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing.archive(tmp_path / "mot", at=NOW)
    monkeypatch.setattr(writing, "definitions", lambda on: "another")
    writing.archive(tmp_path / "hai", at=NOW)
    with pytest.raises(CommandError, match="định nghĩa"):
        call_command("index", engine="duckdb", archive=[tmp_path / "mot", tmp_path / "hai"])


def test_an_archive_of_another_version_is_refused_with_what_to_do(
    odd: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setattr(writing, "columns", lambda: "another")
        writing.archive(tmp_path, at=NOW)
    with pytest.raises(CommandError, match="--full"):
        call_command("index", engine="duckdb", archive=[tmp_path])


def test_a_file_that_is_missing_or_cut_is_named_with_what_to_do(tmp_path: Path) -> None:
    build().dossier()
    parts = {part.path for part in writing.archive(tmp_path, at=NOW).manifest.tables["dossiers"]}
    file = tmp_path / parts.pop()
    whole = file.read_bytes()
    holed = whole[: len(whole) // 4] + bytes(len(whole) // 2) + whole[len(whole) // 4 + len(whole) // 2 :]
    for broken in (whole[: len(whole) // 2], b"", holed, None):
        file.unlink()
        if broken is not None:
            file.write_bytes(broken)
        with pytest.raises(CommandError, match=rf"{file}.*--full"):
            call_command("index", period="2026-10", engine="duckdb", archive=[tmp_path])


def test_archives_may_be_named_after_one_option_or_many_but_each_once(tmp_path: Path) -> None:
    build().dossier()
    for name in ("mot", "hai"):
        writing.archive(tmp_path / name, at=NOW)
    parser = Command().create_parser("motcua", "index")
    for words in (["--archive", "mot", "hai"], ["--archive", "mot", "--archive", "hai"]):
        assert parser.parse_args(words).archive == [Path("mot"), Path("hai")]
    with pytest.raises(CommandError, match="hai lần"):
        call_command("index", engine="duckdb", archive=[tmp_path / "mot", tmp_path / "hai" / ".." / "mot"])


def test_a_unit_that_several_provinces_have_is_told_for_each(
    odd: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [tmp_path / "mot", tmp_path / "hai"]
    for folder in folders:
        writing.archive(folder, at=NOW)
    how: dict[str, Any] = {"period": "2026-10", "unit": "04", "engine": "duckdb"}
    call_command("index", archive=folders, **how)
    assert capsys.readouterr().out.count("Tổng") == 2
    call_command("index", archive=folders[:1], rows="2.1", **how)
    ids = capsys.readouterr().out.split()
    call_command("index", archive=folders, rows="2.1", **how)
    assert capsys.readouterr().out.splitlines() == [f"{place}\t{key}" for place in (1, 2) for key in ids]


def test_the_command_prints_the_same_from_an_archive(
    odd: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writing.archive(tmp_path, at=NOW)
    told = []
    for how in ({"at": NOW.isoformat()}, {"engine": "duckdb", "archive": [tmp_path]}):
        call_command("index", period="2026-10", json=True, **how)
        call_command("index", period="2026-10", unit="04", rows="2.1", **how)
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert told[0].count("\n") > 5


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"engine": "duckdb"}, "--archive"),
        ({"engine": "spark"}, "--archive"),
        ({"engine": "live", "rows": "9.9", "unit": "04"}, "9.9"),
        ({"engine": "live", "rows": "2.1"}, "--unit"),
    ],
)
def test_what_cannot_be_asked_is_said(odd: World, how: dict[str, Any], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("index", **how)


def test_without_spark_one_is_told_what_to_install(
    odd: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing.archive(tmp_path, at=NOW)
    for name in ("pyspark", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Unusable, match=r"motcua\[spark\]"):
        engine("spark", [tmp_path])


def test_spark_counts_what_the_others_count(odd: World, tmp_path: Path) -> None:
    from motcua.scores.engines.spark import Spark

    folders = [tmp_path / "mot", tmp_path / "hai"]
    for folder in folders:
        writing.archive(folder, at=NOW)
    spark, duck = Spark(folders, "local[2]"), engine("duckdb", folders)
    try:
        # Spark plans each question for seconds: the one year that holds both regimes.
        same(duck, spark, ACROSS[0], NOW)
        window, scope = ACROSS[0].window(NOW), odd.province.pk + PLACE
        for code in ("2.1", "3.4"):
            assert spark.ids(code, "d", scope, window) == duck.ids(code, "d", scope, window)
        for file in (folders[1] / "dossiers").rglob("*.parquet"):
            file.write_bytes(b"PAR1" * 100)
        with pytest.raises(BadArchive, match=r"hai/dossiers.*--full"):
            spark.counts(window)
    finally:
        spark.stop()

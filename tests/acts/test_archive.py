"""The archive: what it holds, that only changes are read again, and that nobody ever sees half of it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from motcua.dossiers.models import Dossier
from motcua.journal import log, wire
from motcua.law.facts import Rated
from motcua.scores.archive import manifest, pouring, writing
from motcua.scores.archive.manifest import BadArchive, Manifest
from motcua.scores.engines import engine
from motcua.scores.tables import NAMED

from .scores_world import World, build, moment, unit

ROOT = Path(__file__).parents[2]
NOW = moment("2026-11-20 09:00")
ODD = [
    {},
    {"accepted_at": None, "filed_at": moment("2026-10-01 08:00")},
    {"accepted_at": moment("2026-10-01 00:00"), "ended_at": moment("2026-10-31 23:59")},
    {"accepted_at": moment("2026-09-30 23:59"), "due_at": None},
    {"accepted_at": moment("2025-06-30 23:59"), "ended_at": moment("2025-07-01 00:00"), "satisfied": False},
    {"supplements": 2, "paused_at": moment("2026-10-06 08:30"), "fee": 1000, "paid_online": True},
]


@pytest.fixture
def world(db: None) -> World:
    found = build()
    for row in ODD:
        found.dossier(**row)
    return found


def archived(folder: Path, **how: object) -> writing.Done:
    return writing.archive(folder, at=NOW, **how)  # type: ignore[arg-type]


def held(folder: Path, table: str = "dossiers") -> list[tuple[object, ...]]:
    """The rows of a table, every value as text, in a fixed order."""
    named, parts = NAMED[table], manifest.read(folder).tables[table]
    rows = pouring.source(named, [folder / part.path for part in parts])
    return pouring.database().execute(f"SELECT COLUMNS(*)::VARCHAR FROM {rows} ORDER BY ALL").fetchall()


def happened(dossier: Dossier, **row: object) -> None:
    """A fact in the dossier's stream, and what became of its row."""
    log.record(dossier.stream, [Rated(at=NOW, by="a", satisfied=True)])
    Dossier.objects.filter(pk=dossier.pk).update(**row)


def test_every_named_table_is_there_and_dossiers_lie_by_month_of_acceptance(
    world: World, tmp_path: Path
) -> None:
    done = archived(tmp_path)
    assert done.anew
    months = {part.month: part.rows for part in done.manifest.tables["dossiers"]}
    assert months == {"0000-00": 1, "2025-06": 1, "2026-09": 1, "2026-10": 3}
    assert {part.path.rsplit("/", 1)[0] for part in done.manifest.tables["dossiers"]} >= {
        "dossiers/year=2026/month=10",
        "dossiers/year=2025/month=06",
    }
    assert set(done.manifest.tables) == set(NAMED)
    assert len(held(tmp_path, "units")) == 6
    assert not list(manifest.damaged(tmp_path, manifest.read(tmp_path)))


def test_texts_are_kept_to_the_letter(world: World, tmp_path: Path) -> None:
    names = ['Xã "Hai",\ndòng hai', "\\N", "", "NULL", "  "]
    for place, name in enumerate(names):
        unit(f"K{place}", name, "commune", world.province)
    archived(tmp_path)
    found = {row[list(NAMED["units"].columns).index("name")] for row in held(tmp_path, "units")}
    assert found >= set(names)


def test_the_second_run_reads_only_what_a_fact_or_time_may_have_moved(world: World, tmp_path: Path) -> None:
    ended = [world.dossier(ended_at=moment("2026-10-20 09:00"), reported=1) for _ in range(5)]
    before = archived(tmp_path).manifest
    happened(ended[2], satisfied=True)
    done = archived(tmp_path)
    small = sum(done.manifest.rows(name) for name in NAMED if name != "dossiers")
    open_ones = Dossier.objects.filter(ended_at=None).count()
    assert not done.anew
    assert done.read == small + open_ones + 1
    assert done.manifest.position > before.position
    assert _unmoved(before, done.manifest) == {"0000-00", "2025-06", "2026-09"}
    for name in NAMED:
        if name != "dossiers":
            assert done.manifest.tables[name] == before.tables[name]


def test_a_run_with_nothing_new_leaves_every_file(world: World, tmp_path: Path) -> None:
    before = archived(tmp_path).manifest
    assert archived(tmp_path).manifest.tables == before.tables


def test_a_dossier_accepted_since_moves_to_its_month(world: World, tmp_path: Path) -> None:
    archived(tmp_path)
    happened(Dossier.objects.get(accepted_at=None), accepted_at=moment("2026-11-02 08:00"))
    after = archived(tmp_path).manifest
    months = {part.month: part.rows for part in after.tables["dossiers"]}
    assert months == {"2025-06": 1, "2026-09": 1, "2026-10": 3, "2026-11": 1}


def test_what_the_portal_took_is_seen_although_it_is_no_fact(world: World, tmp_path: Path) -> None:
    ended = world.dossier(ended_at=moment("2026-10-20 09:00"))
    archived(tmp_path)
    Dossier.objects.filter(pk=ended.pk).update(reported=3)
    archived(tmp_path)
    place = list(NAMED["dossiers"].columns).index("reported")
    assert [row[place] for row in held(tmp_path) if row[0] == str(ended.pk)] == ["true"]


def test_a_decision_on_days_off_has_all_dossiers_read_anew(world: World, tmp_path: Path) -> None:
    archived(tmp_path)
    world.province.days.create(day=NOW.date(), working=False, name="Nghỉ bù", source="QĐ 1")
    assert archived(tmp_path).anew
    assert not archived(tmp_path).anew


def test_while_clocks_are_counted_again_the_next_run_reads_anew(world: World, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, args)"
            " VALUES ('dossiers.recount', 'clocks', '{}') RETURNING id"
        )
        (job,) = cursor.fetchone()
        archived(tmp_path)
        assert archived(tmp_path).anew
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job])
    assert archived(tmp_path).anew
    assert not archived(tmp_path).anew


def test_other_definitions_have_everything_written_anew(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived(tmp_path)
    monkeypatch.setattr(writing, "definitions", lambda on: "another")
    assert archived(tmp_path).anew


@pytest.mark.parametrize("seed", range(3))
def test_brought_up_to_date_it_equals_one_written_anew(world: World, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        world.dossier(**chance.choice(ODD))
    for _ in range(3):
        archived(tmp_path / "kept")
        for dossier in chance.sample(list(Dossier.objects.all()), 4):
            happened(dossier, **_fate(dossier, chance))
        world.dossier(accepted_at=moment("2026-11-03 08:00"), channel="online")
    archived(tmp_path / "kept")
    archived(tmp_path / "anew")
    for name in NAMED:
        assert held(tmp_path / "kept", name) == held(tmp_path / "anew", name), name


def _fate(dossier: Dossier, chance: random.Random) -> dict[str, object]:
    begun = dossier.accepted_at or dossier.filed_at
    return chance.choice(
        [
            {"ended_at": begun + timedelta(days=chance.randint(0, 40)), "electronic_result": True},
            {"accepted_at": begun},
            {"satisfied": chance.choice([True, False, None])},
            {"paused_at": None, "supplements": 1, "due_at": begun + timedelta(days=9)},
        ]
    )


def test_what_was_written_into_the_journal_but_not_yet_seen_is_read_by_the_next_run(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = archived(tmp_path).manifest
    happened(Dossier.objects.first(), satisfied=True)  # type: ignore[arg-type]
    monkeypatch.setattr(log, "settled", lambda patience: None)
    assert archived(tmp_path).manifest.position == before.position


def test_two_runs_do_not_write_into_one_archive(world: World, tmp_path: Path) -> None:
    with writing._alone(tmp_path), pytest.raises(BadArchive, match="lượt lưu khác"):
        archived(tmp_path)


def test_a_file_that_changed_is_found(world: World, tmp_path: Path) -> None:
    part = archived(tmp_path).manifest.tables["dossiers"][0]
    with (tmp_path / part.path).open("ab") as file:
        file.write(b" ")
    with pytest.raises(CommandError, match="không còn như lúc ghi"):
        call_command("archive", to=tmp_path, check=True)


def test_a_folder_that_is_no_archive_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match="motcua archive --to"):
        manifest.read(tmp_path)
    (tmp_path / manifest.NAME).write_text("{")
    with pytest.raises(BadArchive, match="không đọc được"):
        manifest.read(tmp_path)


def test_the_command_tells_what_it_did(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("archive", to=tmp_path)
    assert "Đã lưu toàn bộ" in capsys.readouterr().out
    call_command("archive", to=tmp_path, json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["rows"]["dossiers"] == len(ODD)


def _unmoved(before: Manifest, after: Manifest) -> set[str]:
    return {part.month for part in after.tables["dossiers"] if part in before.tables["dossiers"]}


# Those that need what is committed.


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_the_archive_is_as_it_was(tmp_path: Path) -> None:
    world = build()
    world.dossier()
    before = archived(tmp_path).manifest
    world.dossier(accepted_at=moment("2026-11-03 08:00"))
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], env=_reaching(), cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob("**/*.parquet"))) > len(list(before.parts))
    assert manifest.read(tmp_path) == before
    assert not list(manifest.damaged(tmp_path, before))
    assert engine("duckdb", [tmp_path]).units()
    after = archived(tmp_path).manifest
    assert after.rows("dossiers") == 2
    assert len(list(tmp_path.glob("**/*.parquet"))) == len({p.path for p in (*before.parts, *after.parts)})


_KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from motcua.scores.archive import writing
def told(part, rows):
    if part.startswith("dossiers 2026-11"):
        os.kill(os.getpid(), signal.SIGKILL)
writing.archive(Path(sys.argv[1]), at=timezone.now(), anew=True, told=told)
"""


def _reaching() -> dict[str, str]:
    place = connection.settings_dict
    who = quote(place["USER"], safe="")
    if place["PASSWORD"]:
        who += ":" + quote(place["PASSWORD"], safe="")
    url = f"postgresql://{who}@{quote(place['HOST'], safe='')}:{place['PORT'] or 5432}/{place['NAME']}"
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "motcua.settings"}


@pytest.mark.django_db(transaction=True)
def test_whoever_is_writing_into_the_journal_is_waited_for() -> None:
    writing_one, done = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            log.record("thu/cham", [Rated(at=NOW, by="a", satisfied=True)])
            writing_one.set()
            done.wait(20)
        connection.close()

    slow = threading.Thread(target=write)
    slow.start()
    assert writing_one.wait(20)
    log.record("thu/nhanh", [Rated(at=NOW, by="a", satisfied=True)])
    assert log.settled(0.1) is None
    done.set()
    end = log.settled(20)
    slow.join()
    assert end == wire.ask("SELECT max(position) FROM journal_entry")[0][0]

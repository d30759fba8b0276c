"""`motcua demo` as its user has it: killed in the middle, started again, asked for another world."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).parents[2]
DEMO = ["demo", "--no-serve", "--dossiers", "40", "--months", "1", "--at", "2026-11-20T15:30", "--seed", "5"]


@pytest.fixture(scope="module")
def database(django_db_setup: None) -> Iterator[str]:
    """The address of an empty database of the demo's own."""
    place = connection.settings_dict
    name = f"test_demo_{os.getpid()}"
    told = {"host": place["HOST"], "port": place["PORT"] or None, "user": place["USER"], "dbname": "postgres"}
    with psycopg.connect(**told, password=place["PASSWORD"] or None, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        who = quote(place["USER"], safe="") + (
            f":{quote(place['PASSWORD'], safe='')}" if place["PASSWORD"] else ""
        )
        yield f"postgresql://{who}@{quote(place['HOST'], safe='')}:{place['PORT'] or 5432}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def started(database: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from motcua.cli import main; main()", *words],
        env=os.environ | {"DATABASE_URL": database},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(database: str, *words: str) -> tuple[int, str]:
    process = started(database, *words)
    text, _ = process.communicate(timeout=300)
    return process.returncode, text


def facts(database: str) -> int:
    with psycopg.connect(database) as server:
        try:
            found = server.execute(
                "SELECT count(*) FROM journal_entry WHERE stream LIKE 'ho-so/%'"  # units are founded before the play
            ).fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    return found[0] if found else 0


@pytest.fixture(scope="module")
def killed(database: str) -> str:
    """The database after a demo that was killed without warning in the middle of its play."""
    process = started(database, *DEMO)
    while facts(database) < 80:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return database


def test_a_killed_demo_goes_on_and_nothing_is_half_done(killed: str) -> None:
    before = facts(killed)
    code, text = said(killed, *DEMO)
    assert code == 0, text
    continued = re.search(r"trên 40 hồ sơ \((\d+) hồ sơ làm tiếp\)", text)
    assert continued is not None, text
    assert int(continued[1]) > 0
    assert facts(killed) > before
    code, text = said(killed, "verify")
    assert code == 0, text


def test_a_finished_demo_is_not_played_again(killed: str) -> None:
    said(killed, *DEMO)
    before = facts(killed)
    code, text = said(killed, *DEMO)
    assert (code, facts(killed)) == (0, before)
    assert "không chơi lại" in text


def test_the_demo_ends_with_the_index_and_who_may_sign_in(killed: str) -> None:
    code, text = said(killed, *DEMO)
    assert code == 0
    assert "Bộ chỉ số 766, tháng 10/2026" in text
    assert "UBND tỉnh Cao Bằng" in text
    assert re.search(r"thu-ly-\d\.", text)
    assert "motcua-thu" in text


def test_another_world_is_refused_in_one_line_that_tells_how(killed: str) -> None:
    code, text = said(killed, "demo", "--no-serve", "--seed", "6")
    assert code == 2
    assert text.count("\n") == 1
    assert "--reset" in text


def test_reset_makes_the_other_world(killed: str) -> None:
    words = ["demo", "--no-serve", "--dossiers", "3", "--seed", "6", "--at", "2026-11-20T15:30"]
    code, text = said(killed, *words, "--reset")
    assert code == 0, text
    with psycopg.connect(killed) as server:
        assert server.execute("SELECT count(*) FROM dossiers_dossier").fetchone() == (3,)


@pytest.mark.parametrize(
    "words",
    [
        ["--at", "hôm qua"],
        ["--at", "2025-07-20T08:00"],
        ["--months", "0"],
        ["--catalogue", "/không/có/tệp.json"],
        ["--catalogue", "README.md"],
    ],
)
def test_a_wrong_wish_is_one_clear_line_and_costs_nothing(killed: str, words: list[str]) -> None:
    before = facts(killed)
    code, text = said(killed, "demo", "--no-serve", "--reset", *words)
    assert code == 2
    assert text.count("\n") == 1, text
    assert text.startswith("motcua: ")
    assert facts(killed) == before

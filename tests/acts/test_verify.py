"""`motcua verify`: nothing is altered, dropped or put in behind the journal's back without being named."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from motcua.dossiers import queries
from motcua.dossiers.models import Dossier
from motcua.journal import log
from tests import cast
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    return cast.gather().received()


def behind_the_back(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")


def verified(**options: object) -> tuple[int, str]:
    """The exit code and what was printed, on one line."""
    code, out = 0, StringIO()
    try:
        call_command("verify", stdout=out, **options)
    except SystemExit as left:
        code = int(left.code or 0)
    return code, " ".join(out.getvalue().split())


def test_a_whole_journal_is_said_to_be_whole(dossier: Dossier) -> None:
    assert verified() == (0, "Toàn vẹn: nhật ký không đứt, 1 hồ sơ khớp với sự kiện của chúng.")
    assert verified(json=True) == (0, '{"broken": [], "differs": []}')


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM journal_entry WHERE version = 2", "dòng 3: thiếu dòng 2"),
        ("DELETE FROM journal_entry WHERE version = 3", "facts: đang lưu 3, sự kiện cho 2"),
        ("DELETE FROM journal_entry", "facts: đang lưu 3, sự kiện cho 0"),
        (
            "UPDATE journal_entry SET data = data || '{\"fee\": 1}' WHERE version = 2",
            "nội dung không khớp mã băm",
        ),
        ("UPDATE dossiers_dossier SET due_at = due_at + interval '1 day'", "due_at: đang lưu"),
        ("UPDATE dossiers_task SET due_at = NULL", "task giao"),
        ("DELETE FROM dossiers_task; DELETE FROM dossiers_dossier", "facts without a row"),
    ],
)
def test_what_was_changed_behind_the_back_is_named_with_its_dossier(
    dossier: Dossier, sql: str, says: str
) -> None:
    behind_the_back(sql)
    code, said = verified()
    assert code == 1
    assert says in said
    assert dossier.code in said


def test_what_is_wrong_is_json_too(dossier: Dossier) -> None:
    behind_the_back("UPDATE dossiers_dossier SET supplements = 7")
    code, said = verified(json=True)
    assert code == 1
    assert json.loads(said)["differs"] == [
        {"code": dossier.code, "field": "supplements", "cached": 7, "facts": 0}
    ]


def test_a_fact_says_when_it_happened_and_when_it_was_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    later = MONDAY + timedelta(days=2)
    monkeypatch.setattr(log.timezone, "now", lambda: later)
    dossier = cast.gather().received()
    told = {(entry.occurred_at, entry.recorded_at) for entry in log.history(dossier.stream)}
    assert told == {(MONDAY, later)}


def test_whoever_forges_an_entry_with_its_hash_is_found_by_the_next_one(dossier: Dossier) -> None:
    first, entry, _ = log.history(dossier.stream)
    entry.data["components"][0]["origin"] = "store"
    entry.hash = log._hash(bytes(first.hash), {name: getattr(entry, name) for name in log._HASHED})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        entry.save()
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
    assert [(broken.version, broken.reason) for broken in log.verify()] == [(3, "nội dung không khớp mã băm")]


def many(count: int) -> list[Dossier]:
    crew = cast.gather()
    return [crew.received(MONDAY + n * timedelta(minutes=1)) for n in range(count)]


def test_a_sample_is_whole_when_everything_is() -> None:
    many(5)
    told = "Toàn vẹn: nhật ký không đứt, mẫu 3 trong 5 (mầm 7) hồ sơ khớp với sự kiện của chúng."
    assert verified(sample=3, seed=7) == (0, told)


def test_the_same_seed_takes_the_same_sample_and_another_one_another() -> None:
    many(12)
    first = queries.sampled("", 4, 1)
    assert first == queries.sampled("", 4, 1)
    assert first != queries.sampled("", 4, 2)
    assert len(first) == 4
    assert len(queries.sampled("", 99, 1)) == 12


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM journal_entry WHERE version = 2", "* facts: đang lưu 15, sự kiện cho 10"),
        ("DELETE FROM dossiers_task; DELETE FROM dossiers_dossier WHERE id % 2 = 0", "* dossiers: đang lưu"),
        ("UPDATE dossiers_dossier SET accepted_at = NULL", "* accepted: đang lưu 0, sự kiện cho 5"),
    ],
)
def test_a_sample_of_one_still_counts_the_whole_tables(sql: str, says: str) -> None:
    many(5)
    behind_the_back(sql)
    code, said = verified(sample=1)
    assert code == 1
    assert says in said


def test_a_sampled_dossier_is_followed_and_folded() -> None:
    many(3)
    behind_the_back("UPDATE dossiers_dossier SET supplements = 7")
    behind_the_back("UPDATE journal_entry SET data = data || '{\"fee\": 1}' WHERE version = 2")
    _, said = verified(sample=2)
    assert said.count("nội dung không khớp mã băm") == said.count("supplements: đang lưu 7") == 2


def test_a_sample_of_nothing_is_refused() -> None:
    with pytest.raises(CommandError, match="từ 1 hồ sơ"):
        call_command("verify", sample=0)


@pytest.mark.parametrize("portion", [1, 2, 3, 7])
def test_what_is_wrong_is_found_however_small_the_portions_are(
    monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    five = many(5)
    for room in (log, queries):
        monkeypatch.setattr(room, "PORTION", portion)
    assert verified()[0] == 0
    behind_the_back(
        "UPDATE journal_entry SET by = 'x' WHERE version = 2;"
        "UPDATE dossiers_dossier SET supplements = 7;"
        f"INSERT INTO journal_entry SELECT position + 1000, 'ho-so/x' || version, 1, kind, data, occurred_at,"
        f" recorded_at, by, provision, hash FROM journal_entry WHERE stream = '{five[2].stream}'"
    )
    _, said = verified()
    assert said.count("nội dung không khớp mã băm") == 5 + 3
    assert said.count("supplements: đang lưu 7") == 5
    assert said.count("facts without a row") == 3

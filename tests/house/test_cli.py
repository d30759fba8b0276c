"""The `motcua` command: quick where it can be, and one clear line where it cannot."""

import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from socket import create_server

import psycopg
import pytest
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from motcua import cli, embedded
from motcua.management.commands.serve import PORT

MOTCUA = [sys.executable, "-c", "from motcua.cli import main; main()"]
NOBODY = "postgresql://nobody:secret@127.0.0.1:1/none"


def motcua(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MOTCUA, *words], env=os.environ | env, capture_output=True, text=True)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_a_wrong_command_is_one_line():
    assert "bay" in one_line(motcua("bay"))


def test_help_for_a_command_is_that_commands():
    assert motcua("help", "law").stdout == motcua("law", "--help").stdout != motcua("help").stdout


def test_a_wrong_option_is_one_line():
    assert "--cao" in one_line(motcua("law", "--cao"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("law", "--cao"), "không có tùy chọn --cao; xem motcua law --help"),
        (("due",), "thiếu --from, --limit; xem motcua due --help"),
        (("due", "--from"), "--from: cần một giá trị; xem motcua due --help"),
        (("import", "thing", "x"), "kind: không có “thing”; chọn một trong: catalogue, processes; xem"),
        (("serve", "--port", "chín"), "--port: “chín”"),
        (("demo", "--months", "ba"), "--months: “ba” không phải số nguyên; xem motcua demo --help"),
        (("import", "catalogue", "x", "--dry-run=1"), "--dry-run: không nhận giá trị “1”; xem"),
    ],
)
def test_what_is_wrong_with_the_words_of_a_command_is_said_in_vietnamese(words, said):
    line = one_line(motcua(*words))
    assert said in line
    assert not set(line.split()) & {"argument", "arguments", "invalid", "value:", "expected", "required:"}


def test_a_wrong_date_is_one_line():
    line = one_line(motcua("law", "--on", "2026-01-32"))
    assert "--on: “2026-01-32” không phải ngày; viết 2026-08-31 hoặc 31/08/2026" in line


@pytest.mark.parametrize("address", ["nonsense", "sqlite:///here", "mysql://a@b/c"])
def test_an_address_that_is_not_postgresql_is_one_line(address):
    assert "DATABASE_URL" in one_line(motcua("showmigrations", DATABASE_URL=address))


def test_an_unreachable_server_is_one_line_without_its_password():
    line = one_line(motcua("showmigrations", DATABASE_URL=NOBODY))
    assert "DATABASE_URL" in line
    assert "secret" not in line


def test_an_old_server_is_refused(db, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", NOBODY)
    monkeypatch.setattr(cli, "OLDEST_SERVER", 99)
    with pytest.raises(CommandError, match="PostgreSQL 99"):
        cli._reach_database()


def test_a_full_disk_for_the_database_is_one_line(tmp_path):
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg/log").write_text("PANIC:  could not write to file: No space left on device\n")
    assert "disk full" in embedded.lost(
        tmp_path, "server closed the connection unexpectedly\n\tThis probably means"
    )


def test_a_lost_database_is_told_from_a_fault_of_ours(db):
    with closing(connection.copy()) as own, pytest.raises(OperationalError) as lost, own.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert "database lost" in cli._line(lost.value)
    deadlock = OperationalError("deadlock detected")
    deadlock.__cause__ = psycopg.errors.DeadlockDetected("deadlock detected")
    assert cli._line(deadlock) is None
    assert cli._line(KeyError("x")) is None


def test_commands_of_law_need_neither_database_nor_rooms():
    words = "import sys; from motcua.cli import main; main(); print('motcua.dossiers.models' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", words, "law"],
        env=os.environ | {"DATABASE_URL": "nonsense"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == "False", done.stderr


def test_a_reader_that_stops_reading_is_no_error():
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "from motcua.cli import main; main()" law | head -1', sys.executable],
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""


@contextmanager
def serving(folder: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """`motcua serve` on data of its own, and the address it gives."""
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    with subprocess.Popen(
        [*MOTCUA, "serve"],
        env=env | {"MOTCUA_VAR": folder},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            address = next(line for line in process.stdout if "http://" in line).split()[-1]
            yield process, address
        finally:
            process.kill()


def answer(address: str) -> int:
    try:
        return urllib.request.urlopen(address, timeout=30).status
    except urllib.error.HTTPError as error:
        return error.code


def test_serve_takes_a_free_port_answers_and_leaves_nothing_behind():
    with tempfile.TemporaryDirectory(prefix="motcua-test-") as folder:
        Path(folder).chmod(0o755)  # open to the user that PostgreSQL runs as under root
        with occupied(PORT), serving(folder) as (process, address):
            port = int(address.rstrip("/").rpartition(":")[2])
            assert port > PORT
            assert answer(f"{address}tinh/css/base.css") == 200
            assert str(port) in one_line(motcua("serve", "--port", str(port), MOTCUA_VAR=folder))
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert not (Path(folder) / "pg/data/postmaster.pid").exists()
        with pytest.raises(urllib.error.URLError):
            answer(address)


@contextmanager
def occupied(port: int) -> Iterator[None]:
    """Somebody has `port`: we, unless another program is there already."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(create_server(("127.0.0.1", port)))
        yield

"""The embedded PostgreSQL lives as long as somebody uses it, and survives what machines do to it."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from motcua import embedded
from motcua.embedded import server

USE = """
import signal, sys
from pathlib import Path
from motcua import embedded
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and one begun by nohup the end of its terminal
embedded.start(Path(sys.argv[1]), durable=len(sys.argv) > 2)
print("in", flush=True)
sys.stdin.read()
"""


@contextmanager
def user_of(var: Path, *durable: str) -> Iterator[subprocess.Popen]:
    """Another process that uses the server of `var` until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", USE, str(var), *durable],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout.readline() == "in\n"
        yield process
        process.stdin.close()


def server_of(var: Path) -> int | None:
    """The process id of the server, if it runs."""
    try:
        pid = int((var / "pg/data/postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pid


def refusal(var: Path) -> str:
    """What another process hears when it asks for the server of `var`."""
    words = "import sys; from pathlib import Path; from motcua import embedded\n"
    words += "try: embedded.start(Path(sys.argv[1]))\nexcept embedded.Unavailable as error: print(error)"
    done = subprocess.run([sys.executable, "-c", words, str(var)], capture_output=True, text=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
    return done.stdout


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    # Not pytest's folder, which is closed to the user that PostgreSQL runs as under root.
    with tempfile.TemporaryDirectory(prefix="motcua-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_the_last_to_leave_stops_the_server(var):
    with user_of(var) as first, user_of(var):
        assert server_of(var)
        first.communicate()
        assert server_of(var)
    assert server_of(var) is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_process_and_its_server(var, number):
    with user_of(var) as process:
        process.send_signal(number)
        process.wait(20)
    assert server_of(var) is None


def test_a_killed_process_leaves_a_server_that_the_next_one_takes_over(var):
    with user_of(var) as process:
        process.kill()
        process.wait(20)
        left = server_of(var)
        assert left
        with user_of(var):
            assert server_of(var) == left
    assert server_of(var) is None


def test_a_killed_server_starts_again_with_what_was_committed(var):
    var = var / "durable"
    with user_of(var, "durable"):
        with psycopg.connect(embedded.url(var)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        os.kill(server_of(var), signal.SIGKILL)
        with user_of(var, "durable"), psycopg.connect(embedded.url(var)) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells whose child a process is")
def test_a_server_that_cannot_write_all_down_is_stopped_all_the_same(var, monkeypatch):
    with user_of(var) as process:
        pid = server_of(var)
        checkpointer = next(
            child
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if b"checkpointer" in Path(f"/proc/{child}/cmdline").read_bytes()
        )
        os.kill(int(checkpointer), signal.SIGSTOP)
        process.kill()
    monkeypatch.setattr(server, "FAST", 0.5)
    server._stop(var)
    assert server_of(var) is None
    with user_of(var), psycopg.connect(embedded.url(var)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_id_of_a_dead_server_may_belong_to_another_process_by_now(var):
    with user_of(var):
        pass
    (var / "pg/data/postmaster.pid").write_text(f"{os.getpid()}\n{var}\n1\n5432\n\n\n\nready\n")
    with user_of(var):
        assert server_of(var) != os.getpid()


def test_letters_and_order_are_the_same_on_every_machine(var):
    with user_of(var), psycopg.connect(embedded.url(var)) as connection:
        row = connection.execute(
            "SELECT upper('đường ỷ'), datlocprovider, datlocale FROM pg_database"
        ).fetchone()
    assert row == ("ĐƯỜNG Ỷ", "b", "C.UTF-8")


@pytest.mark.parametrize("name", ["Một Cửa", "a,b", "sâu/" * 40, "ABC%41 '\"$x"])
def test_a_folder_may_have_any_name(name, tmp_path):
    place = dj_database_url.parse(embedded.url(tmp_path / name))
    home = str(tmp_path.resolve() / name / "pg")
    reachable = len(os.fsencode(home)) <= embedded.places.SOCKET_PATH_LIMIT and "," not in home
    assert place["HOST"] == home if reachable else re.fullmatch("/tmp/motcua-[0-9a-f]{16}", place["HOST"])
    assert (place["USER"], place["NAME"], place["PORT"]) == ("motcua", "motcua", 5432)


def test_a_deep_folder_works(var):
    deep = var / ("sâu/" * 40)
    with user_of(deep), psycopg.connect(embedded.url(deep)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not Path(dj_database_url.parse(embedded.url(deep))["HOST"]).exists()


def test_asking_for_the_address_touches_nothing(tmp_path):
    embedded.url(tmp_path / "var")
    assert list(tmp_path.iterdir()) == []


def test_the_secret_is_made_once_and_for_its_owner(tmp_path):
    secret = embedded.kept_secret(tmp_path / "var")
    assert len(secret) > 50
    assert embedded.kept_secret(tmp_path / "var") == secret
    assert (tmp_path / "var/secret").stat().st_mode & 0o077 == 0


def test_the_cluster_of_another_version_is_refused(tmp_path):
    (tmp_path / "pg/data").mkdir(parents=True)
    (tmp_path / "pg/data/PG_VERSION").write_text("17\n")
    assert "PostgreSQL 17" in refusal(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "var").touch()
    assert "File exists" in refusal(tmp_path / "var")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_full_disk_is_one_line(var):
    tiny = var / "tiny"
    tiny.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tiny], capture_output=True
    ).returncode:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        assert "disk full" in refusal(tiny)
    finally:
        subprocess.run(["umount", tiny], check=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others_is_one_line(tmp_path):
    tmp_path.chmod(0o555)
    assert "not writable" in refusal(tmp_path / "var")

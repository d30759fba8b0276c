"""The life of the server: it starts for the first process that needs it and stops with the last."""

import atexit
import errno
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .places import (
    MAJOR,
    NAME,
    PORT,
    Unavailable,
    as_owner,
    door,
    home_of,
    is_full,
    plainly,
    private_socket_folder,
    programs_for,
    socket_folder,
    why,
)

if TYPE_CHECKING:
    from psycopg import Connection

PATIENCE = 300  # seconds; recovery after a crash on a slow disk takes minutes, not ten seconds
FAST = 30  # seconds
SMALL_MACHINE = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "80",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "log_timezone": "Asia/Ho_Chi_Minh",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FORGETFUL = dict.fromkeys(DURABLE, "off")

_held: set[Path] = set()
_children: dict[Path, "subprocess.Popen[bytes]"] = {}


def start(var: Path, *, durable: bool = True) -> None:
    """Have the server of `var` running with a database `motcua` in it, until this process ends.

    Safe to call again, and from many processes at once. With `durable=False` a power cut may lose the data:
    for tests only. Raises Unavailable.
    """
    var = var.resolve()
    with plainly(var):
        var.mkdir(parents=True, exist_ok=True)
        with door(var):
            _hold(var)
            _init(var / "pg", durable)
            with _answer(var) or _launch(var, durable) as connection:
                if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).rowcount:
                    connection.execute(f"CREATE DATABASE {NAME}")


def revive(var: Path) -> None:
    """Start the server of `var` anew if it died meanwhile; cheap to ask. Raises Unavailable."""
    if not _postmaster(var / "pg" / "data"):
        start(var)


def lost(var: Path, words: str) -> str:
    """One line on why the running server of `var` was lost, by what the client heard and the log says."""
    log = var / "pg" / "log"
    with suppress(OSError):
        if is_full(words + log.read_bytes()[-4000:].decode(errors="replace")):
            return why(os.strerror(errno.ENOSPC), var)
    heard = words.strip().split("\n")[0]
    return f"cơ sở dữ liệu ngừng giữa chừng: {heard}; chạy lại lệnh (database lost: run again)"


def _hold(var: Path) -> None:
    """Hold the server from before it starts, so that a Ctrl-C at any moment leaves none behind."""
    if var in _held:
        return
    using = os.open(home_of(var), os.O_RDONLY)
    fcntl.flock(using, fcntl.LOCK_SH)
    _held.add(var)
    atexit.register(_leave, var, using, os.getpid())
    _exit_on_signals()


def _leave(var: Path, using: int, pid: int) -> None:
    """Let go of the server, and stop it when nobody else holds it."""
    if os.getpid() != pid:  # a fork runs its parent's exit functions too
        return
    _held.discard(var)
    with suppress(OSError, subprocess.TimeoutExpired), door(var):
        fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop(var)
    os.close(using)


def _stop(var: Path) -> None:
    # PostgreSQL's "fast" shutdown ends the sessions and writes all down. After a crash, on a full disk say, it
    # may wait for ever; the "immediate" one leaves the writing to the next start, and loses nothing either.
    child = _children.pop(var, None)
    if not _ended(var, child, signal.SIGINT, FAST):
        _ended(var, child, signal.SIGQUIT, PATIENCE)
    if socket_folder(var) != var / "pg":
        socket_folder(var).rmdir()


def _ended(var: Path, child: "subprocess.Popen[bytes] | None", number: int, patience: float) -> bool:
    """Send the server the signal; whether it was gone within `patience` seconds."""
    data = var / "pg" / "data"
    deadline = time.monotonic() + patience
    if pid := _postmaster(data):
        os.kill(pid, number)
    while _postmaster(data) or (child and child.poll() is None):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _exit_on_signals() -> None:
    """Make SIGTERM and SIGHUP ordinary exits: by default they end Python without its exit functions."""

    def leave(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        with suppress(ValueError):  # not the main thread
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, leave)


# The server's life. All of this runs behind the door: one process at a time for each var.


def _answer(var: Path, child: "subprocess.Popen[bytes] | None" = None) -> "Connection | None":
    """A connection as soon as the server takes one; None when there is no server to wait for."""
    import psycopg

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return psycopg.connect(
                host=str(socket_folder(var)), port=PORT, user=NAME, dbname="postgres", autocommit=True
            )
        except psycopg.OperationalError as error:
            running = child.poll() is None if child else _postmaster(var / "pg" / "data")
            if not running:
                return None
            if time.monotonic() > deadline or ("FATAL" in str(error) and not _passing(str(error))):
                raise Unavailable(why(str(error), var)) from error
        time.sleep(0.02)


def _passing(words: str) -> bool:
    """Starting, recovering, stopping or crowded: in time the server will answer, or be gone."""
    return "the database system is" in words or "too many clients" in words


def _launch(var: Path, durable: bool) -> "Connection":
    deadline = time.monotonic() + PATIENCE
    while True:
        log = _log(var / "pg")
        said = log.stat().st_size
        _children[var] = _spawn(var, log, durable)
        if connection := _answer(var, _children[var]):
            return connection
        words = log.read_bytes()[said:].decode(errors="replace")
        # The sessions of a killed server end by themselves, a little after it.
        if "shared memory block" not in words or time.monotonic() > deadline:
            raise Unavailable(why(words, var))
        time.sleep(0.5)


def _spawn(var: Path, log: Path, durable: bool) -> "subprocess.Popen[bytes]":
    home = var / "pg"
    folder = private_socket_folder(var)
    _clear_traces(home / "data", folder)
    values = SMALL_MACHINE | (DURABLE if durable else FORGETFUL)
    values["unix_socket_directories"] = '"' + str(folder).replace('"', '""') + '"'
    options = [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
    with log.open("ab") as out:
        return subprocess.Popen(
            [programs_for(home) / "postgres", "-D", os.path.realpath(home / "data"), *options],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C in the terminal is for motcua alone, which then stops the server
            **as_owner(home),
        )


def _init(home: Path, durable: bool) -> None:
    """Make the cluster aside and rename it: one that was cut off half-way is never taken for a cluster."""
    data = home / "data"
    if data.exists():
        found = (data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise Unavailable(
                f"{data} là của PostgreSQL {found}, bản đi kèm là {MAJOR}: sao lưu bằng bản cũ rồi nạp lại "
                f"(the cluster is of PostgreSQL {found}; dump it with that version and restore)"
            )
        return
    for leftover in home.glob("new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    draft = home.resolve() / f"new-{secrets.token_hex(4)}"
    options = f"--username={NAME} --auth=trust --encoding=UTF8 --no-instructions".split()
    # The operating system's sort order may change under a cluster with an upgrade; the built-in one does not.
    options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += [] if durable else ["--no-sync"]
    words: list[str | Path] = [programs_for(home) / "initdb", "-D", draft, *options]
    try:
        done = subprocess.run(words, capture_output=True, text=True, **as_owner(home))
        if done.returncode:
            raise Unavailable(why(done.stderr, home.parent))
        draft.rename(data)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _postmaster(data: Path) -> int | None:
    """The process id of the server running on `data`; the id in its file may by now be another's."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, 0)
        return pid if _serves(pid, data) else None
    except (OSError, ValueError):
        return None


def _serves(pid: int, data: Path) -> bool:
    """Whether the living process `pid` is the server of `data`; a zombie serves nobody."""
    process = Path(f"/proc/{pid}")
    if not process.exists():  # a system without /proc
        told = subprocess.run(
            ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True
        ).stdout
        return "postgres" in told and not told.startswith("Z")
    name, _, state = (process / "stat").read_text().partition(") ")
    if state.startswith("Z"):
        return False
    try:
        return os.path.samefile(process / "cwd", data)
    except PermissionError:  # root in a container may not look into other users' processes
        return name.endswith("(postgres")


def _clear_traces(data: Path, sockets: Path) -> None:
    """Let PostgreSQL start after a kill, even if its old process id is a zombie's or somebody else's by now.

    It takes any living process of the same user for its former self, but never its own parent. The file
    must stay: its other lines guard against sessions that outlived a killed server.
    """
    (sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    file = data / "postmaster.pid"
    with suppress(FileNotFoundError):
        _, *rest = file.read_text().split("\n")
        file.write_text("\n".join([str(os.getpid()), *rest]))


def _log(home: Path) -> Path:
    log = home / "log"
    if log.exists() and log.stat().st_size > 5_000_000:
        log.replace(home / "log.old")
    log.touch(mode=0o600)
    if os.geteuid() == 0:
        os.chown(log, home.stat().st_uid, home.stat().st_gid)
    return log

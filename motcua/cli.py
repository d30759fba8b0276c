"""The `motcua` command: the management commands of all rooms under one name, each failure one clear line.

Exit codes: 0 done, 1 a check found something wrong, 2 the command could not do its work, 130 interrupted.
"""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError

from motcua import embedded
from motcua.ui import options

ROOMS = Path(__file__).parent
OLDEST_SERVER = 15
WITHOUT_DATABASE = {"check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages"}
GONE = {
    "08",
    "53",
    "57",
    "58",
    "XX",
}  # classes of SQLSTATE: connection, resources, operator, system, internal


def main() -> None:
    """Run the command of `sys.argv`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.settings")
    try:
        _run(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        line = None if "--traceback" in sys.argv else _line(error)
        if line is None:
            raise
        _fail(line, getattr(error, "returncode", 2))


def _run(argv: list[str]) -> None:
    if argv[1:2] == ["help"] and len(argv) > 2:
        argv = [argv[0], argv[2], "--help"]
    name = argv[1] if len(argv) > 1 else "help"
    if name == "--version":
        print(version("motcua"))
    elif name in ("help", "--help", "-h"):
        _list()
    else:
        command = _light(name) or _full(name, argv)
        given = vars(command.create_parser("motcua", name).parse_args(argv[2:]))
        command.execute(*given.pop("args", ()), **given)


def _list() -> None:
    import django

    _read_address()
    django.setup()
    print("motcua LỆNH [tùy chọn]; motcua LỆNH --help cho từng lệnh\n")
    for name, room in sorted(get_commands().items()):
        if room.startswith("motcua"):
            print(f"  {name.replace('_', '-'):16}{load_command_class(room, name).help}")
    others = sorted(name for name, room in get_commands().items() if not room.startswith("motcua"))
    print(f"\nCủa Django và Procrastinate: {', '.join(others)}")


def _light(name: str) -> BaseCommand | None:
    """A command that says `needs_database = False`, without loading the rooms: in a third of the time.

    It is read before it is imported because other commands import models, which need all rooms loaded.
    """
    for file in ROOMS.glob(f"**/management/commands/{name}.py") if name.isidentifier() else ():
        if "needs_database = False" in file.read_text():
            module = ".".join(file.relative_to(ROOMS.parent).with_suffix("").parts)
            command: BaseCommand = import_module(module).Command()
            command.requires_system_checks = []
            return command
    return None


def _full(name: str, argv: list[str]) -> BaseCommand:
    import django

    _read_address()
    django.setup()
    # What is typed with a hyphen lies in a module, which has none.
    name = name if name in get_commands() else name.replace("-", "_")
    if name not in get_commands():
        raise CommandError(f"không có lệnh “{name}”: xem motcua help (no such command)")
    command = load_command_class(get_commands()[name], name)
    if name not in WITHOUT_DATABASE and not {"-h", "--help", "--alone"} & set(argv):
        _reach_database()
    return command


def _read_address() -> None:
    from django.conf import settings

    try:
        engine = settings.DATABASES["default"]["ENGINE"]
    except ValueError:
        engine = ""
    if engine != "django.db.backends.postgresql":
        raise CommandError(
            "DATABASE_URL phải có dạng postgresql://người:mật-khẩu@máy/tên (not a PostgreSQL address)"
        )


def _reach_database() -> None:
    from django.conf import settings
    from django.db import NotSupportedError, OperationalError, connection

    if not os.environ.get("DATABASE_URL"):
        embedded.start(settings.VAR)
        return
    try:
        connection.ensure_connection()
        old = connection.connection.info.server_version < OLDEST_SERVER * 10_000
    except NotSupportedError:
        old = True
    except OperationalError as error:
        raise CommandError(f"không tới được DATABASE_URL (unreachable): {_first_line(error)}") from error
    if old:
        raise CommandError(f"DATABASE_URL: cần PostgreSQL {OLDEST_SERVER} trở lên (PostgreSQL is too old)")


def _line(error: BaseException) -> str | None:
    """The line for an error that a user can act on; None for a fault of ours."""
    if isinstance(error, CommandError | ImproperlyConfigured):
        said = str(error)
        # Of argparse, by way of Django.
        return options.told(said.removeprefix("Error: "), sys.argv) if said.startswith("Error: ") else said
    cause = _lost_database(error)
    if cause is None:
        return None
    from django.conf import settings

    return embedded.lost(settings.VAR, str(cause))


def _lost_database(error: BaseException) -> BaseException | None:
    """What the driver said when the server went away; None for other errors, deadlocks among them."""
    # By name: Django, psycopg and its pool each have their own.
    names = {"OperationalError", "InterfaceError"}
    said = [link for link in _chain(error) if names & {kind.__name__ for kind in type(link).__mro__}]
    if not said or (getattr(said[-1], "sqlstate", None) or "08")[:2] not in GONE:
        return None
    return said[-1]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]


def _fail(line: str, code: int) -> NoReturn:
    print(f"motcua: {line}", file=sys.stderr)
    sys.exit(max(code, 2))

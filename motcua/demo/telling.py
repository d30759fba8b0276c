"""What the demo says on the terminal: bars while it works, then who may sign in and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from motcua.dossiers.models import Task
from motcua.law.calendar import TZ
from motcua.people.models import Officer, Role, Unit, UnitKind

from . import province

TENTHS = 10  # how many lines stand for a bar where there is no terminal
SHOWN = (Role.RECEPTION, Role.ASSIGNER, Role.HANDLER, Role.SIGNER, Role.CLERK, Role.HEAD)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody a visitor may be (tài khoản dùng thử): with `tasks` things to do in `unit`."""

    role: str
    unit: str
    name: str
    username: str
    tasks: int


class Teller:
    """Says what goes on: a moving bar on a terminal, a line at each tenth elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def say(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def bar(self, title: str, total: float) -> Iterator[Callable[[float, str], None]]:
        """Yields what to call with how much is done and a word about it."""
        if self.console.is_terminal:
            yield from self._moving(title, total)
        else:
            yield from self._lines(title, total)

    def _moving(self, title: str, total: float) -> Iterator[Callable[[float, str], None]]:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, TextColumn("{task.fields[word]}"), console=self.console) as progress:
            task = progress.add_task(title, total=total, word="")
            yield lambda done, word: progress.update(task, completed=done, word=word)
            progress.update(task, completed=total)

    def _lines(self, title: str, total: float) -> Iterator[Callable[[float, str], None]]:
        said = [0]

        def tell(done: float, word: str) -> None:
            tenth = int(TENTHS * done / total) if total else TENTHS
            if tenth > said[0]:
                said[0] = tenth
                self.say(f"{title}: {100 * tenth // TENTHS} % {word}")

        yield tell


def said(moment: datetime) -> str:
    return f"{moment.astimezone(TZ):%H:%M ngày %d/%m/%Y}"


def grouped(number: int) -> str:
    """A number as it is written in Vietnamese: 15.799."""
    return f"{number:,}".replace(",", ".")


def sign_ins() -> list[SignIn]:
    """For each role the officer with most to do, in the busiest department and the busiest commune."""
    found = [_sign_in(role, unit) for role in SHOWN for unit in _busiest()]
    said = {
        "kiem-soat": "Kiểm soát thủ tục",
        "cai-cach": "Cải cách hành chính",
        "tham-dinh": "Thẩm định văn bản",
        f"{province.POSTMAN}-1": Role.POSTAL.label,
        province.ADMIN: Role.ADMIN.label,
    }
    others = Officer.objects.filter(username__in=said).order_by("-pk").prefetch_related("posts__unit")
    alone = [SignIn(said[o.username], o.posts.all()[0].unit.name, o.full_name, o.username, 0) for o in others]
    return [entry for entry in found if entry] + alone


def table(entries: Sequence[SignIn]) -> Table:
    """The demo sign-ins: a row for each role, and beside each user name what waits for them."""
    roles: dict[str, list[SignIn]] = {}
    for entry in entries:
        roles.setdefault(entry.role, []).append(entry)
    shown = Table(title="Tài khoản dùng thử (số việc đang chờ)")
    units = list(dict.fromkeys(entry.unit for entry in entries))[:2]
    for head in ("Vai trò", *units):
        shown.add_column(head, overflow="fold")
    for role, holders in roles.items():
        cells = {entry.unit: f"{entry.username} ({entry.tasks})" for entry in holders}
        elsewhere = [f"{entry.username}: {entry.unit}" for entry in holders if entry.unit not in units]
        shown.add_row(role, *(elsewhere or (cells.get(unit, "") for unit in units)))
    return shown


def _busiest() -> list[Unit]:
    waiting = Count("decided", filter=Q(decided__ended_at__isnull=True))
    kinds = (UnitKind.DEPARTMENT, UnitKind.COMMUNE)
    ranked = (Unit.objects.filter(kind=k, valid_to__isnull=True).annotate(w=waiting) for k in kinds)
    return [unit for units in ranked if (unit := units.order_by("-w", "code").first())]


def _sign_in(role: Role, unit: Unit) -> SignIn | None:
    holders = Officer.objects.filter(posts__unit=unit, posts__role=role).distinct()
    mine = Count("tasks", distinct=True)
    officer = holders.annotate(mine=mine).order_by("-mine", "username").first()
    if officer is None:
        return None
    return SignIn(
        role.label, unit.name, officer.full_name, officer.username, _open_tasks(officer, role, unit)
    )


def _open_tasks(officer: Officer, role: Role, unit: Unit) -> int:
    """What the officer's worklist shows: what was given to them, and what their role may take."""
    desks = Unit.objects.filter(posts__officer=officer, posts__role=role)
    free = Q(unit__in=desks, role=role, officer__isnull=True)
    return Task.objects.filter(free | Q(officer=officer), waiting=False).count()

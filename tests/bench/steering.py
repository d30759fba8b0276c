"""Every page of the room of steering at 1,000 tasks and at a large pile: flat, and at most twenty questions each.

Both databases hold the same three hundred units, their heads and a round of the index; tasks, directives and entries of
books grow a hundredfold (leading.py). Both are verified against their facts.
"""

from __future__ import annotations

import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from typing import NamedTuple

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from motcua.people.models import Officer, Role
from motcua.scores import fresh
from motcua.scores.models import Counted
from motcua.steering import acts, kept, reminders
from motcua.steering.models import Task

from . import steering_pages, stores
from .result import fair, line, row_seconds
from .seeding import Seeded

TURNS, ASKED = 5, 3
FLAT, MOST = 0.7, 20
MOST_OF_PACK = 50  # eight pages in one paper, each asking for itself
OF_TASKS = {"steering", "steering-unit", "tasks"}  # pages that draw rows of tasks alike
SAMPLE = 2_000
MEGABYTES = 64  # of the job of reminders, whatever the pile


class Look(NamedTuple):
    """One look at a page: the seconds it took, its questions to the database, the rows of its tables and their form."""

    seconds: float
    questions: int
    rows: int
    form: str = ""


def run(large: int) -> list[dict[str, object]]:
    """Seed both, verify both, look at every page in both, and go through the reminders of a day."""
    small, _ = stores.steered(steering_pages.SMALL)
    name, seeded = stores.steered(large)
    found = [_rate(seeded)] if seeded else []
    for store in (small, name):
        with stores.using(store):
            found.append(_verified())
    found += _pages(small, name, large)
    with stores.using(name):
        found.append(_reminded(large))
    return found


def _rate(seeded: Seeded) -> dict[str, object]:
    measure = f"tasks/s seeded, {seeded.facts / seeded.dossiers:.1f} facts each, with books, sheets, grades"
    return line("steering", measure, seeded.dossiers / seeded.seconds, "100 a second", 100, 1)


def _verified() -> dict[str, object]:
    """A sample of every projection is folded again; SystemExit tells that one differs."""
    began, out = time.perf_counter(), StringIO()
    call_command("verify-tasks", sample=SAMPLE, stdout=out)
    seconds = time.perf_counter() - began
    number = min(SAMPLE, Task.objects.count())
    return line("steering", f"tasks/s verified, {number:,} of them", number / seconds, "30 a second", 30, 1)


def _pages(small: str, name: str, large: int) -> list[dict[str, object]]:
    """The best time of each page here and there, asked by turns so that a noisy minute falls on both."""
    looks: dict[str, tuple[list[Look], list[Look]]] = {}
    for turn in range(TURNS):
        for place, store in enumerate((small, name)):
            with stores.using(store):
                for page, look in _look(cold=not turn):
                    looks.setdefault(page, ([], []))[place].append(look)
    best = {page: (min(here), min(there)) for page, (here, there) in looks.items()}
    seen = [(a.form, ((a.seconds, a.rows), (b.seconds, b.rows))) for a, b in best.values()]
    rows = {
        form: row_seconds([pair for f, pair in seen if f == form], [pair for _, pair in seen])
        for form, _ in seen
    }
    asked = {page: max(look.questions for look in here + there) for page, (here, there) in looks.items()}
    return [_line(page, *pair, asked[page], rows[pair[0].form], large) for page, pair in best.items()]


def _line(page: str, here: Look, there: Look, questions: int, row: float, large: int) -> dict[str, object]:
    """As if the page at a thousand had as many rows; too many questions hold nothing."""
    measure = f"{page}: pages/s at {large:,}, {there.rows} rows, {questions} questions"
    least = fair(here.seconds, here.rows, there.rows, row)
    told = f"at {steering_pages.SMALL:,}"
    found = line("steering", measure, 1 / there.seconds, told, 1 / least, FLAT)
    most = MOST_OF_PACK if page.startswith("pack of") else MOST
    return found | {"holds": bool(found["holds"]) and questions <= most}


def _look(*, cold: bool) -> Iterator[tuple[str, Look]]:
    """Every page once; `cold`: its questions are those of a worker that keeps nothing, where nobody else does.

    A page that keeps what it counted is looked at once more right after an act, and with nothing kept.
    """
    for who, pages in steering_pages.asked().items():
        client = Client(SERVER_NAME="localhost")
        client.force_login(Officer.objects.get(username=who))
        for page, url in pages.items():
            (_forget if cold else kept.forget)()
            with CaptureQueriesContext(connection) as asked:
                _seen(client, url)
            questions = len(asked)  # before the next look begins its count anew
            yield page, min(_seen(client, url) for _ in range(ASKED))._replace(questions=questions)
            if kept.keeps():
                yield f"{page}, right after an act", _after(_act, client, url)
                yield f"{page}, nothing kept", _after(_forget, client, url)


def _after(happens: Callable[[], None], client: Client, url: str) -> Look:
    """The best look right after something."""
    looks = []
    for _ in range(ASKED):
        happens()
        with CaptureQueriesContext(connection) as asked:
            look = _seen(client, url)
        looks.append(look._replace(questions=len(asked)))
    return min(looks)


def _act() -> None:
    """A task is paused, or goes on: the figures of its unit are no longer what was kept."""
    at = timezone.now()
    task = Task.objects.filter(state__in=["doing", "paused"]).order_by("pk")[0]
    judge = Officer.objects.get(posts__role=Role.HEAD, posts__unit=task.giver)
    if task.state == "paused":
        acts.resume_task(task, by=judge, at=at)
    else:
        acts.pause_task(task, reason="Chờ hướng dẫn", by=judge, at=at)


def _forget() -> None:
    fresh.forget()
    kept.forget()
    Counted.objects.all().delete()


def _seen(client: Client, url: str) -> Look:
    began = time.perf_counter()
    answer = client.get(url)
    if answer.streaming:  # type: ignore[attr-defined]
        content = b"".join(answer)  # type: ignore[call-overload]
        return Look(time.perf_counter() - began, 0, _rows(content), "file")
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, (url, answer.status_code)
    name = resolve(url.partition("?")[0]).url_name or ""
    return Look(seconds, 0, answer.content.count(b"<tr"), "tasks" if name in OF_TASKS else name)


def _rows(file: bytes) -> int:
    """The rows of a spreadsheet; none of another file."""
    if not file.startswith(b"PK"):
        return 0
    with zipfile.ZipFile(BytesIO(file)) as book:
        return book.read("xl/worksheets/sheet1.xml").count(b"<row ")


def _reminded(large: int) -> dict[str, object]:
    """The reminders of a day are gone through without holding the tasks in memory."""
    at = timezone.now() + timedelta(days=1)
    tracemalloc.start()
    began = time.perf_counter()
    tasks, _ = reminders.remind_all(at)
    seconds = time.perf_counter() - began
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    measure = f"reminders/s, {tasks:,} of {large:,} tasks, {peak:.0f} MB"
    rate = line("steering", measure, tasks / seconds, "20 a second", 20, 1)
    return rate | {"holds": bool(rate["holds"]) and peak <= MEGABYTES}

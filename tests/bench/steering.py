"""Every page of the room of steering at 1,000 tasks and at a large pile: flat, and under twenty questions each.

Both databases hold the same three hundred units, their heads and a round of the index; tasks, directives and entries of
books grow a hundredfold (leading.py). Both are verified against their facts.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import timedelta
from io import StringIO
from typing import NamedTuple

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from motcua.law.calendar import day
from motcua.people.models import Officer
from motcua.steering import queries, reminders
from motcua.steering.models import BookEntry, Instrument, Task
from motcua.steering.par.models import ParRound

from . import stores
from .result import fair, line, row_seconds
from .seeding import Seeded

SMALL = 1_000
TURNS, ASKED = 5, 3
FLAT, MOST = 0.7, 20
SAMPLE = 2_000
MEGABYTES = 64  # of the job of reminders, whatever the pile
BOOK = "kho-khan"
CALM = "handler-x007"


class Look(NamedTuple):
    """One look at a page: the seconds it took, its questions to the database, the rows of its tables."""

    seconds: float
    questions: int
    rows: int


def run(large: int) -> list[dict[str, object]]:
    """Seed both, verify both, look at every page in both, and go through the reminders of a day."""
    small, _ = stores.steered(SMALL)
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
    for _ in range(TURNS):
        for place, store in enumerate((small, name)):
            with stores.using(store):
                for page, look in _look():
                    looks.setdefault(page, ([], []))[place].append(look)
    best = {page: (min(here), min(there)) for page, (here, there) in looks.items()}
    row = row_seconds((look.seconds, look.rows) for pair in best.values() for look in pair)
    return [_line(page, here, there, row, large) for page, (here, there) in best.items()]


def _line(page: str, here: Look, there: Look, row: float, large: int) -> dict[str, object]:
    """As if the page at a thousand had as many rows; too many questions hold nothing."""
    measure = f"{page}: pages/s at {large:,}, {there.rows} rows, {there.questions} questions"
    least = fair(here.seconds, here.rows, there.rows, row)
    found = line("steering", measure, 1 / there.seconds, f"at {SMALL:,}", 1 / least, FLAT)
    return found | {"holds": bool(found["holds"]) and max(here.questions, there.questions) <= MOST}


def _look() -> Iterator[tuple[str, Look]]:
    for who, pages in _asked().items():
        client = Client(SERVER_NAME="localhost")
        client.force_login(Officer.objects.get(username=who))
        for page, url in pages.items():
            with CaptureQueriesContext(connection) as asked:
                _seen(client, url)
            questions = len(asked)  # before the next look begins its count anew
            yield page, min(_seen(client, url) for _ in range(ASKED))._replace(questions=questions)


def _seen(client: Client, url: str) -> Look:
    began = time.perf_counter()
    answer = client.get(url)
    if answer.streaming:  # type: ignore[attr-defined]
        next(iter(answer))  # type: ignore[call-overload]
        return Look(time.perf_counter() - began, 0, 0)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, (url, answer.status_code)
    return Look(seconds, 0, answer.content.count(b"<tr"))


def _asked() -> dict[str, dict[str, str]]:
    return {
        "controller-t": _led() | _listed() | _round(),
        "head-s003": {f"head of a department, {name}": url for name, url in _own("S003").items()},
        CALM: {f"officer of a commune, {name}": url for name, url in _own("X007").items()},
    }


def _own(code: str) -> Mapping[str, str]:
    return {
        "duties": "/dieu-hanh/",
        "list": "/dieu-hanh/nhiem-vu/?vai=cua-toi",
        "list, all of mine": "/dieu-hanh/nhiem-vu/?vai=cua-toi&o=tat-ca",
        "unit": f"/dieu-hanh/don-vi/{code}/",
    }


def _led() -> Mapping[str, str]:
    some, book = Task.objects.order_by("pk")[SMALL // 2], BookEntry.objects.filter(book=BOOK)
    year = timezone.now().year
    head = some.lead.posts.get(role="head").pk
    return {
        "duties": "/dieu-hanh/",
        "board": "/dieu-hanh/bang/",
        "board of communes, latest page": "/dieu-hanh/bang/?cap=xa&trang=6",
        "unit": f"/dieu-hanh/don-vi/{some.lead.code}/",
        "task": f"/dieu-hanh/nhiem-vu/{some.pk}/",
        "directives": "/dieu-hanh/van-ban/",
        "directives by word": "/dieu-hanh/van-ban/?q=cai+cach",
        "directive": f"/dieu-hanh/van-ban/{some.instrument_id}/",
        "plans": "/dieu-hanh/ke-hoach/",
        "targets": "/dieu-hanh/chi-tieu/",
        "reports": "/dieu-hanh/bao-cao/",
        "report of a period": f"/dieu-hanh/bao-cao/tasks/T/{year}-h1/",
        "list of the overdue of a month": f"/dieu-hanh/bao-cao/overdue/T/{_month()}/",
        "letter of urging": f"/dieu-hanh/don-vi/{some.lead.code}/don-doc/",
        "dependencies": "/dieu-hanh/phu-thuoc/",
        "heads": "/dieu-hanh/nguoi-dung-dau/",
        "card of a head": f"/dieu-hanh/nguoi-dung-dau/{head}/{year - 1}/",
        "books": "/dieu-hanh/so/",
        "book": f"/dieu-hanh/so/{BOOK}/",
        "book far down": f"/dieu-hanh/so/{BOOK}/?sau={book.order_by('pk')[200].pk}",
        "book by word": f"/dieu-hanh/so/{BOOK}/?q=noi+dung",
        "book, overdue": f"/dieu-hanh/so/{BOOK}/?tinh_trang=qua-han",
        "book of one unit": f"/dieu-hanh/so/{BOOK}/?don_vi={some.lead.code}",
        "behind a share, denominator": f"/dieu-hanh/so/{BOOK}/ty-le/da-tra-loi/d/",
        "behind a share, numerator": f"/dieu-hanh/so/{BOOK}/ty-le/giai-quyet/n/",
        "entry of a book": f"/dieu-hanh/so/{BOOK}/{book.order_by('pk')[200].pk}/",
    }


def _month() -> str:
    last = day(timezone.now()).replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}"


def _listed() -> Mapping[str, str]:
    """The list of tasks with each of its filters."""
    some = Task.objects.order_by("pk")[SMALL // 2]
    instrument = Instrument.objects.get(pk=some.instrument_id)
    asked = {
        "": "",
        "far down": f"sau={_far()}",
        "everything": "o=tat-ca",
        "everything, newest first": "o=tat-ca&xep=moi",
        "overdue": "o=qua-han",
        "due soon": "o=sap-den-han",
        "waiting": "o=cho-xac-nhan",
        "done in time": "o=dung-han",
        "done late": "o=tre-han",
        "by unit": "xep=don-vi",
        "latest first": "xep=-han",
        "of one unit": f"don_vi={some.lead.code}&o=tat-ca",
        "of a field": "linh_vuc=thu-tuc&o=tat-ca",
        "with a tag": "nhan=trong-tam&o=tat-ca",
        "of a year": f"nam={timezone.now().year}&o=tat-ca",
        "of an instrument": f"van_ban={instrument.pk}&o=tat-ca",
        "by words": "q=mot+cua&o=tat-ca",
        "by a number": f"q={instrument.number}&o=tat-ca",
        "by a word nobody wrote": "q=xyzabc",
        "given by us": "vai=giao",
        "waiting for us": "vai=cho-toi",
        "where we cooperate": "vai=phoi-hop",
    }
    found = {f"tasks {name}".strip(): f"/dieu-hanh/nhiem-vu/?{said}" for name, said in asked.items()}
    return found | {"tasks as a file, first bytes": "/dieu-hanh/nhiem-vu/?don_vi=X007&o=tat-ca&xuat=xlsx"}


def _far() -> str:
    """The key of a task in the middle of what is owed."""
    some = Task.objects.filter(queries.unsettled()).order_by("until", "id")
    task = some[some.count() // 2]
    return f"{task.until}~{task.pk}"


def _round() -> Mapping[str, str]:
    made = ParRound.objects.order_by("pk")[0]
    here = f"/dieu-hanh/cchc/{made.pk}/"
    return {
        "rounds of the index": "/dieu-hanh/cchc/",
        "round of three hundred units": here,
        "lost points": f"{here}mat-diem/",
        "lost points of one criterion": f"{here}mat-diem/?tieu_chi=1.2",
        "sheet of a unit": f"{here}X007/",
        "criterion of a sheet": f"{here}X007/tieu-chi/1.2/",
    }


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

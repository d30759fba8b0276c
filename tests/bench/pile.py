"""Every kind of list at 1,000 dossiers and at a large pile: the page must not feel the pile.

Both databases hold the same province, seeded from facts (seeding.py); each page is asked for in one and the other by
turns, so that a noisy minute falls on both.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from io import StringIO
from typing import NamedTuple
from urllib.parse import urlencode

from django.core.management import call_command
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from motcua.dossiers.models import Dossier, Task
from motcua.people.models import Officer, Post, Role, Unit

from . import stores
from .result import fair, line, row_seconds
from .seeding import Seeded

SMALL = 1_000
SAMPLE = 2_000
TURNS, ASKED = 5, 3
FLAT = 0.7
CALM = {
    "search of the calmest commune": "/ho-so/",
    "search of the calmest commune by name": "/ho-so/?q=Hoàng",
    "search of the calmest commune, refused": "/ho-so/?trang_thai=3",
}


def run(large: int) -> list[dict[str, object]]:
    """Seed both, look at every page in both, and verify a sample of the large one."""
    small, _ = stores.seeded(SMALL)
    name, seeded = stores.seeded(large)
    found = [_rate(seeded)] if seeded else []
    with stores.using(name):
        found.append(_verified(large))
    return found + _pages(small, name, large)


def _rate(seeded: Seeded) -> dict[str, object]:
    rate = seeded.dossiers / seeded.seconds
    measure = f"dossiers/s seeded, {seeded.facts / seeded.dossiers:.1f} facts each"
    return line("pile", measure, rate, "100 a second", 100, 1)


def _verified(large: int) -> dict[str, object]:
    """A sample of the seeded dossiers is folded again; SystemExit tells that one differs."""
    began, out = time.perf_counter(), StringIO()
    call_command("verify", sample=SAMPLE, stdout=out)
    seconds = time.perf_counter() - began
    measure = f"dossiers/s verified, a sample of {SAMPLE:,} in {large:,}, tables counted"
    return line("pile", measure, SAMPLE / seconds, "30 a second", 30, 1)


def _pages(small: str, name: str, large: int) -> list[dict[str, object]]:
    """The best time of each page here and there; a thousand may fill less than a page, which is taken into account."""
    looks: dict[str, tuple[list[Look], list[Look]]] = {}
    for _ in range(TURNS):
        for place, store in enumerate((small, name)):
            with stores.using(store):
                for page, look in _look():
                    looks.setdefault(page, ([], []))[place].append(look)
    best = {page: (min(here), min(there)) for page, (here, there) in looks.items() if here and there}
    seen = [(a.path, ((a.seconds, a.rows), (b.seconds, b.rows))) for a, b in best.values()]
    rows = {
        path: row_seconds([pair for p, pair in seen if p == path], [pair for _, pair in seen])
        for path, _ in seen
    }
    return [_line(page, here, there, rows[here.path], large) for page, (here, there) in best.items()]


def _line(page: str, here: Look, there: Look, row: float, large: int) -> dict[str, object]:
    """As if the page at a thousand had as many rows."""
    measure = f"{page}: pages/s at {large:,}, {there.rows} rows"
    least = fair(here.seconds, here.rows, there.rows, row)
    return line("pile", measure, 1 / there.seconds, f"at {SMALL:,}", 1 / least, FLAT)


class Look(NamedTuple):
    """One look at a page: the seconds it took, the rows of its table, and its path: pages of one have one form."""

    seconds: float
    rows: int
    path: str


def _look() -> Iterator[tuple[str, Look]]:
    for who, pages in _asked().items():
        client = Client(SERVER_NAME="localhost")
        client.force_login(who)
        for page, url in pages.items():
            _seen(client, url)
            yield page, min(_seen(client, url) for _ in range(ASKED))


def _seen(client: Client, url: str) -> Look:
    began = time.perf_counter()
    answer = client.get(url)
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, url
    return Look(seconds, answer.content.count(b"<tr"), url.partition("?")[0])


def _asked() -> dict[Officer, dict[str, str]]:
    """The pages of who sees most: control for the whole province, three posts of the busiest department; and least."""
    handler, desk, chief = (_at(role, "-n") for role in (Role.HANDLER, Role.RECEPTION, Role.ASSIGNER))
    control, calm = Officer.objects.get(username="kiem-soat"), _at(Role.HANDLER, "n")
    return {control: _searches(), handler: _lists(), desk: _desk(), chief: _led(chief), calm: CALM}


def _at(role: str, order: str) -> Officer:
    """An officer of the unit where most ("-n") or fewest ("n") wait for the role."""
    tasks = Task.objects.filter(role=role).values("unit").annotate(n=Count("id")).order_by(order, "unit")
    for row in tasks:
        if post := Post.objects.filter(unit=row["unit"], role=role, valid_to=None).first():
            return post.officer
    raise LookupError(role)


def _searches() -> Mapping[str, str]:
    some = Dossier.objects.order_by("pk")[SMALL // 2]
    week = (timezone.now() - timedelta(days=7)).date().isoformat()
    asked = {
        "all": {},
        "a page far down": {"sau": str(some.pk)},
        "the last page": {"truoc": "1"},
        "by code": {"q": some.code},
        "by the beginning of a code": {"q": some.code[:12]},
        "by identity": {"q": some.identity},
        "by phone": {"q": some.phone},
        "by a whole name": {"q": some.applicant},
        "by a common name": {"q": "Nông Văn"},
        "by a name nobody has": {"q": "Xyzabc"},
        "in process": {"trang_thai": "4"},
        "returned": {"trang_thai": "10"},
        "refused": {"trang_thai": "3"},
        "of one unit": {"don_vi": some.deciding_unit.code},
        "of this week": {"tu": week},
        "of a week long ago": {"tu": _day(some, -3), "den": _day(some, 3)},
        "until a week long ago": {"den": _day(some, 3)},
        "of a week long ago, returned": {"tu": _day(some, -3), "den": _day(some, 3), "trang_thai": "10"},
        "of this week, refused": {"tu": week, "trang_thai": "3"},
        "a name in one unit": {"q": "Nông", "don_vi": some.deciding_unit.code},
    }
    found = {f"search {name}": f"/ho-so/?{urlencode(said)}" for name, said in asked.items()}
    return found | _figures(some.deciding_unit)


def _figures(unit: Unit) -> dict[str, str]:
    """What numbers open to: of the running month, of one long over, of the whole year, of one unit."""
    today = timezone.now()
    old = (today - timedelta(days=150)).strftime("%Y-%m")
    return {
        "index": "/chi-so/",
        "index, rows of a figure": "/chi-so/04/2.1/mau/",
        "index, rows of a figure, what fell short": "/chi-so/04/2.1/chua-dat/",
        "index, rows of a figure, months ago": f"/chi-so/04/4.1/tu/?ky={old}",
        "index, rows of a figure of the year": f"/chi-so/04/4.2/chua-dat/?ky={today.year}",
        "index, rows of a figure of one unit": f"/chi-so/{unit.code}/3.3/tu/",
        "index, rows of a figure of procedures": "/chi-so/04/3.5/mau/",
    }


def _day(dossier: Dossier, after: int) -> str:
    return (dossier.filed_at + timedelta(days=after)).date().isoformat()


def _lists() -> Mapping[str, str]:
    lists = ("", "qua-han", "hom-nay", "tuan-nay", "tam-dung", "cua-toi")
    found = {f"worklist {slug or 'all'}": f"/ban-lam-viec/?{urlencode({'loc': slug})}" for slug in lists}
    found["worklist latest first"] = "/ban-lam-viec/?xep=xa"
    found["worklist by name"] = f"/ban-lam-viec/?{urlencode({'q': 'Nông'})}"
    return found | {"procedures": "/thu-tuc/", "procedures by word": "/thu-tuc/?q=dat+dai"}


def _desk() -> Mapping[str, str]:
    return {
        f"worklist of the desk, {slug or 'all'}": f"/ban-lam-viec/?{urlencode({'loc': slug})}"
        for slug in ("", "tiep-nhan", "cho-tra")
    } | {
        "search of the desk": "/ho-so/",
        "search of the desk by name": "/ho-so/?q=Nong+Van",
        "guidance": "/tiep-nhan/huong-dan/",
        "notices": "/tin-bao/",
        "counter": "/tiep-nhan/",
    }


def _led(chief: Officer) -> Mapping[str, str]:
    unit = Unit.objects.filter(posts__officer=chief, posts__role=Role.ASSIGNER).first()
    assert unit
    whole = {"don-vi": unit.code}
    return {
        f"whole unit, {slug or 'all'}": f"/ban-lam-viec/?{urlencode(whole | {'loc': slug})}"
        for slug in ("", "chua-phan-cong", "qua-han")
    }

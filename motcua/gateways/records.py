"""What the national portal holds of the province's dossiers: its own figures, and every dossier with its state.

`client()` is the real one when PORTAL_URL is set, else the stand-in, which answers in the same words with what it was
told of, and says everywhere that it is one.

Unverified: no specification of these two services was found, so their names and those of the figures are settings
(PORTAL_RECORDS). A dossier comes under the names of the messages it was sent in (DongBoHoSoMC).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.conf import settings

from . import portal
from .portal import Unreachable

PAGE = 1000  # dossiers asked for at once
FIGURES = ("received", "settled", "waiting", "returned")
OVER, WAITING, RETURNED = frozenset({"7", "8", "9", "10"}), frozenset({"5", "6"}), "10"
Dossier = Mapping[str, Any]
Told = Callable[[date, date], Iterable[Dossier]]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the dossiers of a span of days, and how many there are in all."""

    rows: tuple[Dossier, ...]
    total: int


class Records(Protocol):
    stand_in: bool

    def figures(self, first: date, last: date) -> dict[str, int]:
        """The portal's own counts of what was accepted on these days, by FIGURES, as far as it has them.

        Raises Unreachable.
        """
        ...

    def pages(self, first: date, last: date) -> Iterator[Page]:
        """Every dossier accepted on these days. Raises Unreachable."""
        ...


class Client(portal.Client):
    """The real portal's adapter, behind the same door as what is sent."""

    def figures(self, first: date, last: date) -> dict[str, int]:
        return _figures(self._asked(asked("figures", first, last)))

    def pages(self, first: date, last: date) -> Iterator[Page]:
        return _pages(self._asked, first, last)

    def _asked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._post("/mapi/g", {**body, "session": self._session(), "dstcode": self.destination})


class StandIn:
    """Stands in for the portal where none is connected: answers what this installation itself has told it."""

    stand_in = True

    def __init__(self, told: Told) -> None:
        self._told = told
        self._kept: dict[tuple[str, str], list[Dossier]] = {}

    def figures(self, first: date, last: date) -> dict[str, int]:
        return _figures(self.reply(asked("figures", first, last)))

    def pages(self, first: date, last: date) -> Iterator[Page]:
        return _pages(self.reply, first, last)

    def reply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a portal answers to a body."""
        names: Mapping[str, str] = settings.PORTAL_RECORDS
        rows = self._rows(str(body["tuNgay"]), str(body["denNgay"]))
        if body["service"] == names["dossiers"]:
            begin = (int(body["trang"]) - 1) * int(body["soDong"])
            shown = rows[begin : begin + int(body["soDong"])]
            return {"error_code": "0", "message": "Bản thay thế", "tong": len(rows), "data": shown}
        if body["service"] == names["figures"]:
            counted = _counted(rows)
            told = {names[name]: counted[name] for name in FIGURES}
            return {"error_code": "0", "message": "Bản thay thế", "data": [told]}
        return {"error_code": "-1", "message": f"Không có dịch vụ {body['service']}"}

    def _rows(self, first: str, last: str) -> list[Dossier]:
        if (first, last) not in self._kept:
            days = (date.fromisoformat(text) for text in (first, last))
            self._kept[first, last] = list(self._told(*days))
        return self._kept[first, last]


def client(told: Told) -> Records:
    """The portal this installation asks; `told` gives what it was told, for the stand-in."""
    if settings.PORTAL_URL:
        return Client(
            settings.PORTAL_URL, settings.PORTAL_USER, settings.PORTAL_PASSWORD, settings.PORTAL_DESTINATION
        )
    return StandIn(told)


def asked(service: str, first: date, last: date, number: int = 1) -> dict[str, Any]:
    """The body that asks one of the two services for some days."""
    days = {"tuNgay": first.strftime("%Y%m%d"), "denNgay": last.strftime("%Y%m%d")}
    paged = {"trang": number, "soDong": PAGE} if service == "dossiers" else {}
    return {"service": settings.PORTAL_RECORDS[service], **days, **paged}


def _pages(ask: Callable[[Mapping[str, Any]], dict[str, Any]], first: date, last: date) -> Iterator[Page]:
    number, seen, total = 1, 0, 1
    while seen < total:
        answer = ask(asked("dossiers", first, last, number))
        rows, total = _rows(answer), _whole(answer.get("tong"))
        seen, number = seen + len(rows), number + 1
        if not rows and seen < total:
            raise Unreachable(f"Cổng DVCQG báo {total} hồ sơ mà chỉ trả {seen}")
        yield Page(rows, total)


def _figures(answer: Mapping[str, Any]) -> dict[str, int]:
    told = next(iter(_rows(answer)), {})
    names: Mapping[str, str] = settings.PORTAL_RECORDS
    return {name: _whole(told[names[name]]) for name in FIGURES if names[name] in told}


def _rows(answer: Mapping[str, Any]) -> tuple[Dossier, ...]:
    found = answer.get("data", answer.get("result"))
    if str(answer.get("error_code", "0")) not in ("0", "00") or found is None:
        raise Unreachable(f"Cổng DVCQG không trả số liệu: {answer.get('message', answer)}")
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(row, Mapping) for row in listed):
        raise Unreachable("Cổng DVCQG trả số liệu không đúng dạng")
    return tuple(listed)


def _whole(value: Any) -> int:
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        raise Unreachable(f"Cổng DVCQG trả số “{value}” không đọc được") from None


def _counted(rows: Iterable[Dossier]) -> dict[str, int]:
    states = [str(row["TrangThaiHoSo"]) for row in rows]
    return {
        "received": len(states),
        "settled": sum(state in OVER for state in states),
        "waiting": sum(state in WAITING for state in states),
        "returned": sum(state == RETURNED for state in states),
    }

"""How much of what the demo plays: published figures and assumptions, each with its source (`shares.yaml`)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from motcua.law import calendar
from motcua.law.calendar import Calendar, day


@cache
def book() -> Mapping[str, Any]:
    """What `shares.yaml` says."""
    text = (Path(__file__).parent / "shares.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


@cache
def share(name: str) -> float:
    """A share between 0 and 1, published or assumed."""
    return fraction(book()["shares"][name])


def fraction(entry: Mapping[str, Any]) -> float:
    """The number of an entry: its published count as a fraction, or the assumed share."""
    if "count" in entry:
        part, whole = entry["count"]
        return float(part / whole)
    return float(entry["share"])


def dossiers_a_month() -> int:
    """How many dossiers a month the demo plays when not told: the published volume, scaled down."""
    volume = book()["volume"]
    return int(volume["received_a_month"]["count"]) // int(volume["one_in"]["value"])


@dataclass(frozen=True)
class Arrivals:
    """When dossiers come in, from `start` until just before `end`."""

    start: datetime
    end: datetime
    office: Calendar

    def __post_init__(self) -> None:
        if not any(self.office.is_working(d) for d in self._days()):
            raise ValueError("khoảng thời gian chơi không có ngày làm việc nào")

    def online(self, rng: random.Random) -> datetime:
        """Any hour of any day; fewer at night, on weekends and holidays."""
        hours = book()["arrival"]["hours"]["value"]
        while True:
            picked = rng.choices(self._days(), cum_weights=_running(self))[0]
            hour = rng.choices(range(24), weights=hours)[0]
            moment = calendar.at(picked, time(hour, rng.randrange(60), rng.randrange(60)))
            if self.start <= moment < self.end:
                return moment

    def counter(self, rng: random.Random) -> datetime:
        """In office hours, now and then at lunch or just after closing."""
        pattern, chance = book()["arrival"], rng.random()
        while True:
            picked = rng.choices(self._days(), cum_weights=_running(self))[0]
            if not self.office.is_working(picked):
                continue
            (morning, noon), (afternoon, close) = self.office.hours
            if chance < pattern["at_lunch"]["share"]:
                moment = calendar.at(picked, noon) + timedelta(minutes=rng.randrange(2, 40))
            elif chance < pattern["at_lunch"]["share"] + pattern["after_hours"]["share"]:
                moment = calendar.at(picked, close) + timedelta(minutes=rng.randrange(2, 45))
            else:
                opens, minutes = rng.choice([(morning, 265), (morning, 150), (afternoon, 205)])
                moment = calendar.at(picked, opens) + timedelta(minutes=rng.randrange(2, minutes))
            if self.start <= moment < self.end:
                return moment + timedelta(seconds=rng.randrange(60))

    def _days(self) -> list[date]:
        return _span(day(self.start), day(self.end))


@cache
def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@cache
def _running(arrivals: Arrivals) -> list[float]:
    weekdays, holiday = book()["arrival"]["weekdays"]["value"], book()["arrival"]["holiday"]["value"]

    def weight(picked: date) -> float:
        usual = picked.weekday() < 5
        return float(
            weekdays[picked.weekday()] if arrivals.office.is_working(picked) or not usual else holiday
        )

    return list(accumulate(weight(picked) for picked in arrivals._days()))

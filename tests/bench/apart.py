"""Steps timed in processes of their own, turn about where two are compared, with the peak memory of each."""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

Step = Callable[..., Callable[[], Any]]
TURNS = 5
_ready: Callable[[], Any]  # of this process


class Took(NamedTuple):
    """The best time of a step in seconds, the peak memory of its process in MiB, and what it found."""

    seconds: float
    memory: float
    found: Any


def alone(step: Step, *args: Any, turns: int = TURNS) -> Took:
    """The best of some turns of a step, in a new process."""
    with _Hand(step, args) as hand:
        for _ in range(turns):
            hand.turn()
        return hand.took()


def beside(one: tuple[Any, ...], other: tuple[Any, ...], turns: int = TURNS) -> tuple[Took, Took]:
    """Two steps, each with its arguments, turn about: what else the machine does falls on both."""
    with _Hand(one[0], one[1:]) as first, _Hand(other[0], other[1:]) as second:
        for _ in range(turns):
            first.turn()
            second.turn()
        return first.took(), second.took()


class _Hand:
    """A process that does one step, as often as it is told."""

    def __init__(self, step: Step, args: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, context, initializer=_begin)
        self._asked, self._times, self._found = (step, args), list[float](), None

    def __enter__(self) -> _Hand:
        step, args = self._asked
        try:
            self._pool.submit(_make_ready, step, args).result()
        except BaseException:
            self._pool.shutdown()
            raise
        return self

    def __exit__(self, *wrong: object) -> None:
        self._pool.shutdown()

    def turn(self) -> None:
        seconds, self._found = self._pool.submit(_timed).result()
        self._times.append(seconds)

    def took(self) -> Took:
        return Took(min(self._times), self._pool.submit(_peak).result(), self._found)


def _begin() -> None:
    import django

    django.setup()


def _make_ready(step: Step, args: tuple[Any, ...]) -> None:
    """Once untimed: compiling, importing, filling caches."""
    global _ready
    _ready = step(*args)
    _ready()


def _timed() -> tuple[float, Any]:
    began = time.perf_counter()
    found = _ready()
    return time.perf_counter() - began, found


def _peak() -> float:
    """The peak memory of this process, and of Spark's Java where there is one, in MiB."""
    pyspark = sys.modules.get("pyspark")
    gateway = pyspark.SparkContext._gateway if pyspark else None
    return sum(_high_water(pid) for pid in ("self", *([gateway.proc.pid] if gateway else [])))


def _high_water(pid: int | str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # not Linux; there this number is bytes, and may be that of the parent
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def say(text: str) -> None:
    """Progress, with the time and the room left."""
    free = shutil.disk_usage(settings.VAR).free >> 30
    print(f"  {time.strftime('%H:%M:%S')} {text} ({free} GiB free)", file=sys.stderr, flush=True)

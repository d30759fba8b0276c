"""A reception slip from its facts to PDF, each of another dossier, beside a one-line document of the same compiler.

The time of a slip is that of reading nothing but facts already read: what it says, its QR code, its setting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from motcua.dossiers import queries, telling
from motcua.dossiers.folding import Folded
from motcua.dossiers.printing import forms, render
from motcua.ui import press

from . import processes
from .result import line

ROUND, ROUNDS, ALLOWED = 15, 6, 0.020  # slips, rounds, seconds a slip
ONE_LINE = b'#set text(font: "Libertinus Serif")\n#sys.inputs.form'


def run() -> list[dict[str, object]]:
    cases = [queries.folded(processes.crew().received()) for _ in range(ROUND * ROUNDS)]
    names = queries.people(telling.actors(cases[0].facts))

    def slip(case: Folded) -> bytes:
        return render.pdf(forms.sheet(case, "01", at=case.facts[-1].at, names=names, units={}))

    def one_line(case: Folded) -> bytes:
        made = press.press(render.FOLDER, False).compiler.compile(
            ONE_LINE, format="pdf", sys_inputs={"form": case.dossier.code}
        )
        assert isinstance(made, bytes)
        return made

    # In turns, so that a noisy minute falls on both; the first round warms them.
    rounds = [(_seconds(slip, part), _seconds(one_line, part)) for part in _parts(cases)][1:]
    ours, floor = min(r[0] for r in rounds), min(r[1] for r in rounds)
    measure = "reception slips/s once warm, QR code included (best median of 5 rounds)"
    return [
        line("printing", measure, 1 / ours, "one line", 1 / floor, 0.07),
        line("printing", measure, 1 / ours, "20 ms each", 1 / ALLOWED, 1),
    ]


def _parts(cases: list[Folded]) -> list[list[Folded]]:
    return [cases[n : n + ROUND] for n in range(0, len(cases), ROUND)]


def _seconds(make: Callable[[Folded], bytes], cases: list[Folded]) -> float:
    def once(case: Folded) -> float:
        began = time.perf_counter()
        assert make(case).startswith(b"%PDF")
        return time.perf_counter() - began

    return median(map(once, cases))

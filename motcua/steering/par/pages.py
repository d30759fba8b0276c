"""What the pages of a round show, gathered from its rows and from the facts of a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse

from motcua.journal import log
from motcua.law import par, par_round
from motcua.law.facts import Fact
from motcua.law.par import Criterion
from motcua.law.par_round import ORDER, Declared, Sheet, Stage
from motcua.people.models import Officer
from motcua.ui.templatetags import ui

from ..measures import Actual
from ..pages import crumbs
from . import forms, queries
from .models import ParRound, ParSheet
from .queries import Standing

HERE = ("par", "Chỉ số CCHC")
CHOICES = dict(forms.CHOICES)


def track(round_: ParRound) -> list[dict[str, str]]:
    """The stages of a round as steps: done, current, to come, each with its last day."""
    now = ORDER.index(Stage(round_.stage))
    found = []
    for at, stage in enumerate(ORDER):
        state = (
            "done" if at < now or stage is Stage.PUBLISHED == round_.stage else "current" if at == now else ""
        )
        closes = round_.closes.get(stage.value)
        note = f"đến {ui.day(date.fromisoformat(closes))}" if closes else ""
        found.append({"label": par_round.LABELS[stage], "state": state, "note": note})
    return found


def answer(round_: ParRound, on: date) -> str:
    """Where a round stands, and by when it moves on."""
    if round_.published_on:
        return f"Đã công bố ngày {ui.day(round_.published_on)}, quyết định {round_.decision}."
    label, closes = par_round.LABELS[Stage(round_.stage)], round_.closes.get(round_.stage)
    if not closes:
        return f"{label}."
    last = date.fromisoformat(closes)
    left = (last - on).days
    days = f"còn {left} ngày" if left > 0 else "hết hôm nay" if left == 0 else f"đã quá {-left} ngày"
    return f"{label} đến {ui.day(last)}, {days}."


def standings(round_: ParRound, listed: Sequence[Standing]) -> dict[str, Any]:
    """Some units of a round beside each other, with the points of each field, as far as they are open."""
    fields = [(f, decimal(f.max)) for f in round_.table.criteria.parts("")]
    points = queries.by_field(round_, [each.sheet.pk for each in listed if not each.closed])
    rows = [
        {
            "unit": standing.sheet.unit,
            "url": ""
            if standing.closed
            else reverse("par-sheet", args=[round_.pk, standing.sheet.unit.code]),
            "closed": standing.closed,
            "place": standing.place,
            "group": standing.group,
            "percent": None if standing.closed else standing.sheet.percent,
            "lacking": 0 if standing.closed else standing.sheet.lacking,
            "submitted": standing.sheet.submitted_at,
            "late": standing.sheet.late,
            "fields": [
                {"code": f.code, "points": points.get((standing.sheet.pk, f.code)), "max": most}
                for f, most in fields
            ],
        }
        for standing in listed
    ]
    columns = [
        {"label": "Đơn vị"},
        {"label": "Hạng", "num": True},
        {"label": "Chỉ số, %", "num": True},
        *({"label": f"{f.code}. {f.name}", "num": True} for f, _ in fields),
        {"label": "Tự chấm"},
    ]
    return {"rows": rows, "columns": columns}


def sheet(sheet_: ParSheet, officer: Officer, on: date) -> dict[str, Any]:
    """The lines of a sheet in the order of its set, parents with the sum of their parts."""
    criteria, folded = sheet_.round.table.criteria, queries.folded(sheet_)
    result = folded.result(criteria)
    tasks = queries.corrections(sheet_)
    rows = [
        {
            "criterion": c,
            "depth": c.code.count("."),
            "max": decimal(c.max),
            "points": result.criteria[c.code],
            "shown": _shown(result.criteria[c.code]),
            "url": reverse("par-line", args=[sheet_.round_id, sheet_.unit.code, c.code]) if c.leaf else "",
            "declared": said(folded.line(c.code).declared) if c.leaf else "",
            "system": compared(folded.line(c.code).declared, c) if c.measure else None,
            "own": _own(folded, c),
            "first": _given(folded.line(c.code).first),
            "second": _given(folded.line(c.code).settled or folded.line(c.code).second),
            "tasks": tasks.get(c.code, []),
        }
        for c in criteria.criteria.values()
    ]
    undeclared = any(c.measure and not folded.line(c.code).declared for c in criteria.leaves)
    may_ = may(sheet_, officer, on)
    return {"rows": rows, "result": result, "may": may_, "countable": undeclared and may_["declare"]}


def groups(listed: Sequence[Standing]) -> list[tuple[str, int]]:
    """How many units of a round fall into each class, best first."""
    return sorted(Counter(each.group for each in listed if each.group).items())


def may(sheet_: ParSheet, officer: Officer, on: date) -> dict[str, bool]:
    """What the officer may do with a sheet as the round stands."""
    stage = Stage(sheet_.round.stage)
    open_ = stage is Stage.SELF and sheet_.submitted_at is None
    return {
        "declare": open_ and queries.declares(officer, sheet_.unit, on),
        "submit": open_ and queries.answers(officer, sheet_.unit, on),
    }


def wishes(sheet_: ParSheet, criterion: Criterion, officer: Officer, on: date) -> str:
    """What this officer may say about a criterion now: declare, review, explain, settle, or nothing."""
    stage, steers = Stage(sheet_.round.stage), queries.steers(officer, on)
    declared = queries.folded(sheet_).line(criterion.code).declared if criterion.surveyed else None
    if declared and declared.survey and stage not in (Stage.EXPLAIN, Stage.COUNCIL):
        return ""
    if stage is Stage.SELF and (criterion.surveyed or sheet_.submitted_at is None):
        allowed = steers if criterion.surveyed else queries.declares(officer, sheet_.unit, on)
        return "declare" if allowed else ""
    if stage in (Stage.REVIEW, Stage.SECOND) and queries.reviews(officer, criterion, on):
        return "review"
    if stage is Stage.EXPLAIN and queries.declares(officer, sheet_.unit, on):
        return "explain"
    return "settle" if stage is Stage.COUNCIL and steers else ""


def line(sheet_: ParSheet, criterion: Criterion) -> dict[str, Any]:
    """One criterion of a sheet: what it asks, what was said about it, where it stands, its neighbours."""
    criteria, folded = sheet_.round.table.criteria, queries.folded(sheet_)
    leaves = [c.code for c in criteria.leaves]
    at = leaves.index(criterion.code)
    return {
        "criterion": criterion,
        "way": forms.way(criterion),
        "points": _shown(folded.points(criterion)),
        "declared": folded.line(criterion.code).declared,
        "compared": compared(folded.line(criterion.code).declared, criterion),
        "events": history(sheet_, criterion.code),
        "before": _neighbour(sheet_, leaves[at - 1]) if at else "",
        "after": _neighbour(sheet_, leaves[at + 1]) if at + 1 < len(leaves) else "",
        "crumbs": below(sheet_.round, sheet_, criterion),
        "about": [
            {"term": "Điểm tối đa", "value": par.plain(criterion.bound)},
            {"term": "Cách tính điểm", "value": forms.way(criterion)},
            *(
                [{"term": "Tài liệu kiểm chứng cần có", "value": criterion.evidence}]
                if criterion.evidence
                else []
            ),
            *([{"term": "Cơ quan thẩm định", "value": criterion.owner}] if criterion.owner else []),
            *_survey(sheet_, folded.line(criterion.code).declared),
        ],
    }


def _survey(sheet_: ParSheet, declared: Declared | None) -> list[dict[str, str]]:
    """Where the votes behind a criterion are shown question by question."""
    if declared is None or not declared.survey:
        return []
    url = reverse("survey-unit", args=[declared.survey, sheet_.unit.code])
    return [{"term": "Phiếu điều tra", "value": "Xem từng câu hỏi", "url": url}]


def system(criterion: Criterion, actual: Actual | None) -> dict[str, Any] | None:
    """What the system counts for a criterion now, and what that earns."""
    if actual is None:
        return None
    answer = None if actual.n is None else par.answer_from(criterion, actual.n, actual.d)
    return {
        "figure": figure(actual.n, _whole(criterion, actual.d)),
        "points": _shown(par.points_of(criterion, answer)) if answer else "",
        "of": par.plain(criterion.bound),
        "on": actual.on,
        "origin": actual.origin,
        "url": actual.url,
        "declared": actual.declared,
    }


def compared(declared: Declared | None, criterion: Criterion) -> dict[str, Any] | None:
    """What the system had counted when a criterion was declared, beside what was declared."""
    if declared is None or not declared.measured:
        return None
    n, d = (Fraction(text) if (text := declared.measured.get(name)) else None for name in ("n", "d"))
    return {
        "figure": figure(n, _whole(criterion, d)),
        "same": declared.computed,
        "answers": par_round.counted(declared, criterion) is not None,
        "gap": _gap(declared, n, d),
        "why": declared.why,
        "on": date.fromisoformat(declared.measured["on"]),
        "origin": declared.measured.get("origin", ""),
        "url": declared.measured.get("url", ""),
    }


def _whole(criterion: Criterion, d: Fraction | None) -> Fraction | None:
    """What a figure is a part of, where the criterion asks for a share."""
    return None if criterion.kind in ("count", "extra") else d


def figure(n: Fraction | None, d: Fraction | None) -> str:
    """A figure in words: "9 / 10 (90%)"."""
    if n is None:
        return ""
    if d is None:
        return written(str(n))
    share = (
        ui.percent(Decimal(n.numerator * d.denominator) / Decimal(n.denominator * d.numerator)) if d else ""
    )
    return f"{written(str(n))} / {written(str(d))}{f' ({share})' if share else ''}"


def _gap(declared: Declared, n: Fraction | None, d: Fraction | None) -> str:
    """By how much what was declared is above or below what the system counted, "" where they are not of a kind."""
    if n is None or not declared.n:
        return ""
    own, whole = Fraction(declared.n), Fraction(declared.d) if declared.d else None
    if whole and d:
        points = own * 100 / whole - n * 100 / d
        return f"{_signed(points)} điểm phần trăm" if points else "cùng tỷ lệ"
    return _signed(own - n) if own != n else ""


def _signed(value: Fraction) -> str:
    return ("+" if value > 0 else "−") + ui.number(par.shown(abs(value)))


def history(sheet_: ParSheet, code: str) -> list[dict[str, Any]]:
    """What was said about a criterion, newest first."""
    facts = [f for f in log.read(sheet_.stream).facts if getattr(f, "criterion", "") == code]
    known = Officer.objects.filter(username__in={fact.by for fact in facts})
    names = dict(known.values_list("username", "full_name"))
    return [
        {
            "at": fact.at,
            "label": fact.label,
            "by": names.get(fact.by, fact.by),
            "note": _note(fact),
            "icon": "file-text" if isinstance(fact, Declared) else "circle-check",
        }
        for fact in reversed(facts)
    ]


def losses(round_: ParRound) -> list[dict[str, Any]]:
    """Where points were lost over all units, with what each could still give back."""
    return [
        {
            "criterion": loss.criterion,
            "url": f"{reverse('par-lost', args=[round_.pk])}?tieu_chi={loss.criterion.code}",
            "lost": loss.lost,
            "none": loss.none,
            "some": loss.some,
            "owner": loss.criterion.owner,
        }
        for loss in queries.losses(round_)
    ]


def lost_answer(
    losses: Sequence[Mapping[str, Any]], criterion: Criterion | None, lines: Sequence[Any]
) -> str:
    """How much was lost, and where most; of one criterion, by how many units."""
    if criterion:
        whole = ui.number(sum((line.lost for line in lines), Decimal()))
        return f"{len(lines)} đơn vị mất {whole} điểm, nhiều nhất trước." if lines else ""
    if not losses:
        return ""
    most, whole = losses[0], ui.number(sum((each["lost"] for each in losses), Decimal()))
    where = f"{most['criterion'].code}. {most['criterion'].name} ({ui.number(most['lost'])} điểm)"
    return f"{len(losses)} tiêu chí mất {whole} điểm; nhiều nhất: {where}."


def below(
    round_: ParRound, sheet_: ParSheet | None = None, criterion: Criterion | None = None, *more: str
) -> list[dict[str, str]]:
    """The way to a page of a round."""
    way = crumbs(*HERE)
    way.append({"label": str(round_.year), "url": reverse("par-round", args=[round_.pk])})
    if sheet_:
        url = reverse("par-sheet", args=[round_.pk, sheet_.unit.code])
        way.append({"label": sheet_.unit.name, "url": url})
    if criterion:
        way.append({"label": criterion.code})
    way += [{"label": each} for each in more]
    return [*way[:-1], {"label": way[-1]["label"]}]


def said(declared: Declared | None) -> str:
    """A declaration in words: "9/10", "Có", "A 5, B 3"."""
    if declared is None:
        return ""
    if declared.choice:
        return CHOICES.get(declared.choice, declared.choice)
    if declared.votes:
        return ", ".join(f"{option}: {votes}" for option, votes in declared.votes.items())
    numbers = [written(text) for text in (declared.n, declared.d) if text]
    return " / ".join(numbers)


def _note(fact: Fact) -> str:
    """What a fact says about a criterion, in a sentence or two."""
    points, evidence = getattr(fact, "points", ""), getattr(fact, "evidence", "")
    parts = [
        _declared(fact) if isinstance(fact, Declared) else "",
        f"{written(points)} điểm" if points else "",
        getattr(fact, "reason", "") or getattr(fact, "text", "") or getattr(fact, "why", ""),
        f"Tài liệu: {evidence}" if evidence else "",
    ]
    return ". ".join(part for part in parts if part)


def _declared(fact: Declared) -> str:
    """What was declared, and beside it what the system counted."""
    if not fact.measured:
        return said(fact)
    if fact.computed:
        return f"{said(fact)}, số hệ thống tính"
    n, d = (Fraction(text) if (text := fact.measured.get(name)) else None for name in ("n", "d"))
    return f"{said(fact)}; hệ thống tính {figure(n, d if fact.d else None)}"


def _own(folded: Sheet, criterion: Criterion) -> str:
    own = folded.line(criterion.code).own
    return _shown(own) if own else ""


def _given(fact: Any) -> str:
    return written(fact.points) if fact else ""


def _shown(points: par.Points) -> str:
    if not points.applies:
        return "không áp dụng"
    return "" if points.points is None else ui.number(par.shown(points.points))


def written(text: str) -> str:
    return ui.number(exact(text))


def exact(text: str) -> Decimal:
    """A number kept as text."""
    value = Fraction(text)
    return Decimal(value.numerator) / Decimal(value.denominator)


def decimal(value: Fraction) -> Decimal:
    return par.shown(value)


def _neighbour(sheet_: ParSheet, code: str) -> str:
    return reverse("par-line", args=[sheet_.round_id, sheet_.unit.code, code])

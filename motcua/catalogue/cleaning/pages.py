"""What the pages of cleaning show: scores and rules, the list of flaws, one flaw (trang làm sạch dữ liệu)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse

from motcua.law import packs
from motcua.people.models import Officer
from motcua.ui.exports import Cell, Column, Format, Issuer, Kind, Listing
from motcua.ui.templatetags import ui

from .. import processes
from ..models import Version
from . import queries
from .models import Flaw, State
from .queries import Agency, Score, Wanted
from .rule import Dimension, Rule, Severity
from .rules import ALL

PAGE = 50
SCORE_COLUMNS = [
    {"label": "Cơ quan công bố"},
    {"label": "Thủ tục", "num": True},
    *({"label": dimension.label, "num": True} for dimension in Dimension),
    {"label": "Chưa sửa", "num": True},
]
RULE_COLUMNS = [
    {"label": "Quy tắc"},
    {"label": "Tiêu chí"},
    {"label": "Mức độ"},
    {"label": "Chưa sửa", "width": "col-clock"},
]
DAY_COLUMNS = [
    {"label": "Ngày rà"},
    {"label": "Đường về không"},
    *({"label": label, "num": True} for label in ("Thủ tục", "Sạch", "Chưa sửa", "Đã sửa", "Chấp nhận")),
]
FLAW_COLUMNS = [
    {"label": "Thủ tục", "width": "col-clock"},
    {"label": "Sai gì, ở đâu"},
    {"label": "Quy tắc", "width": "col-clock"},
    {"label": "Ai sửa, hạn", "width": "col-step"},
]
MINE_COLUMNS = [
    {"label": "Thủ tục", "width": "col-clock"},
    {"label": "Sai gì, ở đâu"},
    {"label": "Hạn sửa", "width": "col-step"},
]
ROW_COLUMNS = [{"label": "Thủ tục"}, {"label": "Cơ quan công bố"}, {"label": "Tình trạng"}]
LOOKS = {
    Severity.ERROR: ("late", "circle-alert"),
    Severity.WARNING: ("soon", "triangle-alert"),
    Severity.NOTE: ("", "info"),
}


def link(name: str, **asked: str) -> str:
    """The address of a page, with what is asked of it."""
    told = {key.replace("__", "-"): value for key, value in asked.items() if value}
    return reverse(name) + (f"?{urlencode(told)}" if told else "")


def overview(day: date) -> dict[str, Any]:
    """The first page: how far from zero, who has what score, what each rule found, what it was before."""
    days, agencies = queries.sweeps(), queries.agencies(day)
    most = max((one.open for one in days), default=0)
    found = queries.by_rule(Wanted())
    every = [queries.total(agencies), *agencies] if len(agencies) > 1 else agencies
    return {
        "last": days[0] if days else None,
        "counts": [_severity(severity, found) for severity in Severity],
        "score_columns": SCORE_COLUMNS,
        "agencies": [_agency(each) for each in every],
        "rule_columns": RULE_COLUMNS,
        "groups": _groups(_rules(found, days[0].unchecked if days else {}, day)),
        "day_columns": DAY_COLUMNS,
        "days": [{"day": one, "most": most} for one in days],
    }


def _severity(severity: Severity, found: dict[str, int]) -> dict[str, Any]:
    count = sum(found.get(code, 0) for code in queries.codes(severity=severity))
    tone, icon = LOOKS[severity]
    url = link("flaws", muc=severity.value)
    return {"url": url, "label": severity.label, "count": count, "tone": tone if count else "", "icon": icon}


def _agency(agency: Agency) -> dict[str, Any]:
    key = "" if agency.name == queries.EVERYBODY else agency.key
    return {
        "label": agency.label,
        "procedures": agency.procedures,
        "scores": [_score(key, score) for score in agency.scores],
        "open": agency.open,
        "url": link("flaws", co_quan=key),
    }


def _score(agency: str, score: Score) -> dict[str, Any]:
    rows = {"co__quan": agency, "chieu": score.dimension.value}
    return {
        "label": score.dimension.label,
        "ratio": score.ratio,
        "n": score.n,
        "d": score.d,
        "n_url": link("cleaning-rows", **rows, sach="1"),
        "d_url": link("cleaning-rows", **rows),
    }


def _groups(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules that found something, most first; those that cannot be checked; those that all data keep."""
    told = [rule for rule in rules if rule["count"]]
    unchecked = [rule for rule in rules if rule["unchecked"] and not rule["count"]]
    kept = [rule for rule in rules if not rule["unchecked"] and not rule["count"]]
    groups = (
        ("Quy tắc còn điểm chưa sửa", "con", sorted(told, key=lambda rule: -rule["count"]), False),
        ("Quy tắc chưa kiểm được", "chua-kiem", unchecked, False),
        ("Quy tắc mọi thủ tục đều đạt", "dat", kept, True),
    )
    return [
        {"title": title, "id": key, "rules": rules, "folded": folded}
        for title, key, rules, folded in groups
        if rules
    ]


def _rules(found: dict[str, int], unchecked: dict[str, str], day: date) -> list[dict[str, Any]]:
    pack = packs.on("cleaning", day)
    return [
        {
            "rule": rule,
            "count": found.get(rule.code, 0),
            "url": link("flaws", quy_tac=rule.code),
            "source": rule.source(pack),
            "unchecked": unchecked.get(rule.code, ""),
            "look": look(rule),
        }
        for rule in ALL.values()
    ]


def look(rule: Rule) -> dict[str, str]:
    """A severity as rows show it: word, icon and colour."""
    tone, icon = LOOKS[rule.severity]
    return {"label": rule.severity.label, "tone": tone, "icon": icon}


def listed(wanted: Wanted, number: str | None, day: date) -> dict[str, Any]:
    """One page of the list of flaws."""
    page: Page[Flaw] = Paginator(queries.flaws(wanted), PAGE).get_page(number)
    above = {"url": reverse("cleaning"), "label": "Làm sạch dữ liệu"}
    return {
        "page": page,
        "rows": [row(flaw, day) for flaw in page.object_list],
        "columns": FLAW_COLUMNS,
        "crumbs": [above, {"label": "Điểm cần sửa"}],
    }


def mine(officer: Officer, number: str | None, day: date) -> dict[str, Any]:
    """One page of what an officer is to mend, the first due first."""
    found = queries.given_to(officer)
    page: Page[Flaw] = Paginator(found, PAGE).get_page(number)
    late = found.filter(due__lt=day).count()
    told = (
        f"{ui.number(page.paginator.count)} điểm, {ui.number(late)} quá hạn." if page.paginator.count else ""
    )
    return {
        "page": page,
        "rows": [row(flaw, day) for flaw in page.object_list],
        "columns": MINE_COLUMNS,
        "answer": told,
        "empty": {
            "title": "Không có điểm nào giao cho bạn",
            "text": "Điểm kiểm soát viên giao sẽ hiện ở đây.",
        },
    }


def row(flaw: Flaw, day: date) -> dict[str, Any]:
    """A flaw as lists show it."""
    rule = ALL[flaw.rule]
    return {
        "flaw": flaw,
        "rule": rule,
        "look": look(rule),
        "url": reverse("flaw", args=[flaw.pk]),
        "procedure_url": reverse("procedure", args=[flaw.version.procedure.code]),
        "late": flaw.state == State.OPEN and flaw.due is not None and flaw.due < day,
    }


def shown(flaw: Flaw, day: date) -> dict[str, Any]:
    """Everything the page of one flaw shows."""
    told, procedure = row(flaw, day), flaw.version.procedure
    rule = told["rule"]
    items = [
        {
            "term": "Thủ tục",
            "value": f"{procedure.code} {_short(flaw.version.title)}",
            "url": told["procedure_url"],
        },
        {"term": "Ở đâu", "value": flaw.place},
        {"term": "Cách sửa", "value": rule.remedy},
        {"term": "Căn cứ", "value": rule.source(packs.on("cleaning", day))},
        {"term": "Mức độ, tiêu chí", "value": f"{rule.severity.label}, {rule.dimension.label.lower()}"},
        {"term": "Người sửa", "value": flaw.owner.full_name if flaw.owner else "Chưa giao"},
        {"term": "Hạn sửa", "value": ui.day(flaw.due) if flaw.due else ""},
        {"term": "Thấy lúc", "value": ui.moment(flaw.found_at)},
        {"term": "Lý do chấp nhận", "value": flaw.reason},
        {"term": "Xong", "value": _settled(flaw)},
    ]
    crumbs = [
        {"url": reverse("cleaning"), "label": "Làm sạch dữ liệu"},
        {"url": reverse("flaws"), "label": "Điểm cần sửa"},
        {"label": f"{rule.code} {procedure.code}"},
    ]
    return told | {"items": [item for item in items if item["value"]], "crumbs": crumbs}


def _short(title: str) -> str:
    """A title on one line, cut where it is long."""
    plain = " ".join(title.split())
    return plain if len(plain) <= 160 else plain[:159] + "…"


def _settled(flaw: Flaw) -> str:
    if flaw.settled_at is None:
        return ""
    who = processes.name_of(flaw.settled_by) if flaw.settled_by else "lần rà dữ liệu"
    return f"{ui.moment(flaw.settled_at)}, {who}"


def behind(
    agency: str, dimension: Dimension, clean: bool | None, number: str | None, day: date
) -> dict[str, Any]:
    """The procedures that make a score."""
    found = queries.behind(agency, dimension, day, clean=clean)
    page: Page[Version] = Paginator(found, PAGE).get_page(number)
    name = queries.UNNAMED_LABEL if agency == queries.UNNAMED else agency or queries.EVERYBODY
    return {
        "page": page,
        "rows": [_behind(version, dimension) for version in page.object_list],
        "columns": ROW_COLUMNS,
        "dimension": dimension,
        "name": name,
        "choices": _choices(agency, dimension, clean),
        "crumbs": [
            {"url": reverse("cleaning"), "label": "Làm sạch dữ liệu"},
            {"label": f"{dimension.label}: {name}"},
        ],
    }


def _choices(agency: str, dimension: Dimension, clean: bool | None) -> list[dict[str, Any]]:
    asked = {"co__quan": agency, "chieu": dimension.value}
    told = (("Mọi thủ tục", "", None), ("Đạt", "1", True), ("Còn phải sửa", "0", False))
    return [
        {"label": label, "url": link("cleaning-rows", **asked, sach=value), "current": clean is which}
        for label, value, which in told
    ]


def _behind(version: Any, dimension: Dimension) -> dict[str, Any]:
    code = version.procedure.code
    return {
        "code": code,
        "title": version.title,
        "issuer": version.issuer or queries.UNNAMED_LABEL,
        "flawed": version.flawed,
        "url": reverse("procedure", args=[code]),
        "flaws_url": link("flaws", q=code, chieu=dimension.value),
    }


EXPORTED = (
    Column("Mã thủ tục", Kind.CODE, 13),
    Column("Tên thủ tục", width=46),
    Column("Quy tắc", width=26),
    Column("Mức độ", width=11),
    Column("Ở đâu", width=22),
    Column("Sai gì", width=50),
    Column("Cách sửa", width=32),
    Column("Cơ quan công bố", width=24),
    Column("Trạng thái", width=14),
    Column("Người sửa", width=20),
    Column("Hạn sửa", Kind.DAY, 12),
)


def exported(
    format: Format, wanted: Wanted, filters: Sequence[tuple[str, str]], *, issuer: Issuer, at: datetime
) -> Listing:
    """The flaws a list shows, in its order (danh sách điểm cần làm sạch)."""
    keys = list(queries.flaws(wanted).values_list("pk", flat=True)[: format.most + 1])
    state = State(wanted.state).label if wanted.state else ""
    told = [("Trạng thái", state), *filters]
    return Listing(
        "lam-sach", "Danh sách điểm cần làm sạch", "điểm", EXPORTED, keys, _cells, issuer, at, filters=told
    )


def _cells(keys: Sequence[int]) -> Iterator[Sequence[Cell]]:
    related = Flaw.objects.select_related("version__procedure", "owner").defer("version__sequence")
    found = related.in_bulk(list(keys))
    for flaw in (found[key] for key in keys if key in found):
        rule, version = ALL[flaw.rule], flaw.version
        yield (
            *(version.procedure.code, version.title, f"{rule.code} {rule.name}", rule.severity.label),
            *(flaw.place, flaw.said, rule.remedy, version.issuer, flaw.get_state_display()),
            *(flaw.owner.full_name if flaw.owner else "", flaw.due),
        )

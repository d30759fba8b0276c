"""A report as a page shows it: every figure a link to its rows, the identities with the figures in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from motcua.law.calendar import day
from motcua.people.models import Officer, Unit
from motcua.ui.templatetags import ui

from . import forms, queries, sheets, written
from .asked import AskedReport, choices
from .forms import Identity
from .models import SentReport
from .sheets import BY_FIELD, BY_UNIT, Row, Sheet
from .spans import Reported

SENT_COLUMNS = [
    {"label": "Báo cáo"},
    {"label": "Đơn vị"},
    {"label": "Kỳ"},
    {"label": "Gửi lúc"},
    {"label": "Lý do gửi lại"},
]


def overview(reported: Reported, unit: Unit, now: datetime) -> dict[str, Any]:
    """The forms of a unit and period, and how far each is."""
    last = {form.code: queries.last(form.code, unit, str(reported)) for form in forms.every(reported.last)}
    return {
        "reported": reported,
        "unit": unit,
        "choices": choices(reported, now),
        "answer": _overview_answer(reported, [code for code, sent in last.items() if sent is None], day(now)),
        "rows": [_form(form, unit, reported, last[form.code]) for form in forms.every(reported.last)],
        "columns": [{"label": "Biểu"}, {"label": "Đã gửi"}],
        "rule": reported.rule,
    }


def _overview_answer(reported: Reported, missing: list[str], today: date) -> str:
    if not missing:
        return f"Đã gửi đủ các biểu của {reported.within}."
    left = f"Còn {len(missing)} biểu chưa gửi của {reported.within}: {', '.join(missing)}"
    if today <= reported.last:
        return f"{reported.label} chốt số liệu hết ngày {ui.day(reported.last)}, gửi trước {ui.day(reported.due)}."
    late = (
        f", đã quá hạn gửi {ui.day(reported.due)}."
        if today > reported.due
        else f", gửi trước {ui.day(reported.due)}."
    )
    return left + late


def _form(form: forms.Form, unit: Unit, reported: Reported, sent: SentReport | None) -> dict[str, Any]:
    return {
        "form": form,
        "url": reverse("report", args=[form.slug, unit.code]) + "?" + urlencode({"ky": str(reported)}),
        "sent": sent,
        "sent_url": reverse("report-sent", args=[sent.pk]) if sent else "",
    }


def live(asked: AskedReport, sheet: Sheet, reader: Officer) -> dict[str, Any]:
    """Everything the page of one form shows."""
    content = sheets.as_data(sheet)
    sent = queries.last(asked.form.code, asked.unit, str(asked.reported))
    by_unit = not sheets.of_procedures(asked.form) and asked.unit.parent is None
    return table(content) | {
        "asked": asked,
        "form": asked.form,
        "sheet": sheet,
        "choices": choices(asked.reported, asked.now),
        "answer": _answer(sheet),
        "rows": [_row(asked, row) for row in sheet.rows],
        "checks": [_check(sheet, each) for each in asked.form.identities],
        "tabs": _tabs(asked) if by_unit else [],
        "sent": sent,
        "changed": changes(sent, content) if sent else [],
        "may_send": queries.may_report(reader, asked.unit, day(asked.now)) and sheet.window.closed,
        "before": _near(asked, asked.reported.previous),
        "after": _near(asked, asked.reported.next) if day(asked.now) >= asked.reported.next.first else None,
    }


def table(content: Mapping[str, Any]) -> dict[str, Any]:
    """The heads of the form, row by row, and its numbering."""
    cells = written.layout(content)
    rows = max(cell.row + cell.rows for cell in cells)
    return {
        "content": content,
        "heads": [[cell for cell in cells if cell.row == row] for row in range(rows)],
        "numbering": written.numbering(content),
        "span": written.span(content),
        "notes": written.notes(content),
    }


def frozen(report: SentReport) -> dict[str, Any]:
    """A report as it was sent."""
    versions = queries.sent(report.unit).filter(form=report.form, period=report.period)
    return table(report.content) | {
        "report": report,
        "rows": [
            {**row, "cells": [{"count": cell, "label": ""} for cell in row["cells"]]}
            for row in report.content["rows"]
        ],
        "days_late": Reported.parse(report.period).days_late(day(report.sent_at)),
        "versions": versions,
        "newest": versions.first(),
        "url": reverse("report", args=[report.form.lower().replace(".", "-"), report.unit.code])
        + "?"
        + urlencode({"ky": report.period}),
    }


def changes(sent: SentReport, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where what is known now differs from what was sent, cell by cell."""
    before = {(row["kind"], row["number"], row["label"]): row["cells"] for row in sent.content["rows"]}
    numbers = [column["no"] for column in content["columns"]]
    found = []
    for row in content["rows"]:
        old = before.pop((row["kind"], row["number"], row["label"]), [0] * len(numbers))
        found += [
            {"label": row["label"], "no": no, "was": was, "now": now}
            for no, was, now in zip(numbers, old, row["cells"], strict=False)
            if was != now
        ]
    return found + [
        {"label": label, "no": 0, "was": sum(cells[:1]), "now": 0} for (_, _, label), cells in before.items()
    ]


def behind(asked: AskedReport, no: int, count: int) -> dict[str, Any]:
    """What the page of the rows in one cell says of them."""
    column = asked.form.column(no)
    where = [sheets.GROUPS[key] for key in (asked.where.get("nhom", ""),) if key in sheets.GROUPS]
    if "linh-vuc" in asked.where:
        where.append(asked.where["linh-vuc"] or sheets.UNKNOWN)
    place = ", ".join([asked.unit.name, *where])
    thing = "thủ tục" if sheets.of_procedures(asked.form) else "hồ sơ"
    return {
        "asked": asked,
        "column": column,
        "title": f"{ui.number(count)} {thing} ở cột {no}, Biểu {asked.form.code}",
        "about": f"{' › '.join(column.heads)}. {place}, {asked.reported.label}",
        "thing": thing,
        "back": reverse("report", args=[asked.form.slug, asked.unit.code]) + asked.query,
        "span": f"{asked.reported.label}, từ {ui.day(asked.reported.first)} đến {ui.day(asked.reported.last)}",
    }


def _answer(sheet: Sheet) -> str:
    """The first line: what the whole says."""
    cells, label = sheet.whole.cells, sheet.reported.label
    if sheet.form.code == "II.06a":
        late = cells[10] + cells[13]
        return (
            f"{label}: nhận giải quyết {ui.number(cells[3])} hồ sơ, đã giải quyết {ui.number(cells[7])}, "
            f"đang giải quyết {ui.number(cells[11])}; quá hạn {ui.number(late)}."
        )
    first = sheet.form.columns[0]
    return f"{label}: {ui.number(cells[first.no])}, {first.heads[0][:1].lower()}{first.heads[0][1:]}."


def _row(asked: AskedReport, row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "number": row.number,
        "label": row.label,
        "unit_url": _unit_url(asked, row),
        "cells": [
            {"count": row.cells[c.no], "url": _cell(asked, c.no, row), "label": " › ".join(c.heads)}
            for c in asked.form.columns
        ],
    }


def _unit_url(asked: AskedReport, row: Row) -> str:
    code = row.where.get("cua", "")
    if not code or code == asked.unit.code:
        return ""
    return reverse("report", args=[asked.form.slug, code]) + "?" + urlencode({"ky": str(asked.reported)})


def _cell(asked: AskedReport, no: int, row: Row) -> str:
    where = dict(row.where)
    unit = where.pop("cua") if sheets.of_procedures(asked.form) and "cua" in where else asked.unit.code
    return reverse("report-rows", args=[asked.form.slug, unit, no]) + asked.exact(where)


def _check(sheet: Sheet, identity: Identity) -> dict[str, Any]:
    cells = sheet.whole.cells
    parts = " + ".join(ui.number(cells[part]) for part in identity.parts)
    return {
        "identity": str(identity),
        "figures": f"{ui.number(cells[identity.whole])} = {parts}",
        "holds": not any(wrong == identity for _, wrong in sheet.broken),
        "rows": len(sheet.rows),
    }


def _tabs(asked: AskedReport) -> list[dict[str, Any]]:
    base = f"?{urlencode({'ky': str(asked.reported)})}"
    return [
        {"url": base, "label": "Theo lĩnh vực", "current": asked.by == BY_FIELD},
        {"url": f"{base}&theo={BY_UNIT}", "label": "Theo đơn vị", "current": asked.by == BY_UNIT},
    ]


def _near(asked: AskedReport, reported: Reported) -> dict[str, str]:
    """The same form of another period."""
    kept = {"ky": str(reported)} | ({"theo": BY_UNIT} if asked.by == BY_UNIT else {})
    return {"url": f"?{urlencode(kept)}", "label": reported.label}

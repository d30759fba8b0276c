"""A report as a page shows it: every figure a link to its rows, the identities with the figures in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from motcua.law.calendar import day
from motcua.people.models import Officer, Unit
from motcua.ui.templatetags import ui

from . import counted, forms, items, queries, sheets, written
from .asked import AskedReport, choices
from .forms import Column, Identity
from .items import Item
from .models import DeclaredRow, SentReport
from .rows import Row
from .sheets import BY_FIELD, BY_UNIT, Sheet
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
    found = forms.every(reported.last)
    last = queries.newest(unit, str(reported))
    missing = [form.code for form in found if form.code not in last and form.sent_by(unit.kind)]
    return {
        "reported": reported,
        "unit": unit,
        "choices": choices(reported, now),
        "answer": _overview_answer(reported, missing, day(now)),
        "rows": [_form(form, unit, reported, last.get(form.code)) for form in found],
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
        "sends": form.sent_by(unit.kind),
        "sent": sent,
        "sent_url": reverse("report-sent", args=[sent.pk]) if sent else "",
    }


def live(asked: AskedReport, sheet: Sheet, reader: Officer) -> dict[str, Any]:
    """Everything the page of one form shows."""
    content = sheets.as_data(sheet)
    sent = queries.last(asked.form.code, asked.unit, str(asked.reported))
    free = not (sheets.of_procedures(asked.form) or asked.form.sources or asked.form.rows)
    sends = asked.form.sent_by(asked.unit.kind)
    return table(content) | {
        "asked": asked,
        "form": asked.form,
        "sheet": sheet,
        "choices": choices(asked.reported, asked.now),
        "answer": _answer(sheet),
        "rows": [_row(asked, row) for row in sheet.rows],
        "checks": [_check(sheet, each) for each in asked.form.identities],
        "tabs": _tabs(asked) if free and asked.unit.parent is None else [],
        "sends": sends,
        "declare_url": declaring(asked, asked.unit.code) if asked.form.declares else "",
        "sent": sent,
        "changed": changes(sent, content) if sent else [],
        "may_send": sends and queries.may_report(reader, asked.unit, day(asked.now)) and sheet.window.closed,
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
        "rows": [{**row, "cells": _kept_cells(report, row)} for row in report.content["rows"]],
        "days_late": Reported.parse(report.period).days_late(day(report.sent_at)),
        "versions": versions,
        "newest": versions.first(),
        "url": reverse("report", args=[report.form.lower().replace(".", "-"), report.unit.code])
        + "?"
        + urlencode({"ky": report.period}),
    }


def _kept_cells(report: SentReport, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cells of a row as it was sent; what was counted one by one still opens."""
    opens = "items" in report.content and "declared" not in row
    return [
        {
            "text": text,
            "count": count,
            "url": sent_cell(report, column["no"], row["where"]) if opens else "",
            "label": " › ".join(column["heads"]),
        }
        for column, count, text in zip(
            report.content["columns"], row["cells"], written.figures(report.content, row), strict=True
        )
    ]


def sent_cell(report: SentReport, no: int, where: Mapping[str, str]) -> str:
    """Where the rows of a cell stand as they were sent."""
    query = f"?{urlencode(where)}" if where else ""
    return reverse("report-sent-rows", args=[report.pk, no]) + query


def kept_behind(report: SentReport, no: int, where: Mapping[str, str]) -> dict[str, Any]:
    """What the page of the rows of a cell says of a report that was sent. Raises KeyError for no such column."""
    told = {column["no"]: column for column in report.content["columns"]}[no]
    column = Column(no, told["set"], tuple(told["heads"]), told["words"], told.get("kind", forms.COUNT))
    found = [line.item for line in counted.of_data(report.content["items"]) if line.fits(column, where)]
    place = ", ".join([report.content["unit"]["name"], *([where["dong"]] if "dong" in where else [])])
    told = 0 if where else _kept_declared(report, no)
    return declared_part(told, reverse("report-sent", args=[report.pk])) | {
        "column": column,
        "found": found,
        "title": f"{ui.number(len(found))} dòng ở cột\u00a0{no}, báo cáo {report.code}",
        "about": f"{' › '.join(column.heads)}. {place}, {report.content['label']}",
        "report": report,
        "span": written.span(report.content),
        "thing": report.content["measure"],
        "source": report.content["source"],
        "at": report.sent_at,
    }


def _kept_declared(report: SentReport, no: int) -> int:
    """How many of a column of the whole units declared when a report was sent."""
    place = [column["no"] for column in report.content["columns"]].index(no)
    return sum(row["cells"][place] or 0 for row in report.content["rows"] if row.get("declared"))


def declared_part(told: int, url: str) -> dict[str, Any]:
    """What the page of the rows of a cell says of what units declared in it; `url` shows who did."""
    text = f"{ui.number(told)} do đơn vị kê khai, không mở ra từng dòng được."
    return {"declared": told, "declared_text": text, "declare_url": url}


def changes(sent: SentReport, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where what is known now differs from what was sent, cell by cell."""
    before = {(row["kind"], row["number"], row["label"]): row["cells"] for row in sent.content["rows"]}
    numbers = [(column["no"], column["kind"]) for column in content["columns"]]
    found = []
    for row in content["rows"]:
        old = before.pop((row["kind"], row["number"], row["label"]), [0] * len(numbers))
        found += [
            {
                "label": row["label"],
                "no": no,
                "was": written.figure(was, kind),
                "now": written.figure(now, kind),
            }
            for (no, kind), was, now in zip(numbers, old, row["cells"], strict=False)
            if was != now
        ]
    return found + [{"label": label, "no": 0} for _, _, label in before]


def item(each: Item, opens: bool) -> dict[str, Any]:
    """One thing that was counted, with its costs where it has them."""
    costs = [f"{ui.money(cost)} một năm" for cost in each.costs or ()]
    said = f"chi phí trước {costs[0]}, sau {costs[1]}" if costs else ""
    return {"item": each, "url": each.url if opens else "", "costs": said}


def declared(asked: AskedReport, history: list[DeclaredRow], reader: Officer) -> dict[str, Any]:
    """What the page of a declared row shows beside its form."""
    report = asked.form
    return {
        "asked": asked,
        "report": report,
        "history": [
            {
                "row": row,
                "figures": [
                    {"label": f"{no}. {' › '.join(report.column(no).heads)}", "count": count}
                    for no, count in row.cells_by_no.items()
                ],
                "paper": reverse("report-declared-paper", args=[row.pk]),
            }
            for row in history
        ],
        "may": queries.may_report(reader, asked.unit, day(asked.now)),
        "papers": queries.may_see_papers(reader, asked.unit, day(asked.now)),
        "back": reverse("report", args=[report.slug, asked.unit.code]) + asked.query,
    }


def behind(asked: AskedReport, no: int, count: int) -> dict[str, Any]:
    """What the page of the rows in one cell says of them."""
    column = asked.form.column(no)
    groups = {name: items.source(name).label for name in asked.form.sources} or sheets.GROUPS
    where = [groups[key] for key in (asked.where.get("nhom", ""),) if key in groups]
    where += [asked.where["dong"]] if "dong" in asked.where else []
    if "linh-vuc" in asked.where:
        where.append(asked.where["linh-vuc"] or sheets.UNKNOWN)
    place = ", ".join([asked.unit.name, *where])
    thing = "thủ tục" if sheets.of_procedures(asked.form) else asked.form.thing
    return {
        "asked": asked,
        "column": column,
        "title": f"{ui.number(count)} {thing} ở cột\u00a0{no}, Biểu {asked.form.code}",
        "about": f"{' › '.join(column.heads)}. {place}, {asked.reported.label}",
        "thing": thing,
        "crumbs": [
            {"url": reverse("reports"), "label": "Báo cáo"},
            {
                "url": reverse("report", args=[asked.form.slug, asked.unit.code]) + asked.query,
                "label": f"Biểu {asked.form.code}, {asked.unit.name}",
            },
            {"label": f"Cột {no}"},
        ],
        "span": f"{asked.reported.label}, từ {ui.day(asked.reported.first)} đến {ui.day(asked.reported.last)}",
    }


def _answer(sheet: Sheet) -> str:
    """The first line: what the whole says."""
    cells = {str(c.no): written.figure(sheet.whole.cells[c.no], c.kind) for c in sheet.form.columns}
    told = re.sub(r"\{(\d+)\}", lambda found: cells[found[1]], sheet.form.says)
    return f"{sheet.reported.label}: {told}."


def _row(asked: AskedReport, row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "number": row.number,
        "label": row.label,
        "unit_url": _unit_url(asked, row),
        "cells": [
            {
                "count": row.cells[c.no],
                "text": written.figure(row.cells[c.no], c.kind),
                "url": _cell(asked, c.no, row),
                "label": " › ".join(c.heads),
            }
            for c in asked.form.columns
        ],
        "declared": row.declared,
        "declare_url": declaring(asked, row.where["cua"]) if row.declared else "",
    }


def declaring(asked: AskedReport, unit: str) -> str:
    """Where the row of a unit is declared, with who declared it so far."""
    return (
        reverse("report-declare", args=[asked.form.slug, unit]) + f"?{urlencode({'ky': str(asked.reported)})}"
    )


def _unit_url(asked: AskedReport, row: Row) -> str:
    code = row.where.get("cua", "")
    if not code or code == asked.unit.code or asked.form.sources:
        return ""
    slug = asked.form.below or asked.form.slug
    return reverse("report", args=[slug, code]) + "?" + urlencode({"ky": str(asked.reported)})


def _cell(asked: AskedReport, no: int, row: Row) -> str:
    if row.declared is not None:
        return declaring(asked, row.where["cua"]) if row.declared else ""
    where = dict(row.where)
    unit = where.pop("cua") if sheets.of_procedures(asked.form) and "cua" in where else asked.unit.code
    return reverse("report-rows", args=[asked.form.slug, unit, no]) + asked.exact(where)


def _check(sheet: Sheet, identity: Identity) -> dict[str, Any]:
    cells = sheet.whole.cells
    parts = " + ".join(written.figure(cells[part], forms.COUNT) for part in identity.parts)
    return {
        "identity": str(identity),
        "figures": f"{written.figure(cells[identity.whole], forms.COUNT)} = {parts}",
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

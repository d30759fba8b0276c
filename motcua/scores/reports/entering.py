"""The form of a declared row of a report form; it ends in the act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motcua.people.models import Officer, Unit

from ..declaring.forms import PaperForm, count_field
from . import acts
from .forms import Form
from .models import DeclaredRow
from .spans import Reported


class RowForm(PaperForm):
    """Kê khai một dòng của biểu: one field for each column that may be declared."""

    def __init__(self, data: Any, files: Any, *, report: Form, before: DeclaredRow | None) -> None:
        super().__init__(data, files, again=before is not None)
        self.report = report
        names = []
        for column in (report.column(no) for no in report.declared):
            name = f"cot_{column.no}"
            self.fields[name] = count_field(f"{column.no}. {' › '.join(column.heads)}")
            names.append(name)
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        """Hold the figures against the identities, and say at the whole what does not add up."""
        found = super().clean() or {}
        cells = {column.no: found.get(f"cot_{column.no}") for column in self.report.columns}
        if all(cells[no] is not None for no in self.report.declared):
            for wrong in self.report.broken(cells):
                parts = " + ".join(str(cells[part]) for part in wrong.parts)
                told = f"{cells[wrong.whole]} không bằng {parts}: cột {wrong.whole} là tổng các cột"
                self.add_error(f"cot_{wrong.whole}", f"{told} {', '.join(map(str, wrong.parts))}.")
        return found

    def act(self, unit: Unit, reported: Reported, *, by: Officer, at: datetime) -> DeclaredRow:
        said = self.cleaned_data
        cells, reason = {no: said[f"cot_{no}"] for no in self.report.declared}, said.get("ly_do", "")
        return acts.declare_row(self.report, unit, reported, cells, self.paper(), by=by, at=at, reason=reason)

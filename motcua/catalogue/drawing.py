"""Internal processes of the catalogue as drawings, with the names of their roles and units (bản vẽ quy trình)."""

from __future__ import annotations

from motcua.law.process import Process
from motcua.people.models import Role, Unit, UnitKind

from . import bpmn
from .comparison import Comparison, compare
from .models import ProcessVersion


def drawn(version: ProcessVersion) -> bytes:
    """A process version as a BPMN 2.0 file, its lanes called as people call them (xuất BPMN)."""
    process = Process.from_data(version.definition)
    about = bpmn.About(
        code=version.procedure.code,
        name=version.name,
        decision=version.decision,
        issuer=version.issuer,
        unit=version.unit.code if version.unit else "",
    )
    units = Unit.objects.filter(code__in={step.unit for step in process.steps})
    return bpmn.write(process, about, dict(Role.choices) | dict(units.values_list("code", "name")))


def changed(old: Process, new: Process) -> Comparison:
    """What a change does to a process; the tier of a unit is its kind: province, department, commune."""
    codes = {step.unit for process in (old, new) for step in process.steps}
    kinds = dict(Unit.objects.filter(code__in=codes).values_list("code", "kind"))
    return compare(old, new, {code: str(UnitKind(kind).label) for code, kind in kinds.items()})

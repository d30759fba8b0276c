"""Sets of criteria as a province decided them, rounds of scoring, and the sheets of units in them.

A sheet's own truth is its stream of facts; the columns of `ParSheet` and the rows of `ParLine` are copies for lists.
"""

from __future__ import annotations

from functools import cached_property

from django.db import models
from django.db.models import Q

from motcua.law.par import CriteriaSet
from motcua.law.par_round import LABELS, STREAM, Stage
from motcua.people.models import Officer, Unit, UnitKind


class CriteriaTable(models.Model):
    """A set of criteria for units of one kind, by decision (bộ tiêu chí); never changed, a new one takes its place.

    `lines` are those of `law.par.CriteriaSet.of`; `total` the points they add up to.
    """

    name = models.CharField(max_length=300)
    decision = models.CharField(max_length=80)
    decided_on = models.DateField()
    kind = models.CharField(max_length=10, choices=UnitKind.choices)
    total = models.PositiveSmallIntegerField(default=100)
    lines = models.JSONField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="one_criteria_table")]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def criteria(self) -> CriteriaSet:
        return CriteriaSet.of(self.decision, self.lines, total=self.total)


class ParRound(models.Model):
    """One year's scoring of the units of one kind (đợt chấm điểm). `closes`: the last day of each stage, ISO text."""

    table = models.ForeignKey(CriteriaTable, models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12, choices=[(stage.value, LABELS[stage]) for stage in Stage])
    closes = models.JSONField()
    decision = models.CharField(max_length=80, blank=True)
    published_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [models.UniqueConstraint(fields=["table", "year"], name="one_round_a_year")]

    def __str__(self) -> str:
        return f"{self.table.name}, năm {self.year}"

    @property
    def stream(self) -> str:
        return f"{STREAM}/{self.pk}"


class ParSheet(models.Model):
    """The sheet of one unit in a round (phiếu chấm): its points so far, and when it was submitted.

    `points` and `max` are of what applies, `percent` the index to two decimals; `lacking` counts criteria that have
    no points yet.
    """

    round = models.ForeignKey(ParRound, models.CASCADE, related_name="sheets")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    points = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    max = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    extra = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    percent = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    lacking = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["unit__code"]
        constraints = [models.UniqueConstraint(fields=["round", "unit"], name="one_sheet_each")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.unit_id}"

    @property
    def stream(self) -> str:
        return f"{STREAM}/{self.round_id}/{self.unit.code}"


class ParLine(models.Model):
    """One criterion on a sheet, as it stands (dòng tiêu chí): its points, and those lost, 0 where it does not apply."""

    sheet = models.ForeignKey(ParSheet, models.CASCADE, related_name="lines")
    criterion = models.CharField(max_length=20)
    points = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    lost = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    applies = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "criterion"], name="one_par_line")]
        indexes = [models.Index(fields=["sheet", "-lost"], condition=Q(lost__gt=0), name="par_line_lost")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.criterion}"

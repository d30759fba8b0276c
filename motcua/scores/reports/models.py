"""Reports as they were sent: frozen, numbered, corrected only by a new version with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class SentReport(models.Model):
    """A report form as it was sent (báo cáo đã gửi). Never changed afterwards (by trigger).

    `number` counts the reports of a unit in a year, `version` those of one form and period: the first is the
    report, every later one a correction for a `reason`. `content` is the whole sheet (`sheets.as_data`), `digest`
    its SHA-256.
    """

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="sent_reports")
    form = models.CharField(max_length=16)
    period = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sent_reports")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "form", "period", "version"], name="one_report_version"),
            models.UniqueConstraint(fields=["unit", "year", "number"], name="one_report_number"),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="report_corrected_for_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.form} {self.period}"

    @property
    def code(self) -> str:
        """Số báo cáo: 3/BC-TTHC-2026, with the version of a correction."""
        again = f" (lần {self.version})" if self.version > 1 else ""
        return f"{self.number}/BC-TTHC-{self.year}{again}"


class DeclaredRow(models.Model):
    """A row of a form that somebody answers for, as nothing here counts it. Final (by trigger).

    Dòng kê khai của biểu báo cáo.

    `cells` are counts by the number of their column; `evidence` is the number or address of a paper, `file` the paper
    itself; `reason` says why an earlier row of the same form, unit and period is corrected.
    """

    form = models.CharField(max_length=16)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    cells = models.JSONField()
    evidence = models.CharField(max_length=500)
    file_name = models.CharField(max_length=200, blank=True)
    file = models.BinaryField(blank=True, default=b"")
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(evidence=""), name="declared_row_with_evidence"),
        ]
        indexes = [models.Index(fields=["form", "period", "unit", "-id"], name="declared_row_newest")]

    def __str__(self) -> str:
        return f"{self.form} {self.period} {self.unit_id}"

    @property
    def cells_by_no(self) -> dict[int, int]:
        """The counts by the number of their column, as a form has them."""
        return {int(no): count for no, count in self.cells.items()}

    @property
    def told(self) -> Mapping[str, Any]:
        """Who answers for it, since when, and what shows it: what a sent report keeps of it."""
        return {"by": self.by.full_name, "at": self.at.isoformat(), "evidence": self.evidence}

"""Reports as they were sent: frozen, numbered, corrected only by a new version with its reason."""

from __future__ import annotations

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

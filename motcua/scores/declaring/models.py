"""What was declared. A correction is a new row: the newest one of an indicator, unit and period holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Declared(models.Model):
    """Two numbers somebody answers for (số liệu kê khai). Never changed afterwards (by trigger).

    `period` as `periods.Period` writes it; `evidence` is the number or address of a paper, `file` the paper itself;
    `reason` says why an earlier row of the same figure is corrected.
    """

    indicator = models.CharField(max_length=20)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="declared")
    period = models.CharField(max_length=8)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    evidence = models.CharField(max_length=500)
    file_name = models.CharField(max_length=200, blank=True)
    file = models.BinaryField(blank=True, default=b"")
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="declared")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(numerator__lte=F("denominator")), name="declared_part_of_whole"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="declared_with_evidence"),
        ]
        indexes = [models.Index(fields=["indicator", "period", "unit", "-id"], name="declared_newest")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}: {self.numerator}/{self.denominator}"

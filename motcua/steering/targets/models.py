"""Targets of units by year, where each is written, and the values declared for those the system cannot compute."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Target(models.Model):
    """What a unit must reach in a year (chỉ tiêu). `measure` names what it is computed from, "" when declared.

    `plan` and `baseline` are in `per`; `direction` says whether more is better (up) or less (down).
    """

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=300)
    plan = models.DecimalField(max_digits=14, decimal_places=2)
    baseline = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    per = models.CharField(max_length=20, default="%")
    direction = models.CharField(max_length=4, default="up")
    measure = models.CharField(max_length=60, blank=True)
    definition = models.CharField(max_length=1000, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    facts = models.PositiveIntegerField()

    class Meta:
        ordering = ["unit", "year", "id"]
        constraints = [models.UniqueConstraint(fields=["unit", "year", "code"], name="one_target_each")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"

    @property
    def stream(self) -> str:
        return f"chi-tieu/{self.pk}"


class TargetSource(models.Model):
    """Where a target is written (căn cứ chỉ tiêu); one target may have several."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="sources")
    said = models.CharField(max_length=300)
    instrument = models.ForeignKey(
        "steering.Instrument", models.PROTECT, null=True, blank=True, related_name="targets"
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["target", "said"], name="one_target_source_each")]

    def __str__(self) -> str:
        return self.said


class TargetValue(models.Model):
    """A value somebody declared for a target as of a day (số liệu kê khai), kept for ever."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="values")
    on = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-id"]

    def __str__(self) -> str:
        return f"{self.target_id} {self.on:%d/%m/%Y} {self.value}"

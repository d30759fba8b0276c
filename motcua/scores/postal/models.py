"""Unit rates of what postal operators do at desks, and the sheets by which a month of it is accepted and paid."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from motcua.dossiers.models import Dossier, Guidance
from motcua.people.models import Officer, Unit


class Activity(models.TextChoices):
    """What an operator is paid for (Thông báo 476/TB-VPCP)."""

    GUIDE = "guide", "Hướng dẫn"
    RECEIVE = "receive", "Tiếp nhận"
    DIGITISE = "digitise", "Số hóa"
    RETURN = "return", "Trả kết quả"


def _never_twice(activity: Activity) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"one_rate_to_{activity.value}",
        expressions=[
            (Func("valid_from", "valid_to", Value("[)"), function="daterange"), RangeOperators.OVERLAPS)
        ],
        condition=Q(activity=activity),
    )


class ServiceRate(models.Model):
    """The rate of one activity for a time, by a decision (định mức, đơn giá dịch vụ bưu chính).

    `amount` in đồng for each time, `minutes` of work for each time; at least one of both. Never amended (by trigger):
    only its end may be set, and no day of an accepted sheet that used it can be taken away.
    """

    activity = models.CharField(max_length=10, choices=Activity.choices)
    amount = models.PositiveBigIntegerField(null=True, blank=True)
    minutes = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120)
    decided_on = models.DateField()
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["activity", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="rate_valid_period"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | Q(minutes__gt=0), name="rate_says_something"
            ),
            *(_never_twice(activity) for activity in Activity),
        ]

    def __str__(self) -> str:
        return f"{self.get_activity_display()} {self.valid_from:%d/%m/%Y}"


class SheetState(models.TextChoices):
    """Where a sheet stands."""

    PROPOSED = "proposed", "Chờ nghiệm thu"
    ACCEPTED = "accepted", "Đã nghiệm thu"
    RETURNED = "returned", "Đã trả lại"


class ServiceSheet(models.Model):
    """What one operator did in one month, proposed by one and accepted by another (biên bản nghiệm thu).

    Frozen with its lines and rows (by trigger); only its state moves on, once. A mistake is mended by the next
    `version` of the month, which names in `corrects` the accepted one and in `reason` why. `unit` is where it was
    proposed; `digest` is SHA-256 over all rows.
    """

    operator = models.ForeignKey(Unit, models.PROTECT, related_name="service_sheets")
    month = models.DateField()
    version = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.PROPOSED)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrected_by")
    reason = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-month", "operator", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "month", "version"], name="one_sheet_per_version"),
            models.UniqueConstraint(
                fields=["operator", "month"], condition=Q(state="proposed"), name="one_open_sheet"
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=~Q(state="returned"), name="one_correction_of_a_sheet"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""), name="sheet_corrected_for_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="nobody_accepts_his_own_sheet",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What it is called by: 2026-10/BD.1."""
        return f"{self.month:%Y-%m}/{self.operator.code}.{self.version}"


class ServiceLine(models.Model):
    """One activity at one rate in a sheet (dòng nghiệm thu); `rate` and `amount` null where no rate was in force."""

    sheet = models.ForeignKey(ServiceSheet, models.PROTECT, related_name="lines")
    activity = models.CharField(max_length=10, choices=Activity.choices)
    rate = models.ForeignKey(ServiceRate, models.PROTECT, null=True, related_name="lines")
    quantity = models.PositiveIntegerField()
    amount = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "activity", "rate"], nulls_distinct=False, name="one_line_per_rate"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.activity}"

    @property
    def minutes(self) -> Decimal | None:
        """All minutes of the line by its rate; None where the rate has none."""
        return self.rate.minutes * self.quantity if self.rate and self.rate.minutes else None


class ServiceRow(models.Model):
    """One thing an operator's officer did, behind a line of a sheet (việc đã làm).

    A fact of `dossier` at the moment `at`, or `guidance`; `quantity` counts the papers digitised, else 1.
    """

    line = models.ForeignKey(ServiceLine, models.PROTECT, related_name="rows")
    at = models.DateTimeField()
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    desk = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="+")
    guidance = models.ForeignKey(Guidance, models.PROTECT, null=True, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.line_id} {self.at}"

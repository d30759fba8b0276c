"""Numbered tickets of a desk: who comes next, and how long they waited."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from motcua.people.models import Officer, Unit


class Ticket(models.Model):
    """One number of one desk on one day (số thứ tự; NĐ 118/2025 Đ.13.2).

    Moments are written once and stay: `taken_at`, the first call `called_at`, `served_at`. A number that did not come
    is put aside (`skipped_at`) and may be called again: then `last_call_at` is later. `key` is its public address.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tickets")
    day = models.DateField()
    number = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    last_call_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    counter = models.CharField(max_length=20, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="tickets")
    skipped_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day", "number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "day", "number"], name="one_ticket_number"),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True) | Q(called_at__gte=F("taken_at")),
                name="called_after_taken",
            ),
            models.CheckConstraint(
                condition=Q(served_at__isnull=True) | Q(served_at__gte=F("called_at")),
                name="served_after_called",
            ),
        ]
        indexes = [models.Index(fields=["unit", "day", "-last_call_at"], name="ticket_board")]

    def __str__(self) -> str:
        return f"{self.number}, {self.day:%d/%m/%Y}"


class TicketCounter(models.Model):
    """The last number given at a desk on a day (số đã phát trong ngày)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="ticket_counters")
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="one_ticket_counter_a_day")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day} {self.last}"

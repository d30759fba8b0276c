"""What the open files of a month are made of, counted once and kept (số liệu mở của tháng)."""

from __future__ import annotations

from django.db import models


class OpenMonth(models.Model):
    """The counts of one month (số liệu mở của tháng), from when its open file or the next month's was first taken.

    `lines` holds for each agency by its code the name and the counts by field, small ones too: never published as it
    stands. Nothing of it changes afterwards (by trigger), so that two files of a month cannot be held against each
    other.
    """

    month = models.CharField(max_length=8, unique=True)
    at = models.DateTimeField()
    lines = models.JSONField()

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return self.month

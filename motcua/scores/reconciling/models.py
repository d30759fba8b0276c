"""A comparison with the national portal as it was made: every dossier of either side, and how the two differ."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from motcua.law.lifecycle import LABELS, State


class Kind(models.TextChoices):
    """How a dossier differs between here and there, the plainest reason first."""

    SAME = "same", "Khớp"
    MISSING_THERE = "missing_there", "Trên Cổng thiếu"
    MISSING_HERE = "missing_here", "Ở đây thiếu"
    LATE = "late", "Đồng bộ muộn"
    STATE = "state", "Sai trạng thái"
    MOMENT = "moment", "Sai thời điểm"


class Reconciliation(models.Model):
    """One comparison with what the national portal says of the dossiers accepted from `first` to `last` (đối soát).

    `digest` is the SHA-256 of the file that was read, or of the dossiers the portal answered with; `figures` are the
    portal's own counts beside them, by the names of `queries.MEASURED`; `many` dossiers were compared, of which
    `differing` differ. Nothing of it changes afterwards (by
    trigger): a later comparison is a new one.
    """

    first = models.DateField()
    last = models.DateField()
    file_name = models.CharField(max_length=200)
    gateway = models.BooleanField(default=False)
    stand_in = models.BooleanField(default=False)
    figures = models.JSONField(default=dict)
    many = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reconciliations")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y}–{self.last:%d/%m/%Y}"


class Match(models.Model):
    """One dossier on the two sides when they were compared (hồ sơ đối chiếu); null where a side has none."""

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="matches")
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    ours = models.PositiveSmallIntegerField(null=True)
    theirs = models.PositiveSmallIntegerField(null=True)
    our_accepted = models.DateTimeField(null=True)
    their_accepted = models.DateTimeField(null=True)
    our_ended = models.DateTimeField(null=True)
    their_ended = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["reconciliation", "code"], name="one_match_each")]
        indexes = [models.Index(fields=["reconciliation", "kind", "code"], name="match_kind")]

    def __str__(self) -> str:
        return f"{self.code}: {self.kind}"

    @property
    def our_state(self) -> str:
        return _named(self.ours)

    @property
    def their_state(self) -> str:
        return _named(self.theirs)


def _named(state: int | None) -> str:
    return "không có" if state is None else LABELS[State(state)]

"""What was published of the index, and the rows behind it: frozen (công bố chỉ số)."""

from __future__ import annotations

from django.db import models

from motcua.people.models import Officer, Unit


class SnapshotState(models.TextChoices):
    """Where a publication stands."""

    DRAFT = "draft", "Dự thảo"
    SIGNED = "signed", "Đã ký duyệt"
    PUBLISHED = "published", "Đã công bố"


class Snapshot(models.Model):
    """One publication of the index of one period (bản công bố chỉ số). Frozen by trigger from the moment it is made.

    `content` is what anyone may download and check, `digest` SHA-256 over it, `salt` the key of the digests of its
    rows, which never leaves; `unit` is where it was drafted and whose head signs. Only its state moves on, and what
    goes with it: who signed, who published, the notice's number. A mistake is mended by the next `version` of the
    period, which says in `reason` why.
    """

    period = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=SnapshotState.choices, default=SnapshotState.DRAFT)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="snapshots")
    reason = models.CharField(max_length=1000, blank=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    salt = models.BinaryField(default=b"")
    drafted_by = models.ForeignKey(Officer, models.PROTECT, related_name="drafted_snapshots")
    drafted_at = models.DateTimeField()
    signed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="signed_snapshots")
    signed_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="published_snapshots")
    published_at = models.DateTimeField(null=True)
    document = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-period", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["period", "version"], name="one_snapshot_per_version"),
            models.CheckConstraint(
                condition=models.Q(version=1) | ~models.Q(reason=""), name="corrected_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} v{self.version}"

    @property
    def number(self) -> str:
        """What it is called by: 2026-10.1."""
        return f"{self.period}.{self.version}"


class SnapshotRows(models.Model):
    """The rows behind the figures of a publication (dòng làm nên số công bố), frozen with it; not for the public.

    Of dossiers decided by `unit`: packed [code, sides] pairs; of the procedures scored there, by indicator and side.
    """

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="rows")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    dossiers = models.BinaryField()
    procedures = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "unit"], name="one_of_a_unit_per_snapshot")
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.unit_id}"

"""The journal: append-only facts, one chain of hashes per stream. Only this room touches these rows."""

from django.db import models


class Entry(models.Model):
    """One fact of one stream (dòng nhật ký). Never changed, never deleted: a trigger refuses both.

    `stream` names what the fact is about ("ho-so/H14.05-261122-0001"); `version` counts from 1 within it.
    `hash` is SHA-256 over the previous entry's hash and everything else in the row.
    """

    position = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=96)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=48)
    data = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=96)
    provision = models.CharField(max_length=200, blank=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "version"], name="one_fact_per_version")]

    def __str__(self) -> str:
        return f"{self.stream} #{self.version} {self.kind}"

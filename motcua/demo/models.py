"""The mark of a demo world: a database that has it holds invented data and nothing else."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class DemoRun(models.Model):
    """The one demo world of this database (bản thử): what it was made from.

    Written before anything else into an empty database, so that nothing in it can be taken for real.
    `at` is the world's "now", `start` its first moment, `finished_at` when everything had been played.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    catalogue = models.CharField(max_length=500, blank=True)
    months = models.PositiveSmallIntegerField()
    dossiers = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    at = models.DateTimeField()
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_demo_world")]

    def __str__(self) -> str:
        return f"{self.dossiers} hồ sơ, {self.months} tháng, mầm {self.seed}"

    def settings(self) -> dict[str, Any]:
        """What a second run is compared with."""
        return {name: getattr(self, name) for name in ("catalogue", "months", "dossiers", "seed", "at")}

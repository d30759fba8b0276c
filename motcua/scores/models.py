"""What the index keeps: counts shared by the workers for a moment, and what was published for good."""

from __future__ import annotations

from django.db import models

from .declaring.models import Declared as Declared
from .opening.models import OpenMonth as OpenMonth
from .postal.models import ServiceLine as ServiceLine
from .postal.models import ServiceRate as ServiceRate
from .postal.models import ServiceRow as ServiceRow
from .postal.models import ServiceSheet as ServiceSheet
from .reconciling.models import Match as Match
from .reconciling.models import Reconciliation as Reconciliation
from .reports.models import DeclaredRow as DeclaredRow
from .reports.models import SentReport as SentReport
from .snapshots.models import Snapshot as Snapshot
from .snapshots.models import SnapshotRows as SnapshotRows
from .snapshots.models import SnapshotState as SnapshotState


class Counted(models.Model):
    """Counts that pages share for seconds (số liệu tính sẵn). In an unlogged table: worth nothing after a crash.

    `key` names what was counted and for which period, `stamp` what was known then, `cost` how long it took, seconds.
    """

    key = models.CharField(max_length=300, primary_key=True)
    at = models.DateTimeField()
    stamp = models.CharField(max_length=200)
    data = models.JSONField()
    cost = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="counted_at")]

    def __str__(self) -> str:
        return self.key

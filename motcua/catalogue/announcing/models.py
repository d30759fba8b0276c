"""What announcing keeps: legal instruments, decisions, and what each announces (công bố thủ tục hành chính)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class InstrumentKind(models.TextChoices):
    """Loại văn bản quy phạm pháp luật."""

    LAW = "law", "Luật, bộ luật"
    ASSEMBLY = "assembly", "Nghị quyết của Quốc hội"
    DECREE = "decree", "Nghị định"
    PREMIER = "premier", "Quyết định của Thủ tướng"
    CIRCULAR = "circular", "Thông tư"
    COUNCIL = "council", "Nghị quyết của HĐND"
    COMMITTEE = "committee", "Quyết định của UBND"
    OTHER = "other", "Văn bản khác"


class Instrument(models.Model):
    """A legal instrument of the register (văn bản quy phạm pháp luật).

    `number` as it is printed ("12/2026/QĐ-UBND"), `aliases` what else it is called. `ended_on` is the first day it is
    no longer in force. `procedures` are those it makes, changes or abolishes, {kind, code, title, note}: they must
    be announced.
    """

    number = models.CharField(max_length=120)
    aliases = models.JSONField(default=list, blank=True)
    kind = models.CharField(max_length=10, choices=InstrumentKind.choices)
    issuer = models.CharField(max_length=300)
    issued_on = models.DateField()
    effective_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    title = models.TextField()
    procedures = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-issued_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["number", "issuer"], name="one_instrument"),
            models.CheckConstraint(
                condition=Q(effective_on__gte=F("issued_on")), name="instrument_effective_after_issued"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("effective_on")),
                name="instrument_ends_after_effect",
            ),
        ]

    def __str__(self) -> str:
        return self.number

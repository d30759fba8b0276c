"""What a comparison with the national record keeps (đối chiếu với CSDLQG về thủ tục hành chính)."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class Kind(models.TextChoices):
    """How a procedure differs from the national record."""

    FIELD = "field", "Khác nội dung"
    ONLY_THERE = "there", "Chỉ có ở CSDLQG"
    ONLY_HERE = "here", "Chỉ có ở đây"


class Decision(models.TextChoices):
    """What is done about a mismatch."""

    TAKE = "take", "Lấy theo CSDLQG"
    KEEP = "keep", "Giữ của tỉnh, có lý do"
    ASK = "ask", "Hỏi bộ, cơ quan công bố"


class Matching(models.Model):
    """One comparison with the national record (lần đối chiếu): what was read, and how many procedures are the same.

    `whole`: all of the record was read, so that what it lacks is only here; `unread` are its rows nobody could read.
    """

    source = models.CharField(max_length=500)
    whole = models.BooleanField()
    stand_in = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    read = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.at:%d/%m/%Y %H:%M}"


class Mismatch(models.Model):
    """One part of a procedure that the national record has otherwise (điểm khác với CSDLQG).

    `field` is "" where a whole procedure is in one of the two only. `ours` and `theirs` are shown side by side,
    `given` is what taking theirs writes. A decision stands until either side says something else; `draft` is the
    text that takes theirs over. `closed_at` is when a comparison did not find it any more.
    """

    code = models.CharField(max_length=40)
    field = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    title = models.CharField(max_length=2000)
    version = models.ForeignKey(
        "catalogue.Version", models.CASCADE, null=True, blank=True, related_name="mismatches"
    )
    ours = models.TextField(blank=True)
    theirs = models.TextField(blank=True)
    given = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    found_at = models.DateTimeField()
    decision = models.CharField(max_length=4, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    draft = models.ForeignKey(
        "catalogue.Version", models.SET_NULL, null=True, blank=True, related_name="taken"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["code", "field"]
        constraints = [
            models.UniqueConstraint(fields=["code", "field"], name="one_mismatch_each"),
            models.CheckConstraint(
                condition=~Q(decision__in=["keep", "ask"]) | ~Q(reason=""), name="kept_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["closed_at", "decision", "code"], name="mismatch_open")]

    def __str__(self) -> str:
        return f"{self.code} {self.field}"

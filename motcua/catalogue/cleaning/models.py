"""What cleaning keeps: each flaw of a version, and how many there were on a day (kết quả làm sạch)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """Where a flaw stands. It is mended when a sweep does not find it any more, never by a button."""

    OPEN = "open", "Chưa sửa"
    MENDED = "mended", "Đã sửa"
    ACCEPTED = "accepted", "Chấp nhận, có lý do"


class Flaw(models.Model):
    """Something a rule finds wrong in one place of a version (điểm cần làm sạch).

    `rule` is the code of the rule, `place` the part of the procedure with its line, `said` what is wrong there.
    `owner` mends it by `due`; `reason` is why it is accepted as it stands.
    """

    version = models.ForeignKey("catalogue.Version", models.CASCADE, related_name="flaws")
    rule = models.CharField(max_length=8)
    place = models.CharField(max_length=200)
    said = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="flaws"
    )
    due = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "rule", "place"], name="one_flaw_each"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | ~Q(reason=""), name="accepted_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["state", "rule"], name="flaw_state_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.place}"

    @property
    def sentence(self) -> str:
        """What is wrong, in which procedure and field."""
        return f"Thủ tục {self.version.procedure.code}, {self.place[:1].lower()}{self.place[1:]}: {self.said}"


class Sweep(models.Model):
    """How the catalogue stood after the last sweep of a day (lần rà dữ liệu): one row a day, so nothing counts twice.

    `open` and `accepted` are flaws, `mended` those found mended up to then; `spotless` are procedures without an open
    one that counts. `unchecked` says of each rule that could not be checked why.
    """

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    procedures = models.PositiveIntegerField()
    spotless = models.PositiveIntegerField()
    open = models.PositiveIntegerField()
    mended = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    unchecked = models.JSONField(default=dict)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}: {self.open}"

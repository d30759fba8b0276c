"""What is kept of somebody's word that a page is wrong (báo sai)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Part(models.TextChoices):
    """What of a procedure is said to be wrong; the five answers first."""

    PAPERS = "giay-to", "Giấy tờ phải nộp"
    MONEY = "phi", "Phí, lệ phí"
    TIME = "thoi-han", "Thời hạn"
    PLACE = "noi-nop", "Nơi nộp, cơ quan giải quyết"
    RESULT = "ket-qua", "Kết quả nhận được"
    REST = "khac", "Phần khác"


class State(models.TextChoices):
    """Where a remark stands; both answers are final."""

    NEW = "new", "Chờ trả lời"
    TAKEN = "taken", "Đúng, đã tiếp thu"
    DECLINED = "declined", "Không sai"


class Remark(models.Model):
    """Somebody's word that a page of a procedure is wrong (báo sai).

    `version` is the text that was shown, `key` the address at which whoever told it reads the answer. `origin` tells
    apart who sends much on one day and says nothing else of them: it is emptied with the answer.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey("catalogue.Version", models.PROTECT, related_name="remarks")
    part = models.CharField(max_length=8, choices=Part.choices)
    text = models.CharField(max_length=2000)
    sent_at = models.DateTimeField()
    origin = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    answer = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="new") | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="remark_settled_with_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="remark_state"),
            models.Index(fields=["sent_at"], name="remark_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.part}"

"""Questions: what the facts give reason to ask, whom, and what was answered (giải trình)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.dossiers.models import Dossier
from motcua.law.signs import Kind
from motcua.people.models import Officer, Unit


class State(models.TextChoices):
    """Where a question stands. Only a head or the control office settles one."""

    ASKED = "asked", "Chờ giải trình"
    ANSWERED = "answered", "Đã giải trình"
    SETTLED = "settled", "Đã xem xét"


OPEN = (State.ASKED, State.ANSWERED)


class Question(models.Model):
    """One question about one dossier (câu hỏi giải trình); its sign never changes once it was asked.

    `happened_at` is when what is asked about happened, `version` the fact that shows it (0: none, time itself);
    `unit` the one that answers, `officer` whom it is asked of, when the facts name anybody.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.label) for kind in Kind])
    key = models.CharField(max_length=300, blank=True)
    what = models.CharField(max_length=1000)
    version = models.PositiveIntegerField()
    happened_at = models.DateTimeField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    before = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "kind", "key"], name="one_question_each"),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="question_state"),
            models.Index(fields=["unit", "state", "-id"], name="question_unit"),
            models.Index(fields=["officer", "-id"], condition=Q(state="asked"), name="question_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.kind}"


class Saying(models.Model):
    """One thing said about a question (lời giải trình): an answer, an acceptance, or a question back; never changed."""

    class What(models.TextChoices):
        ANSWERED = "answered", "Giải trình"
        ASKED_AGAIN = "again", "Hỏi lại"
        SETTLED = "settled", "Đã xem xét"

    question = models.ForeignKey(Question, models.CASCADE, related_name="sayings")
    what = models.CharField(max_length=8, choices=What.choices)
    text = models.CharField(max_length=2000)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.question_id} {self.what}"


class Look(models.Model):
    """How far a dossier was looked at for signs (lần xem): `facts` of it, at `at`."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, primary_key=True, related_name="look")
    facts = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.facts}"


class Beginning(models.Model):
    """Since when signs are looked for (mốc bắt đầu hỏi); what was brought in before is not asked why it came late."""

    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.since:%d/%m/%Y %H:%M}"

"""Question sets, surveys, who is asked, their links and letters; and the answers, which lead back to nobody.

`SurveyAnswer` has no way to `Respondent`: no key, no moment, no order of its own (docs/adr/0016).
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from uuid import uuid4

from django.db import models
from django.db.models import Q

from motcua.law.surveys import STREAM, QuestionSet, Standing, standing
from motcua.notices.models import State
from motcua.people.models import Officer, Unit

from ..par.models import ParRound


class QuestionTable(models.Model):
    """A question set by decision (bộ câu hỏi); never changed, a new one takes its place.

    `forms` and `weights` are those of `law.surveys.QuestionSet.of`.
    """

    name = models.CharField(max_length=300)
    decision = models.CharField(max_length=80)
    decided_on = models.DateField()
    forms = models.JSONField()
    weights = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_on", "-id"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def questions(self) -> QuestionSet:
        return QuestionSet.of(self.forms, weights=self.weights)


class Survey(models.Model):
    """A survey of the units of a round (cuộc điều tra xã hội học). `units` codes; `least` by form; closed is final.

    One opened by mistake is closed as `withdrawn`: nothing is counted, and another may ask the same.
    """

    round = models.ForeignKey(ParRound, models.PROTECT, related_name="surveys")
    table = models.ForeignKey(QuestionTable, models.PROTECT, related_name="surveys")
    name = models.CharField(max_length=300)
    units = models.JSONField()
    least = models.JSONField()
    opens = models.DateField()
    closes = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["-opens", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "name"], condition=Q(withdrawn=False), name="one_survey_name"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(closed_at__isnull=False), name="withdrawn_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"{STREAM}/{self.pk}"

    @property
    def questions(self) -> QuestionSet:
        return self.table.questions


class Respondent(models.Model):
    """Somebody asked about one unit by one form (người được hỏi). `answered` is all that is known of the answer.

    Who has a name and an address is one person; of those without an address, who has the same office and telephone too.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="respondents")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    answered = models.BooleanField(default=False)
    withdrawn = models.BooleanField(default=False)
    paper = models.BooleanField(default=False)

    class Meta:
        ordering = ["unit__code", "form", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "unit", "form", "name", "email"],
                condition=~Q(email=""),
                name="one_respondent",
            ),
            models.UniqueConstraint(
                fields=["survey", "unit", "form", "name", "role", "phone"],
                condition=Q(email=""),
                name="one_respondent_unwritten",
            ),
        ]
        indexes = [
            models.Index(
                fields=["survey"],
                condition=Q(answered=False, withdrawn=False, paper=False),
                name="respondent_waited_for",
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.form}"

    def standing(self, on: date) -> Standing:
        found = standing(
            answered=self.answered,
            withdrawn=self.withdrawn,
            paper=self.paper,
            opens=self.survey.opens,
            closes=self.survey.closes,
            on=on,
        )
        if self.survey.withdrawn and not self.answered:
            return Standing.WITHDRAWN
        return Standing.LATE if found is Standing.OPEN and self.survey.closed_at else found


class SurveyLink(models.Model):
    """A link a respondent may answer by, once (liên kết trả lời): `digest` of its token, which is kept nowhere.

    `printed` ones are on a sheet for handing over; a new sheet ends those of the one before.
    """

    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    printed = models.BooleanField(default=False)
    ended = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.respondent_id}"


class Invitation(models.Model):
    """A letter to a respondent (thư mời, thư nhắc), attempted once, as notices are. Its link is made as it leaves.

    `address` begins the link; nothing is kept of what the letter says.
    """

    respondent = models.ForeignKey(Respondent, models.CASCADE, related_name="invitations")
    reminder = models.BooleanField(default=False)
    address = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    message = models.CharField(max_length=300, blank=True)
    stand_in = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state=State.WAITING), name="invitation_due"),
            models.Index(fields=["tried_at"], condition=Q(state=State.SENDING), name="invitation_in_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.respondent_id} {self.state}"


class SurveyAnswer(models.Model):
    """A form that was answered (phiếu trả lời): the options by question. No moment, and a key that orders nothing.

    `entered_by` is the officer who typed a form given on paper, empty for one answered by link.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    options = models.JSONField()
    entered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["survey", "unit", "form"], name="survey_answer_counted")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.form}"


class SurveyResult(models.Model):
    """What a form came to for a unit when the survey was closed (kết quả điều tra). Never changed.

    `votes` by question and option, empty where `enough` is False.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="results")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    asked = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    papers = models.PositiveIntegerField()
    enough = models.BooleanField()
    votes = models.JSONField(default=dict)

    class Meta:
        ordering = ["unit__code", "form"]
        constraints = [models.UniqueConstraint(fields=["survey", "unit", "form"], name="one_survey_result")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.unit_id} {self.form}"

"""Draft regulations and what was said of the procedures in them (dự thảo văn bản). What was said is only ever added."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.law import control
from motcua.people.models import Unit

from ..announcing.models import Change, Instrument

UNGIVEN = "DT-"  # how the code of a procedure begins that the national database has given none yet


class DraftKind(models.TextChoices):
    """What the draft becomes (loại văn bản)."""

    RESOLUTION = "resolution", "Nghị quyết của HĐND tỉnh"
    DECISION = "decision", "Quyết định của UBND tỉnh"
    CENTRAL = "central", "Văn bản của trung ương"


class Stage(models.TextChoices):
    """Where a draft stands (`law.control.Stage`)."""

    DRAFTING = control.Stage.DRAFTING.value, control.STAGES[control.Stage.DRAFTING]
    ASSESSMENT = control.Stage.ASSESSMENT.value, control.STAGES[control.Stage.ASSESSMENT]
    OPINION = control.Stage.OPINION.value, control.STAGES[control.Stage.OPINION]
    APPRAISAL = control.Stage.APPRAISAL.value, control.STAGES[control.Stage.APPRAISAL]
    PROMULGATION = control.Stage.PROMULGATION.value, control.STAGES[control.Stage.PROMULGATION]
    PROMULGATED = control.Stage.PROMULGATED.value, control.STAGES[control.Stage.PROMULGATED]
    STOPPED = control.Stage.STOPPED.value, control.STAGES[control.Stage.STOPPED]


class Origin(models.TextChoices):
    """What a draft came from (xuất phát từ đâu)."""

    NONE = "", "Không ghi"
    ABOLISH = "abolish", "Đề xuất bãi bỏ thủ tục sau rà soát"
    CUT = "cut", "Đề xuất cắt giảm sau rà soát"
    SIMPLIFY = "simplify", "Đề xuất đơn giản hóa sau rà soát"
    FEEDBACK = "feedback", "Phản ánh, kiến nghị của người dân, doanh nghiệp"
    ASSIGNED = "assigned", "Văn bản cấp trên giao"


class Position(models.TextChoices):
    """What an opinion comes to (`law.control.Position`)."""

    AGREED = "agreed", "Đồng ý"
    REMARKS = "remarks", "Đồng ý, có đề nghị sửa"
    DISAGREED = "disagreed", "Không đồng ý"


class Draft(models.Model):
    """A draft regulation with procedures in it (dự thảo văn bản).

    `day` is the day of the document, which chooses the law it is held against; `ground` its legal authority under
    that law, written at `clause`. `due` is the last day of the stage it stands at. `number`, `issued_on`,
    `effective_on` and `signer` are there once it is promulgated, and it stands in the register as `instrument`.
    """

    kind = models.CharField(max_length=10, choices=DraftKind.choices)
    name = models.CharField(max_length=500)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="drafts")
    day = models.DateField()
    ground = models.CharField(max_length=20, blank=True)
    clause = models.CharField(max_length=500, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, blank=True)
    origin_text = models.CharField(max_length=1000, blank=True)
    origin_number = models.CharField(max_length=120, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.DRAFTING)
    due = models.DateField(null=True, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=64)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    signer = models.CharField(max_length=200, blank=True)
    instrument = models.OneToOneField(Instrument, models.PROTECT, null=True, blank=True, related_name="draft")

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage="promulgated")
                | (~Q(number="") & Q(issued_on__isnull=False) & Q(effective_on__isnull=False)),
                name="promulgated_by_a_document",
            ),
        ]
        indexes = [models.Index(fields=["stage", "due"], name="draft_stage_due")]

    def __str__(self) -> str:
        return self.name


class Drafted(models.Model):
    """One procedure in a draft (thủ tục trong dự thảo).

    `version` is what it shall say, a draft of the catalogue, none for one to be abolished; `before` what it says now.
    `absent` are the conditional parts it is said not to have.
    """

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="procedures")
    change = models.CharField(max_length=10, choices=Change.choices)
    version = models.OneToOneField(
        "catalogue.Version", models.PROTECT, null=True, blank=True, related_name="drafted"
    )
    before = models.ForeignKey(
        "catalogue.Version", models.PROTECT, null=True, blank=True, related_name="redrafted"
    )
    absent = models.JSONField(default=list)
    sets = models.PositiveSmallIntegerField(null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False) | Q(before__isnull=False), name="drafted_from_something"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name it shall have, or has."""
        told = self.version or self.before
        return told.title if told else ""

    @property
    def code(self) -> str:
        """The code it is known by, for now one of our own where none was given."""
        told = self.version or self.before
        return told.procedure.code if told else ""

    @property
    def waits_for_code(self) -> bool:
        """Whether the national database has given no code yet."""
        return self.code.startswith(UNGIVEN)


class Visit(models.Model):
    """One stay of a draft at a stage (lượt ở một bước), from when to when, and how it left."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="visits")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    since = models.DateTimeField()
    due = models.DateField(null=True, blank=True)
    left = models.DateTimeField(null=True, blank=True)
    to = models.CharField(max_length=12, choices=Stage.choices, blank=True)
    reason = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=Q(left__isnull=True), name="one_stage_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.since:%d/%m/%Y}"


class Assessment(models.Model):
    """One impact assessment of a procedure in a draft (bản đánh giá tác động; TT 03/2022/TT-BTP).

    The last one counts. `answers` are {part: {necessary, reasonable, lawful, reason}}; costs are đồng a year as
    declared by whoever assessed, at that moment.
    """

    drafted = models.ForeignKey(Drafted, models.PROTECT, related_name="assessments")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    needed = models.BooleanField(null=True)
    needed_why = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    management = models.BooleanField(null=True)
    management_why = models.TextField(blank=True)
    convenience = models.BooleanField(null=True)
    convenience_why = models.TextField(blank=True)
    cheapest = models.BooleanField(null=True)
    cost_before = models.DecimalField(max_digits=16, decimal_places=0, null=True, blank=True)
    cost_after = models.DecimalField(max_digits=16, decimal_places=0, null=True, blank=True)
    cost_how = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.drafted_id} {self.at:%d/%m/%Y}"


class Opinion(models.Model):
    """An opinion given at a stage: of those who control procedures, or of the justice department (ý kiến, thẩm định).

    `number`, `on` and `file` are its document. `answer` is how the drafting unit took it up, written once.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="opinions")
    position = models.CharField(max_length=10, choices=Position.choices)
    text = models.TextField()
    number = models.CharField(max_length=80)
    on = models.DateField()
    file = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    answer = models.TextField(blank=True)
    answer_number = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_position_display()}: {self.number}"

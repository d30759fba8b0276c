"""What the room of steering keeps: instruments, the rows of tasks, their files, reminders, letters and reports.

A task's own truth is its stream of facts; every column of `Task`, `Milestone` and `BudgetLine` is a copy for lists.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from motcua.law.steering import AT_WORK, CLOSED, STREAM, TaskState
from motcua.people.models import Officer, Unit

from .books.models import BookEntry as BookEntry
from .books.models import EntryCount as EntryCount
from .finding import Tokens
from .heads.models import HeadRating as HeadRating
from .par.models import CriteriaTable as CriteriaTable
from .par.models import ParLine as ParLine
from .par.models import ParRound as ParRound
from .par.models import ParSheet as ParSheet
from .surveys.models import Invitation as Invitation
from .surveys.models import QuestionTable as QuestionTable
from .surveys.models import Respondent as Respondent
from .surveys.models import Survey as Survey
from .surveys.models import SurveyAnswer as SurveyAnswer
from .surveys.models import SurveyLink as SurveyLink
from .surveys.models import SurveyResult as SurveyResult
from .targets.models import Target as Target
from .targets.models import TargetSource as TargetSource
from .targets.models import TargetValue as TargetValue


class InstrumentKind(models.TextChoices):
    PLAN = "plan", "Kế hoạch"
    DIRECTIVE = "directive", "Chỉ thị"
    CONCLUSION = "conclusion", "Thông báo kết luận"
    LETTER = "letter", "Công văn"
    DECISION = "decision", "Quyết định"
    RESOLUTION = "resolution", "Nghị quyết"
    PROGRAMME = "programme", "Chương trình hành động"
    WORD = "word", "Ý kiến chỉ đạo"
    OTHER = "other", "Văn bản khác"


class IssuerKind(models.TextChoices):
    CENTRAL = "central", "Trung ương"
    PARTY = "party", "Cơ quan Đảng"
    COUNCIL = "council", "Hội đồng nhân dân"
    PROVINCE = "province", "UBND tỉnh, Chủ tịch UBND tỉnh"
    UNIT = "unit", "Sở, ngành, xã"


class Instrument(models.Model):
    """An instrument that asks for work (văn bản chỉ đạo): a directive, a plan, the conclusions of a meeting.

    `number` is as it is written, `key` the same folded; how others cite it stands in its aliases, for one document
    is known under several numbers. `unit` is the unit whose plan it is, for `year`; `parent` what it carries out.
    """

    kind = models.CharField(max_length=12, choices=InstrumentKind.choices)
    number = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    issuer = models.CharField(max_length=200)
    issuer_kind = models.CharField(max_length=10, choices=IssuerKind.choices)
    issued_on = models.DateField()
    signer = models.CharField(max_length=120, blank=True)
    summary = models.CharField(max_length=1000)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField(default=0)
    meeting = models.CharField(max_length=300, blank=True)
    meeting_on = models.DateField(null=True, blank=True)
    words = models.TextField()
    facts = models.PositiveIntegerField()

    class Meta:
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["key", "issued_on", "issuer"], name="one_instrument_each"),
        ]
        indexes = [
            models.Index(fields=["unit", "year"], condition=Q(kind="plan"), name="instrument_plan"),
            models.Index(fields=["-issued_on", "-id"], name="instrument_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def stream(self) -> str:
        return f"van-ban/{self.pk}"


class Alias(models.Model):
    """Another number an instrument is cited under (số, ký hiệu khác)."""

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="aliases")
    number = models.CharField(max_length=80)
    key = models.CharField(max_length=80, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instrument", "key"], name="one_alias_each")]

    def __str__(self) -> str:
        return self.number


class Content(models.Model):
    """The bytes of a file, once for each digest (nội dung tệp)."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.digest[:12]


class Attachment(models.Model):
    """A file handed in about something (tệp đính kèm). `about` is the stream it belongs to ("nhiem-vu/12")."""

    about = models.CharField(max_length=96)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["about", "content"], name="one_file_each")]

    def __str__(self) -> str:
        return self.name

    @property
    def digest(self) -> str:
        return self.content_id


class Task(models.Model):
    """One task of one unit, as its facts have it (nhiệm vụ); a directive to many units is as many tasks.

    `due` is the deadline first given, `until` as extended; `late`: the product came after the deadline that held.
    `settled_on` is the day it was accepted or cancelled. `level` and `rung` are where the ladder of reminders stands,
    `asked` and `proposed` what waits for the giver's answer.
    """

    instrument = models.ForeignKey(Instrument, models.PROTECT, null=True, blank=True, related_name="tasks")
    item = models.CharField(max_length=20, blank=True)
    occurrence = models.CharField(max_length=8, blank=True)
    title = models.CharField(max_length=1000)
    detail = models.TextField(blank=True)
    product = models.CharField(max_length=500)
    field = models.CharField(max_length=20, blank=True)
    tags = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    cause = models.CharField(max_length=160, blank=True)
    giver = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    head = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    given_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    given_on = models.DateField()
    begins = models.DateField()
    due = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=9, choices=[(state.value, state.label) for state in TaskState])
    product_on = models.DateField(null=True, blank=True)
    product_number = models.CharField(max_length=80, blank=True)
    late = models.BooleanField(default=False)
    settled_on = models.DateField(null=True, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    returned = models.PositiveSmallIntegerField(default=0)
    proposals = models.PositiveSmallIntegerField(default=0)
    urged = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    rung = models.CharField(max_length=20, blank=True)
    asked = models.DateField(null=True, blank=True)
    proposed = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField()
    facts = models.PositiveIntegerField()

    class Meta:
        ordering = ["until", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "item", "lead", "occurrence"],
                condition=Q(instrument__isnull=False),
                name="one_task_each",
            ),
        ]
        indexes = [
            models.Index(fields=["until", "id"], condition=~Q(state__in=sorted(CLOSED)), name="task_open"),
            models.Index(
                fields=["lead", "until", "id"], condition=~Q(state__in=sorted(CLOSED)), name="task_open_lead"
            ),
            models.Index(
                fields=["officer", "until"], condition=Q(state__in=sorted(AT_WORK)), name="task_officer"
            ),
            models.Index(fields=["giver", "until"], condition=Q(state="reported"), name="task_waiting"),
            models.Index(
                fields=["giver", "until"],
                condition=Q(asked__isnull=False) | Q(proposed__isnull=False),
                name="task_asking",
            ),
            models.Index(
                fields=["lead", "state", "late", "until", "settled_on", "product_on"],
                include=["giver", "field", "tags"],
                name="task_standing",
            ),
            # Most of a pile is settled, and what is counted of it is kept: what is open is found without it.
            models.Index(
                fields=["lead", "state", "late", "until", "settled_on", "product_on"],
                include=["giver"],
                condition=~Q(state__in=sorted(CLOSED)),
                name="task_open_standing",
            ),
            models.Index(
                fields=["until", "id"],
                include=["state", "late", "settled_on", "product_on"],
                name="task_until",
            ),
            models.Index(fields=["instrument", "until", "id"], name="task_instrument"),
            models.Index(fields=["settled_on"], condition=Q(settled_on__isnull=False), name="task_settled"),
            models.Index(
                fields=["cause"],
                opclasses=["varchar_pattern_ops"],
                condition=~Q(cause=""),
                name="task_caused",
            ),
            GinIndex(Tokens("words"), name="task_words"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title[:60]}"

    @property
    def stream(self) -> str:
        return f"{STREAM}{self.pk}"

    @property
    def code(self) -> str:
        return code(self.pk)


def code(key: int) -> str:
    """What a task is called, by its id."""
    return f"NV-{key}"


class SettledCount(models.Model):
    """How many tasks of a giver and a lead were settled, and how (số nhiệm vụ đã kết thúc); kept by a trigger.

    What is settled stays so: these need no counting again, however many years of them there are.
    """

    giver = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9)
    late = models.BooleanField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["giver", "lead", "state", "late"], name="one_settled_count")
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.state} {self.number}"


class Moved(models.Model):
    """Where the tasks, or the entries of books, of a unit stand (mốc thay đổi của đơn vị); kept by triggers.

    `position` is another one, never used before, with every statement that touched a row of the unit. A unit has a
    second row where two wrote at once: nobody waits for another. What was counted at some positions is so for ever.
    """

    class What(models.TextChoices):
        TASKS = "tasks", "Nhiệm vụ"
        ENTRIES = "entries", "Mục trong sổ"

    what = models.CharField(max_length=8, choices=What.choices)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    position = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["what", "unit"], name="moved_unit")]

    def __str__(self) -> str:
        return f"{self.what} {self.unit_id} {self.position}"


class Cooperation(models.Model):
    """A unit that works with the one in the lead (cơ quan phối hợp)."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="cooperations")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="one_cooperation_each")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.unit_id}"


class Milestone(models.Model):
    """A step on the way of a task (mốc tiến độ), by `due`; `reached_on` when it was reached."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="milestones")
    key = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    due = models.DateField()
    reached_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "key"], name="one_milestone_each")]

    def __str__(self) -> str:
        return self.title


class BudgetLine(models.Model):
    """Money of a task (khoản kinh phí), in đồng: planned, assigned, disbursed."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="budget")
    key = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    planned = models.BigIntegerField(default=0)
    assigned = models.BigIntegerField(default=0)
    disbursed = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["task", "key"], name="one_budget_line_each")]

    def __str__(self) -> str:
        return self.name


class Dependency(models.Model):
    """Work somebody outside the province owes, which blocks tasks here (việc phụ thuộc bên ngoài)."""

    owner = models.CharField(max_length=200)
    what = models.CharField(max_length=1000)
    basis = models.CharField(max_length=300, blank=True)
    due = models.DateField(null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=200, blank=True)
    tasks = models.ManyToManyField(Task, through="Blocking", related_name="dependencies")
    facts = models.PositiveIntegerField()

    class Meta:
        ordering = ["met_on", "due", "id"]

    def __str__(self) -> str:
        return self.what[:80]

    @property
    def stream(self) -> str:
        return f"phu-thuoc/{self.pk}"


class Blocking(models.Model):
    """A task that cannot be done before something outside is there (nhiệm vụ bị vướng)."""

    dependency = models.ForeignKey(Dependency, models.CASCADE, related_name="blockings")
    task = models.ForeignKey(Task, models.CASCADE, related_name="blockings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dependency", "task"], name="one_blocking_each")]

    def __str__(self) -> str:
        return f"{self.dependency_id} {self.task_id}"


class Reminder(models.Model):
    """A reminder an officer was given about a task (lời nhắc); `seen_at` when they had seen it."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="reminders")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    rung = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "rung", "officer"], name="one_reminder_each"),
        ]
        indexes = [
            models.Index(fields=["officer", "-id"], condition=Q(seen_at=None), name="reminder_new"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.rung}"


class Letter(models.Model):
    """A letter that urges a unit about what it owes (công văn đôn đốc), as it was sent; never changed.

    `data` is everything the paper says.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    giver = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.CharField(max_length=80)
    on = models.DateField()
    data = models.JSONField()
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["giver", "number", "on"], name="one_letter_each")]

    def __str__(self) -> str:
        return self.number


class PeriodReport(models.Model):
    """A report of a period as it was sent (báo cáo định kỳ): its figures, its list and its words; never changed.

    `kind` is `tasks` (the figures of tasks) or `overdue` (the monthly list); `period` a code of `law.following`.
    """

    class Kind(models.TextChoices):
        TASKS = "tasks", "Tình hình thực hiện nhiệm vụ"
        OVERDUE = "overdue", "Danh sách nhiệm vụ quá hạn"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    data = models.JSONField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["kind", "unit", "period"], name="one_report_each")]

    def __str__(self) -> str:
        return f"{self.period} {self.unit_id}"

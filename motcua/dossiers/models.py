"""Dossiers: cached rows of what the journal says, refreshed inside every act and checked by `motcua verify`."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from motcua.catalogue.models import Bundle, BundleKind, Channel, ProcessVersion, Version
from motcua.law.lifecycle import LABELS, State
from motcua.people.models import Officer, Role, Unit

# Steps of tasks that are about papers carried between the desk and the agency (duties.py).
PAPERS = ("@giao-giay", "@nhan-giay")
STREAM = "ho-so/"
# Filed online and answered after its hours, or not yet: what may be late.
RECEIVED_LATE = Q(reception_due_at__isnull=False) & (
    Q(reception_answered_at__isnull=True) | Q(reception_answered_at__gt=F("reception_due_at"))
)
AWAITS_SUPPLEMENT, CONSULTATION = "@bo-sung", "@y-kien-"
GROUP_STREAM = "nhom/"


class ApplicantKind(models.IntegerChoices):
    """LoaiDoiTuong of the national exchange."""

    CITIZEN = 1, "Người dân"
    BUSINESS = 2, "Doanh nghiệp"
    AGENCY = 3, "Cơ quan nhà nước"
    OTHER = 4, "Tổ chức khác"


class Dossier(models.Model):
    """One dossier from filing to returned result (hồ sơ).

    Above the line: fixed when it was filed. `agent` hands in for the applicant, who stays the one the dossier is
    for (người nộp thay, theo `authorisation`); `words` repeats code, people and numbers without accents, for search.
    Below: folded from its facts by `acts`, never written elsewhere.
    `reception_due_at` is until when the desk was to answer an online filing, `reception_answered_at` when it did.
    Money in đồng, `left` nowhere: time left is computed when it is shown.
    """

    code = models.CharField(max_length=64, unique=True)
    request_id = models.UUIDField(unique=True)
    version = models.ForeignKey(Version, models.PROTECT, related_name="dossiers")
    process = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="dossiers")
    case = models.CharField(max_length=2000, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    # Indexes of several columns begin with each unit; one more of its own would cost every act.
    receiving_unit = models.ForeignKey(Unit, models.PROTECT, related_name="received", db_index=False)
    deciding_unit = models.ForeignKey(Unit, models.PROTECT, related_name="decided", db_index=False)
    applicant = models.CharField(max_length=200)
    applicant_kind = models.PositiveSmallIntegerField(choices=ApplicantKind.choices)
    identity = models.CharField(max_length=20, blank=True)
    vneid = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    agent_identity = models.CharField(max_length=20, blank=True)
    agent_phone = models.CharField(max_length=20, blank=True)
    authorisation = models.CharField(max_length=500, blank=True)
    subject = models.CharField(max_length=2000, blank=True)
    filed_at = models.DateTimeField()
    words = SearchVectorField(null=True, editable=False)

    facts = models.PositiveIntegerField(default=0)
    state = models.PositiveSmallIntegerField(choices=[(s.value, LABELS[s]) for s in State], default=0)
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reception_due_at = models.DateTimeField(null=True)
    reception_answered_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    limit = models.CharField(max_length=60, blank=True)
    supplements = models.PositiveSmallIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    fee = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    paid_online = models.BooleanField(default=False)
    digitised = models.BooleanField(default=False)
    reused = models.BooleanField(default=False)
    from_store = models.BooleanField(default=False)
    population_data = models.BooleanField(default=False)
    paper_result = models.BooleanField(default=True)
    electronic_result = models.BooleanField(default=False)
    satisfied = models.BooleanField(null=True)
    reported = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(accepted_at__gte=F("filed_at")),
                name="accepted_after_filed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("filed_at")),
                name="ended_after_filed",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(returned_at__gte=F("ended_at")),
                name="returned_after_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["deciding_unit", "accepted_at"], name="dossier_unit_accepted"),
            models.Index(fields=["accepted_at"], name="dossier_accepted"),
            models.Index(fields=["ended_at"], name="dossier_ended"),
            models.Index(fields=["due_at"], condition=Q(ended_at__isnull=True), name="dossier_open_due"),
            models.Index(
                fields=["receiving_unit", "filed_at"],
                condition=Q(state=State.REGISTERED),
                name="dossier_to_receive",
            ),
            models.Index(
                fields=["receiving_unit", "reception_due_at"],
                condition=RECEIVED_LATE,
                name="dossier_reception_late",
            ),
            models.Index(
                fields=["version", "accepted_at"], condition=Q(paid_online=True), name="dossier_paid_online"
            ),
            models.Index(fields=["identity", "-filed_at"], name="dossier_identity"),
            models.Index(fields=["receiving_unit", "-id"], name="dossier_desk_latest"),
            GinIndex(fields=["words"], name="dossier_words"),
            # Ids and days of filing grow together, so that this one is tiny and costs an act nothing.
            BrinIndex(fields=["filed_at"], name="dossier_filed", pages_per_range=16, autosummarize=True),
            models.Index(fields=["state", "id"], condition=Q(state__lt=State.RETURNED), name="dossier_state"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def stream(self) -> str:
        return STREAM + self.code


class Task(models.Model):
    """One active step of one dossier waiting for somebody (việc cần làm): the worklist.

    `due_at` is the step's own deadline, `dossier_due_at` the dossier's; both null while the clock is paused
    or when there is no term. Only a supplement awaited has the applicant's last moment in `due_at`.
    """

    # The indexes below begin with these three; a task lives a day, so each index more is paid for at every act.
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="tasks", db_index=False)
    step = models.CharField(max_length=40)
    name = models.CharField(max_length=1000)
    role = models.CharField(max_length=12, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tasks", db_index=False)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="tasks", db_index=False)
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    dossier_due_at = models.DateTimeField(null=True)
    waiting = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dossier", "step"], name="one_task_per_step")]
        indexes = [
            models.Index(fields=["unit", "role", "dossier_due_at", "id"], name="task_unit_urgency"),
            models.Index(
                fields=["unit", "role", "dossier_due_at", "id"],
                condition=Q(officer__isnull=True),
                name="task_unassigned_urgency",
            ),
            models.Index(
                fields=["officer", "dossier_due_at", "id"],
                condition=Q(officer__isnull=False),
                name="task_officer_urgency",
            ),
            models.Index(
                fields=["since"], condition=Q(step=AWAITS_SUPPLEMENT), name="task_awaits_supplement"
            ),
            models.Index(
                fields=["unit", "role", "dossier_due_at", "id"],
                condition=Q(step__in=PAPERS),
                name="task_papers",
            ),
            models.Index(
                fields=["due_at"], condition=Q(step__startswith=CONSULTATION), name="task_consulted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.step}"


class Guidance(models.Model):
    """One time somebody was guided at a desk and nothing was filed (hướng dẫn; NĐ 118/2025 Đ.16).

    `missing` names the published papers they still lack, all of them. Never changed afterwards (by trigger).
    """

    request_id = models.UUIDField(unique=True)
    version = models.ForeignKey(Version, models.PROTECT, related_name="guidance")
    case = models.CharField(max_length=2000, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="guidance")
    name = models.CharField(max_length=200)
    identity = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="guidance")
    at = models.DateTimeField()
    missing = models.JSONField(default=list)
    content = models.CharField(max_length=2000)
    provision = models.CharField(max_length=120)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "at"], name="guidance_desk"),
            models.Index(fields=["identity", "version"], name="guidance_person"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def number(self) -> str:
        """What the sheet is called by at the desk."""
        return f"HD-{self.pk}"


class DayCounter(models.Model):
    """The last ordinal given to a dossier of an agency on a day (số thứ tự hồ sơ trong ngày; NĐ 118/2025 Đ.28)."""

    agency_code = models.CharField(max_length=35)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency_code", "day"], name="one_counter_per_agency_day")
        ]

    def __str__(self) -> str:
        return f"{self.agency_code} {self.day} {self.last}"


class Group(models.Model):
    """Dossiers that belong together: of a group of inter-agency procedures, or of a project (nhóm hồ sơ, dự án).

    Fixed when it was opened; what became of it is in its own stream and in those of its dossiers.
    """

    code = models.CharField(max_length=64, unique=True)
    request_id = models.UUIDField(unique=True)
    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="groups")
    kind = models.CharField(max_length=8, choices=BundleKind.choices)
    name = models.CharField(max_length=300)
    receiving_unit = models.ForeignKey(Unit, models.PROTECT, related_name="groups")
    applicant = models.CharField(max_length=200)
    applicant_kind = models.PositiveSmallIntegerField(choices=ApplicantKind.choices)
    identity = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField()
    words = SearchVectorField(null=True, editable=False)
    facts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["receiving_unit", "-id"], name="group_desk"),
            GinIndex(fields=["words"], name="group_words"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def stream(self) -> str:
        return f"{GROUP_STREAM}{self.code}"


class Member(models.Model):
    """One procedure of a group, and its dossier once there is one (thủ tục thành phần, hồ sơ thành viên)."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    procedure = models.CharField(max_length=40)
    name = models.CharField(max_length=2000)
    needs = models.JSONField(default=list)
    lead = models.BooleanField(default=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, related_name="memberships")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "key"], name="one_member_key"),
            models.UniqueConstraint(fields=["group", "dossier"], name="one_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.key}"

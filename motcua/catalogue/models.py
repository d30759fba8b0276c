"""The catalogue: procedures, their versions with validity and decision, and the internal processes behind them.

A published version and everything in it is immutable (by trigger): a change is a new version.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from motcua.law import agencies
from motcua.law.process import Node, Process
from motcua.people.models import Role, Unit

from .announcing.models import Announced as Announced
from .announcing.models import Announcement as Announcement
from .announcing.models import Ground as Ground
from .announcing.models import Instrument as Instrument
from .announcing.models import Overlay as Overlay
from .announcing.models import Review as Review
from .announcing.models import Statistic as Statistic
from .cleaning.models import Flaw as Flaw
from .cleaning.models import Sweep as Sweep
from .control.models import Assessment as Assessment
from .control.models import Draft as Draft
from .control.models import Drafted as Drafted
from .control.models import Opinion as Opinion
from .control.models import Visit as Visit
from .matching.models import Matching as Matching
from .matching.models import Mismatch as Mismatch
from .registers.models import Programme as Programme
from .registers.models import RegisterItem as RegisterItem
from .remarks.models import Remark as Remark


class Channel(models.TextChoices):
    """How a dossier is handed in (cách thức thực hiện; NĐ 118/2025 Đ.15)."""

    DIRECT = "direct", "Trực tiếp"
    ONLINE = "online", "Trực tuyến"
    POST = "post", "Bưu chính công ích"


class Level(models.TextChoices):
    """Who carries the procedure out (cấp thực hiện)."""

    MINISTRY = "ministry", "Cấp bộ"
    PROVINCE = "province", "Cấp tỉnh"
    DISTRICT = "district", "Cấp huyện"
    COMMUNE = "commune", "Cấp xã"
    OTHER = "other", "Cơ quan khác"


class Kind(models.TextChoices):
    """Loại thủ tục (LOAITTHC of the national database)."""

    NOT_ASSIGNED = "1", "Không được luật giao cho địa phương quy định"
    ASSIGNED = "2", "Được luật giao quy định chi tiết"
    OTHER = "3", "Loại khác"
    UNKNOWN = "", "Chưa rõ"


class Online(models.TextChoices):
    """Level of the online service (NĐ 42/2022/NĐ-CP)."""

    FULL = "full", "Toàn trình"
    PARTIAL = "partial", "Một phần"
    NONE = "none", "Không"
    UNKNOWN = "", "Chưa rõ"


class Status(models.TextChoices):
    """Where a text stands; `ANNOUNCED` are versions a decision has announced and nobody has published yet.

    `SUPERSEDED` are versions made by a decision of the province alone, before whose day a new central text began.
    """

    DRAFT = "draft", "Dự thảo"
    ANNOUNCED = "announced", "Đã công bố, chưa công khai"
    PUBLISHED = "published", "Đã công khai"
    SUPERSEDED = "superseded", "Thay bằng bản trung ương có hiệu lực trước"


def _never_twice(name: str, *keys: object) -> ExclusionConstraint:
    """Published rows of the same keys never overlap in validity; keys as ranges, since btree_gist is missing."""
    points = [Func(key, key, Value("[]"), function="int8range") for key in keys]
    validity = Func("valid_from", "valid_to", Value("[)"), function="daterange")
    return ExclusionConstraint(
        name=name,
        expressions=[(part, RangeOperators.OVERLAPS) for part in (*points, validity)],
        condition=Q(status=Status.PUBLISHED),
    )


class Procedure(models.Model):
    """An administrative procedure under its national code (thủ tục hành chính; mã d.dddddd).

    `title`, `field` and `folded` repeat the newest published version for search and lists; `initials` are the first
    letters of the words of its title ("dkks" for Đăng ký khai sinh). `words` holds the title (A), the field (C), the
    keywords (D) and who is concerned (B: level, audiences, agencies), the lines of `folded`.
    """

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=2000)
    field = models.CharField(max_length=200, blank=True, db_index=True)
    folded = models.TextField(blank=True, editable=False)
    words = SearchVectorField(null=True, editable=False)
    initials = models.GeneratedField(
        expression=Func(
            Func(F("folded"), Value("\n"), Value(1), function="split_part"),
            Value("([a-z0-9])[a-z0-9]* ?"),
            Value(r"\1"),
            Value("g"),
            function="regexp_replace",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["code"]
        # What waits on a list to be merged into the index, each search would read through.
        indexes = [GinIndex(fields=["words"], name="procedure_words", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Version(models.Model):
    """One announced text of a procedure, valid for a time (phiên bản; QĐ công bố).

    Everything a person must know to do it; free texts as announced. `levels` and `audiences` are lists.
    Validity of published versions of one procedure never overlaps (an exclusion constraint).
    `central` keeps what the central record says of each part the province overlays, {part: {overlay, value}};
    `origin` is the version it was derived from by an overlay alone, without an announcement (docs/adr/0014).
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=80, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=2000)
    field = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=1, choices=Kind.choices, blank=True)
    online = models.CharField(max_length=8, choices=Online.choices, blank=True)
    levels = models.JSONField(default=list)
    audiences = models.JSONField(default=list)
    agency = models.TextField(blank=True)
    authority = models.TextField(blank=True)
    reception_address = models.TextField(blank=True)
    coordinating = models.TextField(blank=True)
    delegated = models.TextField(blank=True)
    sequence = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    related = models.TextField(blank=True)
    keywords = models.TextField(blank=True)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_digest = models.CharField(max_length=64, blank=True)
    central = models.JSONField(default=dict, blank=True)
    origin = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="derived")

    class Meta:
        ordering = ["procedure", "number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="one_version_number"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="version_valid_period",
            ),
            _never_twice("one_version_in_force", "procedure"),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                name="version_last_published",
                condition=Q(published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.procedure.code} v{self.number}"


class Component(models.Model):
    """One paper the applicant hands in (thành phần hồ sơ); `case` names the situation it belongs to."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField()
    case = models.CharField(max_length=1000, blank=True)
    code = models.CharField(max_length=60, blank=True)
    name = models.TextField()
    originals = models.PositiveSmallIntegerField(null=True, blank=True)
    copies = models.PositiveSmallIntegerField(null=True, blank=True)
    form = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """The term for one channel and case (thời hạn giải quyết).

    `amount` is null where no number was read, `unit` "" where none was announced; only a term with both can be
    counted. `unit` is a `motcua.law.limits.Unit` value, `text` what was announced, word for word, and `note` the
    description beside it. `case` is empty when the channel has one term.
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="terms")
    position = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    case = models.CharField(max_length=1000, blank=True)
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    text = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.text}"


class Fee(models.Model):
    """A fee or charge for one channel and case (phí, lệ phí), in đồng; null when unread."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="fees")
    position = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    case = models.CharField(max_length=1000, blank=True)
    kind = models.CharField(
        max_length=8, choices=[("phi", "Phí"), ("le_phi", "Lệ phí"), ("", "Chưa rõ")], blank=True
    )
    amount = models.DecimalField(max_digits=16, decimal_places=0, null=True, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.text or str(self.amount)


class Result(models.Model):
    """What the applicant gets (kết quả thực hiện); `paper` false when the result is no document."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="results")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True)
    name = models.TextField()
    paper = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class LegalBasis(models.Model):
    """An instrument the version stands on (căn cứ pháp lý)."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="bases")
    position = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=120, blank=True)
    name = models.TextField()
    issued_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    issuer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.number or self.name


def owner(node: Node) -> str | None:
    """The code of the unit that does a step, "" for the deciding one; None at the one-stop desk."""
    return None if node.role == Role.RECEPTION else node.unit


class ProcessVersion(models.Model):
    """The internal process of a procedure at a unit (quy trình nội bộ), by decision, valid for a time.

    `unit` null means: wherever no unit has a process of its own. `definition` is `law.process.Process.as_data()`.
    `revision` counts the changes of a draft; `saved_by` made the last one, at `saved_at`, in the window `saved_in`.
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="processes")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="processes")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=1000, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=80, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    definition = models.JSONField()
    source_digest = models.CharField(max_length=64, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.CharField(max_length=64, blank=True)
    saved_in = models.CharField(max_length=32, blank=True)

    class Meta:
        ordering = ["procedure", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "unit", "number"], nulls_distinct=False, name="one_process_number"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="process_valid_period",
            ),
            _never_twice("one_process_in_force", "procedure", Coalesce("unit", Value(0))),
        ]

    def __str__(self) -> str:
        return f"{self.procedure.code} {self.decision}".strip()

    @cached_property
    def graph(self) -> Process:
        """The process the law plays (quy trình)."""
        return Process.from_data(self.definition)

    @cached_property
    def in_turn(self) -> Process:
        """The same for a dossier on paper, which no two agencies can hold at once (NĐ 118/2025 Đ.20.2.a)."""
        return agencies.in_turn(self.graph, owner)


class BundleKind(models.TextChoices):
    """What several procedures are put together for (NĐ 118/2025 Đ.20)."""

    GROUP = "group", "Nhóm thủ tục liên thông"
    PROJECT = "project", "Dự án"


class Bundle(models.Model):
    """Procedures to be done together (nhóm thủ tục liên thông, mẫu dự án), by decision, valid for a time.

    `members` are {key, procedure (its code), name, needs (keys of those whose results it waits for), lead}.
    """

    code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=BundleKind.choices)
    name = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    members = models.JSONField()

    class Meta:
        ordering = ["kind", "name", "number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="one_bundle_number"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(status=Status.PUBLISHED, valid_to__isnull=True),
                name="one_open_bundle",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="bundle_valid_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}#{self.number}"


class Import(models.Model):
    """One run of an importer (lần nhập): what it read and what it changed."""

    source = models.CharField(max_length=500)
    kind = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=64, blank=True)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.source} {self.at:%d/%m/%Y %H:%M}"


class Finding(models.Model):
    """Something an importer could not take as it stands (phát hiện): row, field, what is wrong, what was kept."""

    run = models.ForeignKey(Import, models.CASCADE, related_name="findings")
    row = models.PositiveIntegerField()
    code = models.CharField(max_length=60, blank=True)
    field = models.CharField(max_length=60)
    problem = models.CharField(max_length=300)
    kept = models.TextField(blank=True)
    remedy = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"{self.row} {self.field}: {self.problem}"

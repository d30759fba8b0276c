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


class Outcome(models.TextChoices):
    """What a review of an instrument proposes (kết quả rà soát văn bản)."""

    KEEP = "keep", "Giữ nguyên"
    AMEND = "amend", "Sửa đổi, bổ sung, thay thế"
    REMOVE = "remove", "Bãi bỏ"


class Review(models.Model):
    """A review of an instrument and what it came to on a day (rà soát văn bản). Never changed (by trigger).

    A proposal: what happens to the instrument is another act. `document` is the paper the review is told in.
    """

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="reviews")
    on = models.DateField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    reason = models.CharField(max_length=2000)
    document = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "on"], name="reviewed_once_a_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="reviewed_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.on:%d/%m/%Y}"


class Tier(models.TextChoices):
    """Who announces, and so how early: a province or a ministry (cấp công bố)."""

    PROVINCE = "province", "Chủ tịch UBND tỉnh"
    MINISTRY = "ministry", "Bộ, cơ quan ngang bộ"


class Change(models.TextChoices):
    """What a decision does to a procedure (loại công bố; NĐ 63/2010 Đ.15)."""

    NEW = "new", "Mới ban hành"
    AMENDED = "amended", "Sửa đổi, bổ sung"
    REPLACED = "replaced", "Thay thế"
    ABOLISHED = "abolished", "Bãi bỏ"


class Announcement(models.Model):
    """A decision that announces procedures (quyết định công bố; NĐ 63/2010 Đ.15).

    A draft until `issued_at`, when it was recorded as signed; final from then on (by trigger). `effective_on` is the
    day from which what it announces holds; `digest` is that of the file its items were read from.
    """

    number = models.CharField(max_length=80, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField()
    signer = models.CharField(max_length=200, blank=True)
    agency = models.CharField(max_length=200)
    tier = models.CharField(max_length=8, choices=Tier.choices, default=Tier.PROVINCE)
    title = models.TextField()
    instruments = models.ManyToManyField(
        Instrument, through="catalogue.Ground", related_name="announcements", blank=True
    )
    digest = models.CharField(max_length=64, blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-effective_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "agency"], condition=~Q(number=""), name="one_announcement"
            ),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True) | (~Q(number="") & Q(decided_on__isnull=False)),
                name="issued_with_number_and_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"dự thảo {self.pk}"

    @property
    def issued(self) -> bool:
        return self.issued_at is not None


class Ground(models.Model):
    """An instrument a decision announces procedures of (văn bản quy định thủ tục)."""

    announcement = models.ForeignKey(Announcement, models.CASCADE)
    instrument = models.ForeignKey(Instrument, models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "instrument"], name="one_ground"),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.instrument_id}"


class Announced(models.Model):
    """One procedure in a decision (thủ tục được công bố); `changed` says what changes, `instrument` by what.

    `given` are the parts of the text the decision itself writes, `replaces` the code of a procedure it takes the
    place of. Once issued, `version` is the text announced, or the one that ends; `published_at` is when the
    publication was pressed (công khai).
    """

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Change.choices)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=2000, blank=True)
    changed = models.TextField(blank=True)
    instrument = models.ForeignKey(
        Instrument, models.PROTECT, null=True, blank=True, related_name="announced"
    )
    replaces = models.CharField(max_length=40, blank=True)
    given = models.JSONField(default=dict, blank=True)
    version = models.ForeignKey(
        "catalogue.Version", models.PROTECT, null=True, blank=True, related_name="announced"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["announcement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "code"], name="announced_once"),
        ]
        indexes = [
            models.Index(fields=["announcement"], condition=Q(published_at__isnull=True), name="to_publish")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class Part(models.TextChoices):
    """The parts of a central record a province may say otherwise; every other part is locked (phần mở)."""

    RECEPTION = "reception_address", "Nơi tiếp nhận"
    AGENCY = "agency", "Cơ quan thực hiện"
    TERMS = "terms", "Thời hạn rút ngắn"
    FEES = "fees", "Phí, lệ phí theo nghị quyết"


class Overlay(models.Model):
    """What the province says otherwise in one part of a procedure (phần địa phương hóa), by decision, for a time.

    `value` is a text, or for terms and fees a list of {channel, case, amount, unit}. Never changed afterwards but for
    its end, when that was open (by trigger).
    """

    procedure = models.ForeignKey("catalogue.Procedure", models.PROTECT, related_name="overlays")
    part = models.CharField(max_length=20, choices=Part.choices)
    value = models.JSONField()
    decision = models.CharField(max_length=80)
    decided_on = models.DateField()
    issuer = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["procedure", "part", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="overlay_valid_period",
            ),
            models.CheckConstraint(condition=~Q(decision=""), name="overlay_by_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.decision}"


class Statistic(models.Model):
    """The procedures announced in a period as they were counted when it was closed (thống kê thủ tục; R000-17).

    `rows` are what every number opens to, one for each procedure of a decision. Final (by trigger): a correction is
    the next `number` of the same `period`, with its `reason`.
    """

    period = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    first = models.DateField()
    last = models.DateField()
    rows = models.JSONField()
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-last", "period", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="one_statistic"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="statistic_corrected_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} bản {self.number}"

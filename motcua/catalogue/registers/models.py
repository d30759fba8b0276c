"""What the registers keep: programmes and their items (TTHC nội bộ QĐ 1085; phân cấp NQ 04, QĐ 1015)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Group(models.TextChoices):
    """The two groups of internal procedures (QĐ 1085/QĐ-TTg)."""

    BETWEEN = "A", "Nhóm A: giữa các cơ quan"
    WITHIN = "B", "Nhóm B: trong nội bộ một cơ quan"
    NONE = "", "Không chia nhóm"


class Plan(models.TextChoices):
    """What the approved plan does to a procedure (phương án)."""

    NONE = "", "Chưa có phương án"
    ABOLISH = "abolish", "Bãi bỏ"
    SIMPLIFY = "simplify", "Đơn giản hóa"
    KEEP = "keep", "Giữ nguyên"
    DELEGATE = "delegate", "Phân cấp"


class Programme(models.Model):
    """A programme items are followed in (chương trình), by its decision.

    `base` is the number of procedures reviewed of which the items are a part, 0 where the items are all there are;
    `target` the share to be reached, in per cent; `deadline` that of items that have none of their own.
    """

    register = models.CharField(max_length=10)
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=300)
    document = models.CharField(max_length=120)
    base = models.PositiveIntegerField(default=0)
    target = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    deadline = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["register", "-id"]
        constraints = [models.UniqueConstraint(fields=["register", "code"], name="one_programme")]

    def __str__(self) -> str:
        return self.name


class RegisterItem(models.Model):
    """One procedure or task of a register (mục trong sổ theo dõi).

    `content` are its parts as of a procedure (sequence, papers, term, result, subject), in words; costs are of a
    year, in đồng. `reached` are the stages with their day, document and note; `planned_on` and `executed_on` repeat
    two of them for counting. What became of it stands in the journal.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="items")
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=2000)
    field = models.CharField(max_length=200, blank=True)
    agency = models.CharField(max_length=200)
    group = models.CharField(max_length=1, choices=Group.choices, blank=True)
    from_level = models.CharField(max_length=40, blank=True)
    to_level = models.CharField(max_length=40, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    instrument = models.CharField(max_length=300, blank=True)
    deadline = models.DateField(null=True, blank=True)
    content = models.JSONField(default=dict, blank=True)
    plan = models.CharField(max_length=8, choices=Plan.choices, blank=True)
    cost_before = models.DecimalField(max_digits=16, decimal_places=0, null=True, blank=True)
    cost_after = models.DecimalField(max_digits=16, decimal_places=0, null=True, blank=True)
    reached = models.JSONField(default=dict)
    announced_on = models.DateField(null=True, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    executed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["programme", "agency", "code"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="one_register_item"),
            models.CheckConstraint(
                condition=Q(executed_on__isnull=True) | Q(executed_on__gte=F("planned_on")),
                name="executed_after_planned",
            ),
        ]
        indexes = [models.Index(fields=["programme", "agency"], name="register_item_agency")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

"""Units, officers and the posts that join them for a time."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.functional import cached_property


class UnitKind(models.TextChoices):
    PROVINCE = "province", "Ủy ban nhân dân tỉnh"
    DEPARTMENT = "department", "Sở, ban, ngành"
    DISTRICT = "district", "Ủy ban nhân dân cấp huyện"
    COMMUNE = "commune", "Ủy ban nhân dân cấp xã"
    CENTRE = "centre", "Trung tâm Phục vụ hành chính công"
    DIVISION = "division", "Phòng, đơn vị trực thuộc"
    OPERATOR = "operator", "Doanh nghiệp bưu chính công ích"


class Role(models.TextChoices):
    """What an officer does in a unit (NĐ 118/2025 Đ.10, 11, 19)."""

    RECEPTION = "reception", "Cán bộ một cửa"
    ASSIGNER = "assigner", "Lãnh đạo phòng"
    HANDLER = "handler", "Cán bộ thụ lý"
    SIGNER = "signer", "Lãnh đạo ký duyệt"
    CLERK = "clerk", "Văn thư"
    CONTROLLER = "controller", "Cán bộ kiểm soát thủ tục hành chính"
    APPRAISER = "appraiser", "Cán bộ thẩm định văn bản"
    HEAD = "head", "Người đứng đầu"
    ADMIN = "admin", "Quản trị hệ thống"
    POSTAL = "postal", "Nhân viên bưu chính công ích"


class SaturdayChoice(models.TextChoices):
    """What Saturday morning is in a unit (`law.calendar.Saturday`)."""

    CLOSED = "closed", "Nghỉ"
    RECEPTION = "reception", "Chỉ tiếp nhận"
    WORKING = "working", "Làm việc"


class Unit(models.Model):
    """An agency or part of one, for as long as it exists (đơn vị).

    `agency_code` is its electronic identifier (mã định danh, QĐ 20/2020/QĐ-TTg); codes are never used again.
    `hours` overrides the working hours of the law ("07:30-11:30,13:00-17:00"); `saturday` says what
    Saturday morning is. Both hold until the first of its `UnitHours`.
    """

    code = models.CharField(max_length=35, unique=True)
    agency_code = models.CharField(max_length=35, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=UnitKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    hours = models.CharField(max_length=80, blank=True)
    saturday = models.CharField(max_length=10, choices=SaturdayChoice.choices, default=SaturdayChoice.CLOSED)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="unit_valid_period"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UnitHours(models.Model):
    """The hours of a unit from a day on, by a decision of its own (đổi giờ làm việc); "" for the usual ones."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="new_hours")
    since = models.DateField()
    hours = models.CharField(max_length=80, blank=True)
    saturday = models.CharField(max_length=10, choices=SaturdayChoice.choices)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["since"]
        constraints = [models.UniqueConstraint(fields=["unit", "since"], name="one_change_of_hours_a_day")]

    def __str__(self) -> str:
        return f"{self.since:%d/%m/%Y} {self.hours}"


class UnitDay(models.Model):
    """A day off or a working day of one unit and all below it, by a decision of its own (ngày nghỉ, ngày làm bù)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="days")
    day = models.DateField()
    working = models.BooleanField()
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="one_rule_per_unit_day")]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


class OfficerManager(BaseUserManager["Officer"]):
    def create_user(self, username: str, full_name: str, password: str | None = None) -> Officer:
        officer = self.model(username=username, full_name=full_name)
        officer.set_password(password)
        officer.save(using=self._db)
        return officer


class Officer(AbstractBaseUser):
    """A person who signs in to work (cán bộ, công chức, viên chức)."""

    username = models.CharField("tên đăng nhập", max_length=64, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    is_active = models.BooleanField(default=True)

    objects = OfficerManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    @cached_property
    def all_posts(self) -> list[Post]:
        """Every post ever held, read once per request."""
        return list(self.posts.select_related("unit__parent"))

    @cached_property
    def all_services(self) -> list[DeskService]:
        """Every desk ever given to the operators the officer has worked for; asked of nobody else, once per request."""
        operators = [post.unit_id for post in self.all_posts if post.role == Role.POSTAL]
        found = DeskService.objects.filter(operator__in=operators)
        return list(found.select_related("operator", "desk__parent").order_by("desk__code"))


class Post(models.Model):
    """One role of one officer in one unit for a time (vị trí việc làm; `head` is answerable for the unit)."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=12, choices=Role.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="post_valid_period"
            ),
            models.UniqueConstraint(
                fields=["officer", "unit", "role"], condition=Q(valid_to__isnull=True), name="one_open_post"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(valid_to__isnull=True, role=Role.HEAD), name="one_open_head"
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"{self.officer} – {self.get_role_display()}, {self.unit}"


class DeskService(models.Model):
    """One-stop desk given to a postal operator for a time, by a decision or contract (giao doanh nghiệp bưu chính).

    What the operator's officers may do, they may do at `desk` alone and only from `valid_from` to the day before
    `valid_to` (NĐ 118/2025 Đ.7.4, 11).
    """

    operator = models.ForeignKey(Unit, models.PROTECT, related_name="services")
    desk = models.ForeignKey(Unit, models.PROTECT, related_name="served_by")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120)
    decided_on = models.DateField()

    class Meta:
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="service_valid_period",
            ),
            # Keys as ranges, since btree_gist is missing.
            ExclusionConstraint(
                name="one_service_at_a_time",
                expressions=[
                    (
                        Func("operator", "operator", Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (Func("desk", "desk", Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (
                        Func("valid_from", "valid_to", Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator} – {self.desk}, {self.document}"

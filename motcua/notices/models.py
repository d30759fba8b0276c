"""Notices: what somebody was told of a dossier, in which words, by which way, and what came of it (tin báo)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from motcua.dossiers.models import Dossier
from motcua.people.models import Officer, Unit


class Channel(models.TextChoices):
    """The way a notice goes (kênh báo tin); `desk` stays in the system and is read by the officer there."""

    MAIL = "mail", "Thư điện tử"
    SMS = "sms", "Tin nhắn"
    DESK = "desk", "Trên hệ thống"


OUTSIDE = (Channel.MAIL, Channel.SMS)


class State(models.TextChoices):
    """Where a notice stands. Only WAITING is ever sent; SENDING is written before the gateway is called."""

    WAITING = "waiting", "Chờ gửi"
    SENDING = "sending", "Đang gửi"
    SENT = "sent", "Đã gửi"
    FAILED = "failed", "Không gửi được"
    UNCERTAIN = "uncertain", "Chưa chắc đã gửi"
    TOLD = "told", "Đã báo cách khác"
    REPLACED = "replaced", "Gửi tới địa chỉ mới"


NEEDS_SOMEBODY = (State.FAILED, State.UNCERTAIN)


class Notice(models.Model):
    """One notice to one recipient by one channel (tin báo), with the words it was sent in.

    `version` is the fact it tells; `recipient` a number, an address, or an officer's user name; "" when nobody
    could be reached. `queued_at` is when it last began to wait, `tried_at` when a gateway was last called.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="notices")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    recipient = models.CharField(max_length=254, blank=True)
    desk = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=8000)
    text = models.PositiveIntegerField(default=0)
    fact_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    message = models.CharField(max_length=300, blank=True)
    stand_in = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "version", "kind", "channel", "recipient"], name="one_notice_each"
            )
        ]
        indexes = [
            models.Index(fields=["channel", "next_at"], condition=Q(state=State.WAITING), name="notice_due"),
            models.Index(fields=["tried_at"], condition=Q(state=State.SENDING), name="notice_in_hand"),
            models.Index(
                fields=["id"], condition=Q(state__in=["failed", "uncertain"]), name="notice_for_somebody"
            ),
            models.Index(fields=["desk", "state", "-id"], name="notice_desk_state"),
            models.Index(fields=["agency", "state", "-id"], name="notice_agency_state"),
            models.Index(
                fields=["recipient", "-id"], condition=Q(channel=Channel.DESK), name="notice_of_officer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.version} {self.kind} {self.channel}"

    @property
    def key(self) -> str:
        """What a gateway knows the message by; the same at every attempt."""
        return f"motcua-{self.pk}"


class Trace(models.Model):
    """One line of what happened to a notice (nhật ký gửi): an attempt, its outcome, or what an officer decided."""

    class What(models.TextChoices):
        BEGUN = "begun", "Bắt đầu gửi"
        TAKEN = "taken", "Cổng đã nhận"
        LATER = "later", "Chưa gửi được, sẽ gửi lại"
        REFUSED = "refused", "Không gửi được"
        UNKNOWN = "unknown", "Không rõ cổng đã nhận hay chưa"
        AGAIN = "again", "Cán bộ cho gửi lại"
        TOLD = "told", "Cán bộ đã báo cách khác"
        READDRESSED = "readdressed", "Cán bộ sửa địa chỉ"
        SEEN = "seen", "Cán bộ đã xem"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="traces")
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=11, choices=What.choices)
    message = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.what}"


class Contact(models.Model):
    """How the applicant of a dossier wishes to be told (cách nhận tin), from a moment on; the newest row holds.

    Not a fact of the journal: a number or an address must be removable, and the journal removes nothing.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="contacts")
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    sms = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.at:%d/%m/%Y %H:%M}"


class Text(models.Model):
    """The words of a notice on a channel as somebody wrote them (mẫu tin báo); the highest number holds.

    Before the first, those of `texts.yaml` hold, as number 0. `sends` False: this notice does not go this way.
    """

    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(max_length=4000)
    sends = models.BooleanField(default=True)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "channel", "number"], name="one_text_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.number}"


class Line(models.Model):
    """The line to a gateway (đường gửi): while it is at fault, nothing is sent until `paused_until`."""

    channel = models.CharField(max_length=4, choices=Channel.choices, primary_key=True)
    faults = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    message = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.channel

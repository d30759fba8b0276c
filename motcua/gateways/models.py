"""What was sent to the neighbours, and what they answered; what they are being asked."""

from django.db import models


class Delivery(models.Model):
    """One message a neighbour has answered (lần gửi). `key` makes sending safe to repeat."""

    neighbour = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    service = models.CharField(max_length=40)
    at = models.DateTimeField()
    answer = models.CharField(max_length=10)
    message = models.CharField(max_length=300, blank=True)
    stand_in = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["neighbour", "key"], name="one_delivery_per_key")]

    def __str__(self) -> str:
        return f"{self.neighbour} {self.key}: {self.answer}"


class ErrandState(models.TextChoices):
    """Where an errand stands."""

    WAITING = "waiting", "Đang chờ"
    RUNNING = "running", "Đang đối chiếu"
    DONE = "done", "Đã xong"
    FAILED = "failed", "Không xong"


class Errand(models.Model):
    """One long errand to a neighbour that a job runs (việc hỏi qua trục): how far it is, and what came of it.

    `kind` names the work, of which one is open at a time; `total` is 0 until it is known, `result` the key of what
    it left, `touched_at` when its job last gave a sign of life.
    """

    kind = models.CharField(max_length=40)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=ErrandState.choices, default=ErrandState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    result = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=150, blank=True)
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(state__in=[ErrandState.WAITING, ErrandState.RUNNING]),
                name="one_open_errand",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%d/%m/%Y %H:%M}: {self.state}"

    @property
    def open(self) -> bool:
        return self.state in (ErrandState.WAITING, ErrandState.RUNNING)

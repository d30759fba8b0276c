"""What was sent to the neighbours, and what they answered."""

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

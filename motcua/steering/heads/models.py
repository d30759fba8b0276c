"""The yearly grade of whoever held a post of head."""

from __future__ import annotations

from django.db import models

from motcua.law.grading import STREAM
from motcua.law.heads import LABELS
from motcua.people.models import Post

GRADES = [(int(grade), label) for grade, label in LABELS.items()]


class HeadRating(models.Model):
    """The grade of a post for a year, as its facts have it (xếp loại); a post that changed hands has two."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="ratings")
    year = models.PositiveSmallIntegerField()
    proposed = models.PositiveSmallIntegerField(choices=GRADES, null=True, blank=True)
    answered = models.BooleanField(default=False)
    decided = models.PositiveSmallIntegerField(choices=GRADES, null=True, blank=True)
    decision = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "year"], name="one_rating_a_year")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.year}"

    @property
    def stream(self) -> str:
        return f"{STREAM}/{self.post_id}/{self.year}"

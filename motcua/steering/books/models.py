"""The entries of all books: values by the description of their book, and where each stands."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from motcua.law.books import STREAM
from motcua.people.models import Unit


class BookEntry(models.Model):
    """One entry of a book, as its facts have it (mục trong sổ).

    `values` are those of `law.books.clean`; `due` and `since` repeat two of them, `words` all, folded, for search;
    `marks` are the shares it counts in (`law.books.marks`). An entry struck as a mistake stays, out of every list and
    share.
    """

    book = models.CharField(max_length=24)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    values = models.JSONField()
    state = models.CharField(max_length=24, blank=True)
    closed = models.BooleanField(default=False)
    struck = models.BooleanField(default=False)
    due = models.DateField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    marks = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    words = models.TextField()
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["book", "-id"], condition=Q(struck=False), name="book_entry_list"),
            models.Index(
                fields=["book", "due"], condition=Q(struck=False, closed=False), name="book_entry_due"
            ),
            models.Index(
                fields=["book", "state", "closed", "due", "since"],
                condition=Q(struck=False),
                name="book_entry_standing",
            ),
            models.Index(fields=["book", "marks"], condition=Q(struck=False), name="book_entry_marks"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["book", "unit", "digest"],
                condition=Q(struck=False) & ~Q(digest=""),
                name="one_imported_entry",
            )
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.pk}"

    @property
    def stream(self) -> str:
        return f"{STREAM}/{self.book}/{self.pk}"

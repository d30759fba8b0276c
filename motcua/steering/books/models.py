"""The entries of all books: values by the description of their book, and where each stands."""

from __future__ import annotations

from hashlib import sha256

import orjson
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from motcua.law.books import STREAM
from motcua.people.models import Unit

from ..finding import Tokens


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
                fields=["book", "due", "id"],
                condition=Q(struck=False, closed=False, due__isnull=False),
                name="book_entry_due",
            ),
            models.Index(fields=["book", "state", "-id"], condition=Q(struck=False), name="book_entry_state"),
            GinIndex(fields=["marks"], condition=Q(struck=False), name="book_entry_marks"),
            GinIndex(Tokens("words"), condition=Q(struck=False), name="book_entry_words"),
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

    @property
    def seen_as(self) -> str:
        """What its values are known by again, to see that nobody changed them meanwhile."""
        return sha256(orjson.dumps(self.values, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


class EntryCount(models.Model):
    """How many entries of a book are alike in one thing (số mục trong sổ); kept by a trigger, none of them struck.

    What they are alike in: a state or a mark by its `name`; or, where they are open, the `day` they are due, or were
    last active. So no page counts the entries of a book, however many there are.
    """

    class What(models.TextChoices):
        STATE = "state", "Tình trạng"
        MARK = "mark", "Tỷ lệ"
        DUE = "due", "Hạn, của mục còn mở"
        SINCE = "since", "Hoạt động gần nhất, của mục còn mở"

    book = models.CharField(max_length=24)
    what = models.CharField(max_length=5, choices=What.choices)
    name = models.CharField(max_length=60, blank=True)
    day = models.DateField(null=True, blank=True)
    number = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "what", "name", "day"], nulls_distinct=False, name="one_entry_count"
            )
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.what} {self.name or self.day} {self.number}"

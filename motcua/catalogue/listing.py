"""The search page: what was asked, what was found, and the links that narrow or widen it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.urls import reverse

from . import queries, searching, telling
from .models import Level, Procedure
from .searching import Ranked

PAGE = 20
FIELDS_SHOWN = 10
LONGEST = 200  # signs of a question that are read
LONGEST_TITLE = 240  # a few titles list every case they hold, up to 1.100 signs; the page shows them whole


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the catalogue as the URL keeps it."""

    text: str = ""
    field: str = ""
    level: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Asked:
        """Read the parameters of a URL; a level that does not exist is not asked for."""
        text, field, level = (plain(params.get(name, "")) for name in ("q", "linh-vuc", "cap"))
        return cls(text, field, level if level in Level.values else "")

    @property
    def url(self) -> str:
        told = {"q": self.text, "linh-vuc": self.field, "cap": self.level}
        query = urlencode({name: value for name, value in told.items() if value})
        return reverse("procedures") + (f"?{query}" if query else "")

    @property
    def words(self) -> str:
        """What was asked, as the line above the results says it."""
        parts = (
            f"về “{self.text}”" if self.text else "",
            f"lĩnh vực {self.field}" if self.field else "",
            Level(self.level).label.lower() if self.level else "",
        )
        return ", ".join(part for part in parts if part)


def context(asked: Asked, number: str | None, today: date) -> dict[str, Any]:
    """Everything the page shows; `number` is the page asked for, the nearest there is when there is none such."""
    ranked = searching.ranked(asked.text)
    found = searching.matching(ranked, field=asked.field, level=asked.level)
    page = Paginator(found, PAGE).get_page(number)
    return {
        "asked": asked,
        "page": page,
        "rows": _rows(page.object_list, today),
        "remark": _remark(ranked),
        "facets": [_fields(asked, ranked), _levels(asked, ranked)],
        "instead": _instead(asked, ranked) if not page.paginator.count else [],
    }


def plain(text: str) -> str:
    """What a person wrote, without what PostgreSQL does not take: the NUL sign."""
    return text.replace("\0", "").strip()[:LONGEST]


def query(**told: str) -> str:
    """The query of an address with what is told, "?" alone for nothing."""
    return "?" + urlencode({name: value for name, value in told.items() if value})


def _remark(ranked: Ranked) -> str:
    """What was not looked for as it was written."""
    near, left_out = (", ".join(f"“{word}”" for word in said) for said in (ranked.near, ranked.left_out))
    told = [f"Không có chữ {near}: đã tìm chữ gần giống."] if near else []
    rest = ": đã tìm bằng các chữ còn lại" if ranked.ids else ""
    told += [f"Không thủ tục nào có chữ {left_out}{rest}."] if left_out else []
    return " ".join(told)


def _rows(procedures: Iterable[Procedure], today: date) -> list[dict[str, Any]]:
    shown = list(procedures)
    texts = queries.texts_of(shown, today)
    return [
        {
            "url": reverse("procedure", args=[procedure.code]),
            "code": procedure.code,
            "title": telling.clipped(procedure.title, LONGEST_TITLE),
            "field": procedure.field,
            "levels": telling.levels(texts[procedure.pk]),
            "term": telling.term_in_short(texts[procedure.pk]),
            "fee": telling.fee_in_short(texts[procedure.pk]),
            "standing": telling.standing(texts[procedure.pk], today),
        }
        for procedure in shown
    ]


def _fields(asked: Asked, ranked: Ranked) -> dict[str, Any]:
    counts = searching.by_field(searching.matching(ranked, level=asked.level))
    choices = _choices(asked, "field", asked.field, [(name, name, count) for name, count in counts.items()])
    first = sorted(choices, key=lambda choice: not choice["current"])[:FIELDS_SHOWN]
    rest = sorted((choice for choice in choices if choice not in first), key=lambda choice: choice["label"])
    return {
        "title": "Lĩnh vực",
        "all": replace(asked, field="").url,
        "any": not asked.field,
        "first": [choice for choice in choices if choice in first],
        "rest": rest,
    }


def _levels(asked: Asked, ranked: Ranked) -> dict[str, Any]:
    counts = searching.by_level(searching.matching(ranked, field=asked.field))
    told = [(level, Level(level).label, count) for level, count in counts.items()]
    choices = _choices(asked, "level", asked.level, told)
    everywhere = replace(asked, level="").url
    return {"title": "Cấp thực hiện", "all": everywhere, "any": not asked.level, "first": choices}


def _choices(
    asked: Asked, name: str, current: str, told: Sequence[tuple[str, str, int]]
) -> list[dict[str, Any]]:
    return [
        {
            "url": replace(asked, **{name: value}).url,
            "label": label,
            "count": count,
            "current": value == current,
        }
        for value, label, count in told
    ]


def _instead(asked: Asked, ranked: Ranked) -> list[dict[str, Any]]:
    """What to try when nothing was found: without the filters first, then with fewer words."""
    wider = Asked(asked.text)
    count = searching.matching(ranked).count() if wider != asked else 0
    tries = [("Bỏ hết bộ lọc", wider, count)] if count else []
    tries += [(f"Tìm “{less}”", Asked(less), count) for less, count in searching.with_fewer_words(asked.text)]
    return [{"label": label, "url": other.url, "count": count} for label, other, count in tries]

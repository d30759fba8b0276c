"""What is kept beside the facts, written again where it says otherwise than they do (ghi lại từ sự kiện)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain, groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Func, Model

from motcua.law.steering import CLOSED

from . import verifying
from .models import BookEntry, EntryCount, ParLine, SettledCount, Task
from .verifying import Differs

# Nobody writes rows while they are counted: a count of before would stand beside rows of after.
# In portions: an array holds no more than a gigabyte.
_RECOUNT = """
LOCK TABLE steering_task, steering_bookentry IN SHARE MODE;
DELETE FROM steering_settledcount;
INSERT INTO steering_settledcount (giver_id, lead_id, state, late, number)
    SELECT giver_id, lead_id, state, late, count(*) FROM steering_task
    WHERE state IN ('accepted', 'cancelled') GROUP BY 1, 2, 3, 4;
DELETE FROM steering_entrycount;
DO $$
DECLARE first bigint;
BEGIN
    FOR first IN SELECT generate_series(0, (SELECT max(id) FROM steering_bookentry), 10000) LOOP
        PERFORM steering_count_entries('{}', ARRAY(
            SELECT entry FROM steering_bookentry AS entry WHERE id >= first AND id < first + 10000));
    END LOOP;
END $$;
"""


def mend(wrong: Iterable[Differs], today: date) -> None:
    """Write the rows again from their facts, and count again; what is not told of a column stays as it is."""
    told = list(wrong)
    whole = [_whole(each.row) for each in told if each.row]
    for row in {(type(row), row.pk): row for row in whole}.values():
        _again(row, today)
    if any(miscounted()):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_RECOUNT)


def miscounted() -> Iterator[Differs]:
    """Every count that is kept and is not how many there are: of settled tasks, of entries alike."""
    yield from _differing(_settled(), _kept_settled())
    yield from _differing(_alike(), _kept_alike())


def _again(row: Model, today: date) -> None:
    """Whoever acts on the row meanwhile waits, so what is read is not older than what is overwritten."""
    model = type(row)._default_manager
    kinds = {name: [row.pk] if kind is type(row) else [] for name, kind in verifying.KINDS.items()}
    with transaction.atomic():
        model.select_for_update(of=("self",)).get(pk=row.pk)
        told = [(each.row, each) for each in verifying.differing(kinds, today) if each.row]
        # A row at once: counts are kept in one order within a statement, and in any order across several.
        for _, some in groupby(told, key=lambda pair: id(pair[0])):
            _written(list(some))


def _written(told: list[tuple[Model, Differs]]) -> None:
    for row, each in told:
        setattr(row, each.field, each.told)
    told[0][0].save(update_fields=[each.field for _, each in told])


def _whole(row: Model) -> Model:
    """The row its own stream tells of: of a line of a sheet, the sheet."""
    return row.sheet if isinstance(row, ParLine) else row


def _differing(found: Mapping[Any, int], kept: Mapping[Any, int]) -> Iterator[Differs]:
    for key in sorted(found.keys() | kept.keys(), key=str):
        if found.get(key) != kept.get(key):
            yield Differs(f"số đếm {key[0]}", " ".join(map(str, key[1:])), kept.get(key), found.get(key))


def _settled() -> dict[Any, int]:
    rows = Task.objects.filter(state__in=sorted(CLOSED)).order_by()
    counted = rows.values_list("giver", "lead", "state", "late").annotate(n=Count("*"))
    return {("nhiệm vụ", *key): n for *key, n in counted}


def _kept_settled() -> dict[Any, int]:
    kept = SettledCount.objects.filter(number__gt=0)
    return {("nhiệm vụ", *key): n for *key, n in kept.values_list("giver", "lead", "state", "late", "number")}


def _alike() -> Counter[Any]:
    what, found = EntryCount.What, Counter[Any]()
    entries = BookEntry.objects.filter(struck=False).order_by()
    marked, owed = entries.annotate(mark=Func(F("marks"), function="unnest")), entries.filter(closed=False)
    counted = chain(
        ((book, what.STATE, name, None, n) for book, name, n in _each(entries, "state")),
        ((book, what.MARK, name, None, n) for book, name, n in _each(marked, "mark")),
        ((book, what.DUE, "", on, n) for book, on, n in _each(owed.exclude(due=None), "due")),
        ((book, what.SINCE, "", on, n) for book, on, n in _each(owed, "since")),
    )
    for *key, n in counted:
        found["sổ", *map(str, key)] += n
    return found


def _each(entries: Any, name: str) -> Iterable[tuple[str, Any, int]]:
    found: Iterable[tuple[str, Any, int]] = entries.values_list("book", name).annotate(n=Count("*"))
    return found


def _kept_alike() -> dict[Any, int]:
    kept = EntryCount.objects.exclude(number=0).values_list("book", "what", "name", "day", "number")
    return {("sổ", *map(str, key)): n for *key, n in kept}

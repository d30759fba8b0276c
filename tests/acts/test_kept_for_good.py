"""What is kept for good cannot be emptied either: where a trigger guards the rows, another guards the table."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

# tgtype: 8 is DELETE, 32 TRUNCATE. A trigger that refuses to delete says so in the body of its function.
GUARDED = """
SELECT t.tgrelid::regclass::text, bool_or(t.tgtype & 32 > 0)
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgtype & 2 > 0 AND p.prosrc LIKE '%%restrict_violation%%'
GROUP BY 1 ORDER BY 1
"""


def guarded() -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(GUARDED)
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_whose_rows_are_final_refuses_to_be_emptied() -> None:
    found = guarded()
    assert {"journal_entry", "scores_snapshot", "scores_sentreport", "catalogue_version"} <= found.keys()
    assert [table for table, refuses in found.items() if not refuses] == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["scores_snapshotrows", "scores_sentreport", "people_officer"])
def test_emptying_is_refused_by_name_and_by_cascade(table: str) -> None:
    with (
        pytest.raises(IntegrityError, match="TRUNCATE refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")

"""A month of a dataset as CSV, JSON and Parquet: the same rows, nulls where a count is withheld."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from motcua.law.calendar import TZ
from motcua.ui.exports import harmless

from ..periods import Period
from .datasets import Dataset, Rows

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
MARK = "\ufeff"


def as_csv(dataset: Dataset, rows: Rows) -> bytes:
    """RFC 4180 with its mark of UTF-8; an empty cell of a number is withheld."""
    text = io.StringIO()
    told = csv.DictWriter(text, list(dataset.columns), lineterminator="\r\n")
    told.writeheader()
    for row in rows:
        told.writerow({name: _cell(value) for name, value in row.items()})
    return (MARK + text.getvalue()).encode()


def as_json(dataset: Dataset, rows: Rows, month: Period, at: datetime) -> bytes:
    """One document: what it is, when it was counted, and the rows."""
    found = {
        "dataset": dataset.slug,
        "title": dataset.title,
        "month": str(month),
        "counted_at": at.astimezone(TZ).isoformat(timespec="seconds"),
        "columns": {name: meaning for name, (_, meaning) in dataset.columns.items()},
        "rows": rows,
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def as_parquet(dataset: Dataset, rows: Rows) -> bytes:
    """Parquet with typed columns, by DuckDB."""
    import duckdb

    columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in dataset.columns.items())
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as base:
        base.execute(f"CREATE TABLE told ({columns})")
        if rows:
            marks = ", ".join("?" for _ in dataset.columns)
            base.executemany(
                f"INSERT INTO told VALUES ({marks})",
                [[row[name] for name in dataset.columns] for row in rows],
            )
        file = Path(folder) / "month.parquet"
        base.execute(f"COPY told TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
        return file.read_bytes()


def written(dataset: Dataset, kind: str, rows: Rows, month: Period, at: datetime) -> bytes:
    """The file. Raises KeyError for a form there is not."""
    if kind == "json":
        return as_json(dataset, rows, month, at)
    return {"csv": as_csv, "parquet": as_parquet}[kind](dataset, rows)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value

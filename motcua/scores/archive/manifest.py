"""What an archive holds (mục lục kho lưu): `manifest.json`, the one file that is replaced, and only when all is there.

A reader who takes the manifest first finds every file it names: those of the manifest before stay until the next run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

NAME = "manifest.json"
BEFORE = "manifest-before.json"
FORMAT = 1
_END = b"PAR1"
NO_MONTH = "0000-00"  # dossiers that were never accepted


class BadArchive(Exception):
    """A folder that is no archive, or one that cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table: its path in the archive, its rows, its SHA-256, and the month of acceptance it is of."""

    path: str
    rows: int
    sha256: str
    month: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one run left: the files of every table, and of what.

    `position`: every fact of the journal up to it is in the files. `at`: when they were read. `columns` tells which
    the named tables have, `definitions` how they were come by; `calendars` which calendars the dossiers' clocks had,
    "" when some were still being counted again.
    """

    position: int
    at: datetime
    columns: str
    definitions: str
    calendars: str
    tables: Mapping[str, tuple[Part, ...]]

    def rows(self, table: str) -> int:
        return sum(part.rows for part in self.tables[table])

    @property
    def parts(self) -> Iterator[Part]:
        for parts in self.tables.values():
            yield from parts


def read(folder: Path) -> Manifest:
    """The manifest of an archive. Raises BadArchive."""
    found = _read(folder / NAME)
    if found is None:
        raise BadArchive(f"{folder} không phải kho lưu (thiếu {NAME}); tạo bằng motcua archive --to {folder}")
    return found


def there(folder: Path) -> Manifest | None:
    """The manifest of an archive; None where there is none yet. Raises BadArchive."""
    return _read(folder / NAME)


def put(folder: Path, manifest: Manifest) -> None:
    """Switch to a manifest: readers see the one before or this one, whole."""
    tables = {
        name: {"rows": manifest.rows(name), "files": [asdict(part) for part in parts]}
        for name, parts in manifest.tables.items()
    }
    data = {
        "format": FORMAT,
        "position": manifest.position,
        "at": manifest.at.isoformat(),
        "columns": manifest.columns,
        "definitions": manifest.definitions,
        "calendars": manifest.calendars,
        "tables": tables,
    }
    draft = folder / f"{NAME}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        (folder / BEFORE).unlink()
    with suppress(FileNotFoundError):
        os.link(folder / NAME, folder / BEFORE)
    draft.replace(folder / NAME)
    settle(folder)


def sweep(folder: Path) -> None:
    """Remove the files that neither the manifest nor the one before it names: leavings of runs that were killed."""
    known = {part.path for name in (NAME, BEFORE) if (found := _read(folder / name)) for part in found.parts}
    for file in folder.glob("**/*.parquet"):
        if str(file.relative_to(folder)) not in known:
            file.unlink()


def damaged(folder: Path, manifest: Manifest) -> Iterator[Part]:
    """The files that are missing, or are not as they were written."""
    for part in manifest.parts:
        try:
            whole = digest(folder / part.path) == part.sha256
        except OSError:
            whole = False
        if not whole:
            yield part


def cut(folder: Path, manifest: Manifest) -> Iterator[Part]:
    """The files that are missing or do not end as Parquet does: told in no time, and Spark passes over empty ones."""
    for part in manifest.parts:
        try:
            with (folder / part.path).open("rb") as file:
                file.seek(-len(_END), os.SEEK_END)
                whole = file.read() == _END
        except OSError:
            whole = False
        if not whole:
            yield part


def digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def settle(place: Path) -> None:
    """Have a file or a folder's entries on the disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(file: Path) -> Manifest | None:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise BadArchive(f"{file}: kho lưu kiểu {data['format']}, chương trình này đọc kiểu {FORMAT}")
        tables = {
            name: tuple(Part(**part) for part in held["files"]) for name, held in data["tables"].items()
        }
        return _made(data, tables)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise BadArchive(
            f"không đọc được {file} ({wrong}); lấy lại bản sao, hoặc lưu vào thư mục mới"
        ) from None


def _made(data: Mapping[str, Any], tables: Mapping[str, tuple[Part, ...]]) -> Manifest:
    at = datetime.fromisoformat(data["at"])
    return Manifest(data["position"], at, data["columns"], data["definitions"], data["calendars"], tables)

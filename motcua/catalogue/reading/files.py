"""Opening and streaming the files of a catalogue; a wrong file is refused in one line that says what to do."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import yaml

from . import crawl, national, sample
from .drafts import Draft, Found, Notes, Read

CHUNK = 1 << 20
READERS: dict[str, Callable[[Mapping[str, Any], int], tuple[Draft | None, Notes]]] = {
    crawl.KEY: crawl.read,
    national.KEY: national.read,
    "code": sample.read,
}
_LIST = re.compile(r'\s*(?:\{\s*"(?:result|results|data|items)"\s*:\s*)?\[')
_ACCEPTED = "cần tệp JSON Lines (.jsonl, .jsonl.gz), JSON của CSDLQG hoặc YAML"


class WrongFile(ValueError):
    """A file that cannot be read at all (tệp sai); the message names the file, the row and the remedy."""

    def __init__(self, path: Path, problem: str, remedy: str, row: int = 0) -> None:
        super().__init__(f"{path}{f', dòng {row}' if row else ''}: {problem}; {remedy}")
        self.told = f"{f'Dòng {row}: ' if row else ''}{problem}; {remedy}"


def catalogue(path: Path) -> Iterator[Read]:
    """The records of a catalogue file one by one, in constant memory (YAML aside). Raises WrongFile."""
    with opened(path) as (raw, text):
        entries = _yaml(path, text) if path.suffix in (".yaml", ".yml") else _json(path, text)
        with _told(path):
            for row, record in entries:
                yield _read(path, record, row, raw.tell())


def _read(path: Path, record: Any, row: int, position: int) -> Read:
    key = next((key for key in READERS if isinstance(record, Mapping) and key in record), None)
    if key is None and row == 1:
        named = ", ".join(READERS)
        raise WrongFile(path, "không phải danh mục thủ tục hành chính", f"mỗi bản ghi phải có {named}", row)
    if key is None:
        found = Found(
            row, "", "code", "bản ghi không có mã thủ tục, từ chối", str(record)[:200], "Bổ sung mã thủ tục"
        )
        return Read(row, None, (found,), position)
    draft, notes = READERS[key](record, row)
    return Read(row, draft, tuple(notes.found), position)


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], IO[str]]]:
    """The file as bytes (for its position) and as text, unpacked when it is gzip. Raises WrongFile."""
    with _told(path):
        if path.is_dir():
            raise WrongFile(path, "là thư mục, không phải tệp", "chỉ rõ một tệp trong đó")
        with path.open("rb") as raw:
            head = raw.read(512)
            raw.seek(0)
            _check_kind(path, head)
            packed = head.startswith(b"\x1f\x8b")
            inner = gzip.GzipFile(fileobj=raw) if packed else raw
            yield raw, io.TextIOWrapper(inner, encoding="utf-8-sig", newline="")


def _check_kind(path: Path, head: bytes) -> None:
    packed = head.startswith(b"\x1f\x8b")
    if not head:
        raise WrongFile(path, "tệp rỗng", "kiểm tra lại tệp nguồn")
    if path.suffix == ".gz" and not packed:
        raise WrongFile(path, "không phải tệp nén gzip dù tên là .gz", "nén lại bằng gzip hoặc đổi tên tệp")
    if not packed and b"\0" in head:
        remedy = "lưu lại thành .xlsx, hoặc .csv (UTF-8)" if path.suffix == ".csv" else _ACCEPTED
        raise WrongFile(path, "là tệp nhị phân, không đọc được như văn bản", remedy)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says about a file, in words of ours."""
    try:
        yield
    except FileNotFoundError:
        raise WrongFile(path, "không có tệp này", "kiểm tra đường dẫn") from None
    except PermissionError:
        raise WrongFile(path, "không được phép đọc tệp", "cấp quyền đọc cho người chạy lệnh") from None
    except UnicodeDecodeError:
        raise WrongFile(path, "không phải văn bản UTF-8", "lưu lại tệp theo mã UTF-8") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise WrongFile(path, "tệp nén gzip bị hỏng hoặc thiếu phần cuối", "tải lại tệp") from None
    except RecursionError:
        raise WrongFile(path, "danh sách lồng nhau quá sâu, không phải danh mục", _ACCEPTED) from None


def _json(path: Path, text: IO[str]) -> Iterator[tuple[int, Any]]:
    """Records and their rows: a line each, or the entries of one list, bare or wrapped, or a single record."""
    first = ""
    while not first.strip():
        first = text.readline()
        if not first:
            raise WrongFile(path, "tệp rỗng", "kiểm tra lại tệp nguồn")
    if _LIST.match(first) or not _whole(first):
        yield from _entries(path, first, text)
        return
    yield from _wrapped(json.loads(first))
    for row, line in enumerate(text, start=2):
        if line.strip():
            yield row, _line(path, line, row)


def _whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _line(path: Path, line: str, row: int) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise WrongFile(
            path, "dòng này không phải JSON hợp lệ", "sửa hoặc bỏ dòng đó rồi nhập lại", row
        ) from None


def _wrapped(record: Any) -> Iterator[tuple[int, Any]]:
    """A record, or the records in the list it wraps."""
    if isinstance(record, Mapping) and not any(key in record for key in READERS):
        inside = next((v for v in record.values() if isinstance(v, list | dict) and v), None)
        if inside is not None:
            record = inside
    yield from enumerate(record if isinstance(record, list) else [record], start=1)


def _entries(path: Path, head: str, text: IO[str]) -> Iterator[tuple[int, Any]]:
    """The entries of a JSON list spread over many lines, read piece by piece."""
    buffer = head + text.read(CHUNK)
    begun = _LIST.match(buffer)
    if not begun:
        yield from _wrapped(_document(path, buffer + text.read()))
        return
    decoder, at, row = json.JSONDecoder(), begun.end(), 0
    while True:
        at = _next(buffer, at)
        if buffer[at : at + 1] == "]":
            return
        try:
            record, end = decoder.raw_decode(buffer, at)
        except ValueError:
            more = text.read(CHUNK)
            if not more:
                raise WrongFile(path, "không phải JSON hợp lệ", _ACCEPTED, row + 1) from None
            buffer, at = buffer[at:] + more, 0
            continue
        row += 1
        yield row, record
        buffer, at = (buffer[end:], 0) if end > CHUNK else (buffer, end)


def _next(buffer: str, at: int) -> int:
    while at < len(buffer) and buffer[at] in " \t\r\n,":
        at += 1
    return at


def _document(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        row = getattr(wrong, "lineno", 1)
        raise WrongFile(path, "không phải JSON hợp lệ", _ACCEPTED, row) from None


def _yaml(path: Path, text: IO[str]) -> Iterator[tuple[int, Any]]:
    document = yaml_document(path, text)
    if document.get("format") != sample.FORMAT or not isinstance(document.get("procedures"), list):
        raise WrongFile(
            path, "không phải danh mục YAML", f"cần format: {sample.FORMAT} và danh sách procedures"
        )
    yield from enumerate(document["procedures"], start=1)


def yaml_document(path: Path, text: IO[str]) -> Mapping[str, Any]:
    """The mapping a YAML file holds. Raises WrongFile."""
    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        row = mark.line + 1 if mark else 0
        raise WrongFile(path, "không phải YAML hợp lệ", "sửa cú pháp tại đó", row) from None
    if not isinstance(document, Mapping):
        raise WrongFile(path, "không phải YAML có các mục", f"cần format: {sample.FORMAT}")
    return document

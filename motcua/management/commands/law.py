"""`motcua law`: what the law fixes, since when and where it is written (tham số pháp lý)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.law import packs
from motcua.ui import typed


class Command(BaseCommand):
    """Lists the values of the packs: their whole history, or those in force on one day."""

    help = "Liệt kê các tham số pháp lý: giá trị, ngày bắt đầu, căn cứ."
    requires_system_checks = []
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", nargs="?", metavar="SUBJECT", help="tên gói; bỏ trống là tất cả")
        parser.add_argument(
            "--on", metavar="DATE", help="chỉ giá trị có hiệu lực vào ngày này, ví dụ 31/08/2026"
        )
        parser.add_argument("--unverified", action="store_true", help="chỉ giá trị chưa xác minh")
        parser.add_argument("--json", action="store_true", help="in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = [
                v
                for v in values(options["subject"], options["on"])
                if not (options["unverified"] and v.verified)
            ]
        except (packs.NotInForce, ValueError) as wrong:
            raise CommandError(str(wrong), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps([as_data(v) for v in found], ensure_ascii=False))
            return
        for value in found:
            self.stdout.write(described(value))
        self.stdout.write(f"{len(found)} giá trị.")


def values(subject: str | None, on: str | None) -> Iterator[packs.Value]:
    """Values of one subject or all, in force on a day or ever. Raises NotInForce, ValueError."""
    known = packs.subjects()
    if subject and subject not in known:
        raise ValueError(f"{subject}: không có gói nào tên như vậy; dùng một trong: {', '.join(known)}")
    if not on:
        yield from (v for v in packs.every() if subject in (None, v.subject))
        return
    day = typed.given("--on", on, typed.day)
    for name in [subject] if subject else known:
        try:
            yield from packs.on(name, day).values.values()
        except packs.NotInForce:
            if subject:
                raise


def as_data(value: packs.Value) -> dict[str, Any]:
    """One value as JSON data."""
    written = value.reference
    return {
        "subject": value.subject,
        "parameter": value.parameter,
        "value": _plain(value.value),
        "since": value.since.isoformat(),
        "reference": {"document": written.document, "article": written.article, "url": written.url}
        if written
        else None,
        "verified": value.verified,
        "expected": value.expected,
        "note": value.note,
    }


def described(value: packs.Value) -> str:
    """One value as a reader sees it: what, since when, how sure, and where it is written."""
    marks = ("" if value.verified else " [chưa xác minh]") + (" [dự kiến]" if value.expected else "")
    content = "hết hiệu lực" if value.value is None else json.dumps(_plain(value.value), ensure_ascii=False)
    lines = [
        f"{value.subject} / {value.parameter}, từ {value.since:%d/%m/%Y}{marks}",
        f"  Giá trị: {content}",
    ]
    lines += [f"  Căn cứ: {value.reference}"] if value.reference else []
    lines += [f"  Ghi chú: {value.note}"] if value.note else []
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)

"""The list of officers as a file (danh sách cán bộ)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet

from motcua.ui.exports import Cell, Column, Format, Issuer, Kind, Listing

from .models import Officer

COLUMNS = (
    Column("Họ và tên", width=28),
    Column("Tên đăng nhập", Kind.CODE, 24),
    Column("Vị trí đang giữ", width=60),
    Column("Giữ vị trí từ", Kind.DAY, 14),
)


def officers(
    format: Format, found: QuerySet[Officer], text: str, disabled: bool, *, issuer: Issuer, at: datetime
) -> Listing:
    """The officers a search finds, with the posts they hold on the day of `found`."""
    keys = found.prefetch_related(None).values_list("pk", flat=True)

    def read(some: Sequence[int]) -> Iterator[Sequence[Cell]]:
        for officer in found.filter(pk__in=some):
            held = officer.held  # type: ignore[attr-defined]
            told = "; ".join(f"{post.get_role_display()}, {post.unit.name}" for post in held)
            since = min((post.valid_from for post in held), default=None)
            yield officer.full_name, officer.username, told, since

    return Listing(
        "can-bo",
        "Danh sách cán bộ",
        "cán bộ",
        COLUMNS,
        list(keys[: format.most + 1]),
        read,
        issuer,
        at,
        filters=[("Tìm", text), ("Tài khoản", "đã ngừng" if disabled else "đang dùng")],
    )

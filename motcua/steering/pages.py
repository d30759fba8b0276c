"""What frames every page of the room: its parts as tabs, and the crumbs back to them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

# Name of the page and what its tab says; a part of the room in a package of its own adds its line here.
TABS: tuple[tuple[str, str], ...] = (
    ("steering", "Việc của tôi"),
    ("board", "Bảng điều hành"),
    ("tasks", "Nhiệm vụ"),
    ("directives", "Văn bản"),
    ("plans", "Kế hoạch"),
    ("targets", "Chỉ tiêu"),
    ("steering-reports", "Báo cáo"),
    ("dependencies", "Phụ thuộc bên ngoài"),
    ("books", "Sổ theo dõi"),
    ("heads", "Người đứng đầu"),
    ("par", "Chỉ số CCHC"),
    ("surveys", "Điều tra"),
)


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The parts of the room, the one a page belongs to marked."""
    home = reverse(TABS[0][0])
    return [
        {"label": label, "url": (url := reverse(name)), "current": _current(request.path, url, home)}
        for name, label in TABS
    ]


def crumbs(name: str, label: str, *more: str) -> list[dict[str, str]]:
    """The way to a page: the room, the part of the page called `name`, and what follows."""
    way = [{"label": "Điều hành", "url": reverse("steering")}, {"label": label, "url": reverse(name)}]
    return [*way, *({"label": each} for each in more)]


def too_late(request: HttpRequest) -> None:
    """Say that what was posted is not recorded, since somebody went on meanwhile; what was typed is given back."""
    said = (request.POST.get(name, "").strip() for name in ("text", "why", "reason", "evidence"))
    typed = next((each for each in said if each), "")
    kept = f" Bạn đã nhập: “{typed}”." if typed else ""
    told = "Chưa ghi: trong lúc bạn mở trang, việc này đã sang bước khác; xem những gì đã ghi bên dưới."
    messages.warning(request, f"{told}{kept}")


def year(text: str, today: date) -> int:
    """The year an address asks for; this year where it asks for none there could be anything of."""
    return int(text) if re.fullmatch(r"20[0-9]{2}", text) else today.year


def _current(path: str, url: str, home: str) -> bool:
    return path == url if url == home else path.startswith(url)

"""The first page, and what frames every page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from motcua.law.calendar import day

from .. import access
from ..models import Officer, Role, Unit, UnitKind
from .guarding import PAGES

PREFIXES = ("Ủy ban nhân dân ", "UBND ")
# Parts of the system; of each entry its label, url name, and the power without which it is of no use to an officer.
DESK = {
    "Một cửa": (
        ("Bàn làm việc", "worklist", ""),
        ("Tiếp nhận", "reception", "receive"),
        ("Gọi số", "calling", "receive"),
        ("Hồ sơ", "dossiers", ""),
        ("Liên thông", "groups", ""),
        ("Tin báo", "notices", ""),
        ("Giải trình", "questions", ""),
    ),
    "Danh mục": (
        ("Thủ tục", "procedures", ""),
        ("Dự thảo văn bản", "drafts", "drafts"),
        ("Quy trình", "processes", "catalogue"),
        ("Công bố", "announcing", "catalogue"),
        ("Làm sạch dữ liệu", "cleaning", "catalogue"),
        ("Thủ tục nội bộ", "internal-register", "catalogue"),
        ("Phân cấp", "delegation-register", "catalogue"),
    ),
    "Số liệu": (
        ("Chỉ số", "index", ""),
        ("Chỉ số khác", "other-indicators", ""),
        ("Báo cáo", "reports", ""),
        ("Kê khai", "declaring", ""),
        ("Đối soát", "reconciling", ""),
        ("Bưu chính", "postal", "postal_sheets"),
    ),
    "Điều hành": (
        ("Toàn cảnh", "leader-boards", ""),
        ("Nhiệm vụ", "steering", ""),
    ),
    "Hệ thống": (("Đơn vị, cán bộ", "units", "staff"),),
}
PUBLIC = {"": (("Thủ tục", "procedures", ""), ("Kết quả", "public-board", ""), ("Chỉ số", "index", ""))}


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The first page: officers go to their work, everybody else learns what this is."""
    if request.user.is_authenticated:
        today = day(timezone.now())
        if access.of_operator(request.user, today):
            return redirect("reception" if access.served(request.user, today) else "account")
        roles = {post.role for post in access.posts(request.user, today)}
        return redirect("units" if roles == {Role.ADMIN} else "worklist")
    return render(request, "people/home.html")


def frame(request: HttpRequest) -> dict[str, Any]:
    """What `base.html` needs on every page: who is signed in, where they may go, whose system this is."""
    officer = request.user if request.user.is_authenticated else None
    today = day(timezone.now())
    outside = bool(officer and access.of_operator(officer, today))
    return {
        "place": SimpleLazyObject(_place),
        "person": _person(officer, today) if officer else None,
        "nav": _nav(request, officer, today, outside),
        "of_operator": outside,
        "home_url": reverse("home"),
        "search_url": reverse("dossiers") if officer else "",
        "sign_in_url": reverse("sign-in"),
        "sign_out_url": reverse("sign-out"),
    }


def _nav(request: HttpRequest, officer: Officer | None, today: date, outside: bool) -> list[dict[str, Any]]:
    return [
        {"part": part, "label": label, "url": (url := reverse(name)), "current": _current(request.path, url)}
        for part, entries in (DESK if officer else PUBLIC).items()
        for label, name, power in entries
        if (not outside or name in PAGES)
        and (not power or (officer and access.may(officer, power, None, today)))
    ]


def _current(path: str, url: str) -> str:
    """What `aria-current` says of an entry: the page itself, or the part of the system the page belongs to."""
    return "page" if path == url else "true" if path.startswith(url) else ""


def _person(officer: Officer, today: date) -> dict[str, Any]:
    posts = access.held(officer, today)
    first = posts[0] if posts else None
    more = f" và {len(posts) - 1} vị trí khác" if len(posts) > 1 else ""
    return {
        "id": officer.username,
        "url": reverse("account"),
        "name": officer.full_name,
        "role": first.get_role_display() if first else "Chưa giữ vị trí nào",
        "unit": f"{first.unit.name}{more}" if first else "",
    }


def _place() -> str:
    name = (
        Unit.objects.filter(kind=UnitKind.PROVINCE)
        .order_by("-valid_from")
        .values_list("name", flat=True)
        .first()
    )
    found = str(name or "")
    for prefix in PREFIXES:
        found = found.removeprefix(prefix)
    return found

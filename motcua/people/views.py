"""Signing in, the first page, and what frames every page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from motcua.law.calendar import day

from . import access
from .forms import SignInForm
from .models import Officer, Unit, UnitKind

PREFIXES = ("Ủy ban nhân dân ", "UBND ")
# Label, url name, and the power without which the page is of no use to an officer.
DESK = (
    ("Bàn làm việc", "worklist", ""),
    ("Tiếp nhận", "reception", "receive"),
    ("Gọi số", "calling", "receive"),
    ("Hồ sơ", "dossiers", ""),
    ("Liên thông", "groups", ""),
    ("Tin báo", "notices", ""),
    ("Thủ tục", "procedures", ""),
    ("Quy trình", "processes", "catalogue"),
    ("Chỉ số", "index", ""),
)
PUBLIC = (("Thủ tục", "procedures", ""), ("Chỉ số", "index", ""))


class SignIn(LoginView):
    """Đăng nhập."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get("HX-Request"):
            # A part of a page was asked for after the session ended: the whole page signs in, and comes back.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)


class SignOut(LogoutView):
    """Đăng xuất; whoever comes by a link or a bookmark is asked first, as only a form may sign out."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, "people/sign_out.html")


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The first page: officers go to their work, everybody else learns what this is."""
    if request.user.is_authenticated:
        return redirect("worklist")
    return render(request, "people/home.html")


def frame(request: HttpRequest) -> dict[str, Any]:
    """What `base.html` needs on every page: who is signed in, where they may go, whose system this is."""
    officer = request.user if request.user.is_authenticated else None
    today = day(timezone.now())
    return {
        "place": SimpleLazyObject(_place),
        "person": _person(officer, today) if officer else None,
        "nav": _nav(request, officer, today),
        "home_url": reverse("home"),
        "search_url": reverse("dossiers") if officer else "",
        "sign_in_url": reverse("sign-in"),
        "sign_out_url": reverse("sign-out"),
    }


def _nav(request: HttpRequest, officer: Officer | None, today: date) -> list[dict[str, Any]]:
    here = request.resolver_match.url_name if request.resolver_match else ""
    entries = DESK if officer else PUBLIC
    return [
        {"label": label, "url": reverse(name), "current": name == here}
        for label, name, power in entries
        if not power or (officer and access.may(officer, power, None, today))
    ]


def _person(officer: Officer, today: date) -> dict[str, Any]:
    posts = access.posts(officer, today)
    first = posts[0] if posts else None
    more = f" và {len(posts) - 1} vị trí khác" if len(posts) > 1 else ""
    return {
        "id": officer.username,
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

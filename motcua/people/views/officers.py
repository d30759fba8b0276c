"""Officers: the list, one officer with posts and powers, giving an account, resetting and disabling it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.http import require_http_methods, require_safe

from motcua.law.facts import Refused
from motcua.ui import exports

from .. import access, acts, exporting, issuer, queries, telling
from ..forms import ReasonForm, RegisterForm
from ..models import Officer
from . import changes
from .asking import StaffRequest, asked, crumbs, now, officer_of, require_staff, unit_of

PAGE = 50
COLUMNS = [
    {"label": "Cán bộ", "width": "col-dossier"},
    {"label": "Vị trí đang giữ"},
    {"label": "Tài khoản", "width": "col-step"},
]
POWERS = [{"label": "Được làm"}, {"label": "Vì giữ vị trí"}, {"label": "Ở đâu"}]


@require_safe
def listed(request: StaffRequest) -> HttpResponseBase:
    """Cán bộ of the units an officer arranges."""
    at, today = now()
    require_staff(request, today)
    text, disabled = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("ngung") == "1"
    units = queries.kept(request.user, today)
    found = queries.officers(request.user, units, today, text=text, disabled=disabled)
    if wanted := exports.asked(request):
        by = issuer.of(request.user, today)
        listing = exporting.officers(wanted, found, text, disabled, issuer=by, at=at)
        return exports.answer(request, wanted, listing)
    page = Paginator(found, PAGE).get_page(request.GET.get("trang"))
    shown = {
        "crumbs": crumbs("Cán bộ"),
        "page": page,
        "rows": [{"officer": officer, "account": _account(officer)} for officer in page],
        "columns": COLUMNS,
        "query": text,
        "disabled": disabled,
        "empty": {
            "title": "Không có cán bộ nào như vậy",
            "text": "Thử ít chữ hơn, hoặc xem tài khoản đã ngừng.",
        },
    }
    return render(request, "people/officers.html", shown)


@require_safe
def show(request: StaffRequest, username: str) -> HttpResponse:
    """Một cán bộ: what they may do and why, what they held, what was changed."""
    _, today = now()
    officer = officer_of(request, username, today)
    shown = {
        "officer": officer,
        "crumbs": crumbs((reverse("officers"), "Cán bộ"), officer.full_name),
        "account": _account(officer),
        "may_keep": access.may_keep(request.user, officer, today) and officer.pk != request.user.pk,
        "changes": changes.told(queries.changes({"officer": [officer.username]}, size=10)),
        **powers(officer, today),
    }
    return render(request, "people/officer.html", shown)


@require_safe
def own(request: StaffRequest) -> HttpResponse:
    """Tài khoản của tôi: what I may do and why, and my password."""
    _, today = now()
    shown = {"officer": request.user, "account": _account(request.user), **powers(request.user, today)}
    return render(request, "people/account.html", shown)


@require_http_methods(["GET", "POST"])
def register(request: StaffRequest, code: str) -> HttpResponse:
    """Cấp tài khoản cho một người mới với vị trí đầu tiên; answers with the link to choose a password."""
    at, today = now()
    unit = unit_of(request, code, today)
    roles = access.given(request.user, unit, today)
    form = RegisterForm(request.POST or None, initial={"since": today}, roles=roles)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        post = acts.NewPost(unit.code, said["role"], said["since"])
        new = acts.NewOfficer(said["username"], said["full_name"].strip(), posts=(post,))
        try:
            (made,) = acts.register([new], by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, f"{refused}.")
        else:
            return _link(request, made, "Đã cấp tài khoản")
    told = {"title": "Cấp tài khoản", "button": "Cấp tài khoản", "about": unit.name}
    back = reverse("unit", args=[unit.code])
    explain = "Không ai đặt mật khẩu thay: người mới tự chọn bằng một đường dẫn mở được một lần."
    shown = {
        "form": form,
        "back": back,
        "explain": explain,
        "crumbs": crumbs((back, unit.name), told["title"]),
    }
    return render(request, "people/form.html", shown | told)


@require_http_methods(["GET", "POST"])
def reset(request: StaffRequest, username: str) -> HttpResponse:
    """Đặt lại mật khẩu: the old one stops opening at once, a link to choose a new one is shown this once."""
    at, today = now()
    officer = officer_of(request, username, today)
    refusal = ""
    if request.method == "POST":
        try:
            acts.reset_password(officer, by=request.user, at=at)
        except Refused as refused:
            refusal = str(refused)
        else:
            return _link(request, officer, "Đã đặt lại mật khẩu")
    way = crumbs((reverse("officer", args=[username]), officer.full_name), "Đặt lại mật khẩu")
    return render(request, "people/reset.html", {"officer": officer, "refusal": refusal, "crumbs": way})


@require_http_methods(["GET", "POST"])
def disable(request: StaffRequest, username: str) -> HttpResponse:
    """Ngừng tài khoản."""
    return _switch(
        request,
        username,
        acts.disable,
        "Ngừng tài khoản",
        "Người này bị đăng xuất ngay, không vào lại được.",
    )


@require_http_methods(["GET", "POST"])
def enable(request: StaffRequest, username: str) -> HttpResponse:
    """Cho dùng lại tài khoản."""
    return _switch(request, username, acts.enable, "Cho dùng lại tài khoản", "Mật khẩu cũ lại dùng được.")


def powers(officer: Officer, on: date) -> dict[str, Any]:
    """What an officer may do and why, what not, and every post."""
    posts = sorted(officer.all_posts, key=lambda post: post.valid_from, reverse=True)
    return {
        "held": telling.held(officer, on),
        "refused": telling.lacking(officer, on),
        "columns": POWERS,
        "posts": [{"post": post, "ended": bool(post.valid_to and post.valid_to <= on)} for post in posts],
        "empty": {
            "title": "Hôm nay không giữ vị trí nào",
            "text": "Nên chỉ xem được các trang công khai.",
        },
    }


def _switch(request: StaffRequest, username: str, act: Any, title: str, explain: str) -> HttpResponse:
    at, today = now()
    officer = officer_of(request, username, today)
    return asked(
        request,
        ReasonForm(request.POST or None),
        lambda said: act(officer, reason=said["reason"], by=request.user, at=at),
        title=title,
        button=title,
        about=officer.full_name,
        back=reverse("officer", args=[username]),
        done=f"Đã ghi: {title.lower()} của {officer.full_name}.",
        explain=explain,
    )


def _link(request: StaffRequest, officer: Officer, title: str) -> HttpResponse:
    """The page that shows the link once; it is stored nowhere."""
    where = [urlsafe_base64_encode(force_bytes(officer.pk)), default_token_generator.make_token(officer)]
    link = request.build_absolute_uri(reverse("choose-password", args=where))
    shown = {"officer": officer, "link": link, "title": title, "crumbs": crumbs(title)}
    response = render(request, "people/link.html", shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def _account(officer: Officer) -> str:
    if not officer.is_active:
        return "Đã ngừng"
    return "Đang dùng" if officer.has_usable_password() else "Chờ chọn mật khẩu"

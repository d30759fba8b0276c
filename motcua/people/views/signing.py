"""Signing in and out, and one's own password: changed when it is known, chosen by a one-time link when it is not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    LoginView,
    LogoutView,
    PasswordChangeView,
    PasswordResetConfirmView,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from .. import acts
from ..forms import ChooseForm, PasswordForm, SignInForm


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


class ChangePassword(PasswordChangeView):
    """Tự đổi mật khẩu; every other session of the officer ends, this one goes on."""

    template_name = "people/password.html"
    form_class = PasswordForm
    extra_context = {"title": "Đổi mật khẩu", "button": "Đổi mật khẩu"}

    def form_valid(self, form: SetPasswordForm[Any]) -> HttpResponse:
        acts.choose_password(form.user, password=form.cleaned_data["new_password1"], at=timezone.now())
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, "Đã đổi mật khẩu. Các máy khác đang mở tài khoản này đã bị đăng xuất.")
        return redirect("account")


class ChoosePassword(PasswordResetConfirmView):
    """Chọn mật khẩu by a link that opens once."""

    template_name = "people/password.html"
    form_class = ChooseForm
    extra_context = {"title": "Chọn mật khẩu", "button": "Dùng mật khẩu này"}

    def form_valid(self, form: SetPasswordForm[Any]) -> HttpResponse:
        acts.choose_password(form.user, password=form.cleaned_data["new_password1"], at=timezone.now())
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, "Đã nhận mật khẩu mới. Mời đăng nhập.")
        return redirect("sign-in")

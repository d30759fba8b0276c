"""Accounts: choosing a password, resetting it, disabling an account and letting it be used again (tài khoản)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from motcua.journal import log
from motcua.law import offices
from motcua.law.calendar import day
from motcua.law.facts import Refused

from .. import access
from ..models import Officer, Role
from .posts import leaves_somebody


@transaction.atomic(durable=True)
def reset_password(officer: Officer, *, by: Officer, at: datetime) -> None:
    """Đặt lại mật khẩu: nothing opens the account until its owner has chosen a new one by a one-time link.

    Whoever resets it never knows a password, and leaves their name.
    """
    access.require_keeping(by, officer, day(at))
    if officer.pk == by.pk:
        raise Refused("Bạn tự đổi mật khẩu của mình ở trang Tài khoản", access.SOURCE)
    officer.set_unusable_password()
    officer.save(update_fields=["password"])
    _write(offices.PasswordReset, officer, by, at)


@transaction.atomic(durable=True)
def choose_password(officer: Officer, *, password: str, at: datetime) -> None:
    """Tự đổi mật khẩu; every other session of the officer ends."""
    officer.set_password(password)
    officer.save(update_fields=["password"])
    _write(offices.PasswordChosen, officer, officer, at)


@transaction.atomic(durable=True)
def disable(officer: Officer, *, reason: str, by: Officer, at: datetime) -> None:
    """Ngừng tài khoản: nobody signs in with it from now on, and whoever is signed in is out; posts stay as dated."""
    access.require_keeping(by, officer, day(at))
    _reasoned(reason)
    if officer.pk == by.pk:
        raise Refused("Không ai tự ngừng tài khoản của mình", access.SOURCE)
    if not officer.is_active:
        raise Refused(f"Tài khoản của {officer.full_name} đã ngừng", access.SOURCE)
    kept = officer.posts.filter(role=Role.ADMIN, valid_to=None).select_related("unit__parent")
    leaves_somebody(officer, kept)
    officer.is_active = False
    officer.save(update_fields=["is_active"])
    _write(offices.AccountDisabled, officer, by, at, reason=reason.strip())


@transaction.atomic(durable=True)
def enable(officer: Officer, *, reason: str, by: Officer, at: datetime) -> None:
    """Cho dùng lại tài khoản, with the password it had."""
    access.require_keeping(by, officer, day(at))
    _reasoned(reason)
    if officer.is_active:
        raise Refused(f"Tài khoản của {officer.full_name} đang dùng được", access.SOURCE)
    officer.is_active = True
    officer.save(update_fields=["is_active"])
    _write(offices.AccountEnabled, officer, by, at, reason=reason.strip())


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise Refused("Phải ghi lý do", access.SOURCE)


def _write(kind: type[offices.Change], officer: Officer, by: Officer, at: datetime, **said: Any) -> None:
    post = officer.posts.filter(valid_to=None).select_related("unit").order_by("pk").first()
    told = {"officer": officer.username, "unit": post.unit.code if post else "", **said}
    change = kind(at=at, by=by.username, provision=access.SOURCE, **told)
    log.record(offices.STREAM, [change])

"""Điều tra xã hội học: question sets, surveys, who is asked, sheets of links, forms on paper, results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.catalogue.reading.files import WrongFile
from motcua.dossiers.views.links import DeskRequest
from motcua.law import surveys as law
from motcua.law.calendar import day
from motcua.law.facts import Refused
from motcua.notices.models import State
from motcua.people.models import Officer
from motcua.ui import qr
from motcua.ui.templatetags import ui

from ..pages import crumbs, tabs
from ..par import queries as rounds
from ..par.models import ParRound
from ..surveys import acts, forms, pages, queries, reading
from ..surveys.models import Invitation, QuestionTable, Survey

PAGE = 50
UNITS = 25
CLOSED = "Trước khi đợt được công bố, kết quả điều tra chỉ mở như phiếu chấm của đơn vị"
COLUMNS = [
    {"label": "Người được hỏi"},
    {"label": "Đơn vị được đánh giá"},
    {"label": "Mẫu"},
    {"label": "Tình trạng"},
    {"label": "Thư mời"},
]


@require_safe
def index(request: DeskRequest) -> HttpResponse:
    """The surveys, the rounds one may be opened for, and the question sets."""
    on = day(timezone.now())
    page = Paginator(queries.listed(), PAGE).get_page(request.GET.get("trang"))
    rows = [{"survey": each, "status": pages.STATUS[pages.status(each, on)]} for each in page]
    steers = rounds.steers(request.user, on)
    shown = {
        "tabs": tabs(request),
        "page": page,
        "rows": rows,
        "tables": QuestionTable.objects.all(),
        "rounds": ParRound.objects.select_related("table").filter(published_on=None) if steers else (),
        "steers": steers,
    }
    return render(request, "steering/surveys.html", shown)


@require_http_methods(["GET", "POST"])
def enter(request: DeskRequest) -> HttpResponse:
    """Enter a question set from its file: all of it, or nothing and what to mend."""
    at = timezone.now()
    _steering(request.user, day(at))
    form = forms.TableForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            new = acts.NewSet(
                said["name"], said["decision"], said["decided_on"], _read(form, reading.questions)
            )
            made = acts.enter_questions(new, by=request.user, at=at)
        except WrongFile as wrong:
            form.add_error("file", wrong.told)
        except Refused as refused:
            form.add_error("file", refused.reason)
        else:
            messages.success(request, f"Đã có bộ câu hỏi {made.name}.")
            return redirect("survey-questions", made.pk)
    shown = {"form": form, "title": "Nhập bộ câu hỏi", "do": "Nhập"}
    shown["crumbs"] = crumbs(*pages.HERE, "Nhập bộ câu hỏi")
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


@require_safe
def questions(request: DeskRequest, key: int) -> HttpResponse:
    """A question set: its forms with their questions, options and weights."""
    found = queries.table_for(key)
    shown = {"table": found, "forms": found.questions.forms, "crumbs": crumbs(*pages.HERE, found.name)}
    return render(request, "steering/survey_questions.html", shown)


@require_http_methods(["GET", "POST"])
def open_(request: DeskRequest, key: int) -> HttpResponse:
    """Open a survey for a round."""
    at = timezone.now()
    _steering(request.user, day(at))
    round_ = rounds.round_for(key)
    form = forms.OpenForm(round_, day(at), request.POST or None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = acts.open_survey(
                round_,
                said["table"],
                name=said["name"],
                units=form.chosen,
                opens=said["opens"],
                closes=said["closes"],
                least=form.fewest,
                by=request.user,
                at=at,
            )
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "Đã mở cuộc điều tra. Việc tiếp theo: nhập danh sách người được hỏi.")
            return redirect("survey", made.pk)
    shown = {"form": form, "title": "Mở cuộc điều tra", "about": str(round_), "do": "Mở cuộc điều tra"}
    shown["crumbs"] = crumbs(*pages.HERE, "Mở cuộc điều tra")
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


@require_safe
def show(request: DeskRequest, key: int) -> HttpResponse:
    """A survey: how it goes unit by unit, or what it came to."""
    found, on = queries.survey_for(key), day(timezone.now())
    steers, status = rounds.steers(request.user, on), pages.status(found, on)
    people = queries.by_state(found.respondents.all())
    page = Paginator(queries.units(found), UNITS).get_page(request.GET.get("trang"))
    units = list(page)
    shown = {
        "page": page,
        "survey": found,
        "status": status,
        "status_word": pages.STATUS[status],
        "people": people,
        "cells": pages.cells(found, units),
        "standings": pages.standings(found, units, request.user, on) if status == "closed" else (),
        "letters_waiting": queries.letters_waiting(found),
        "steers": steers,
        "takes": steers and not found.closed_at,
        "history": pages.history(found, whole=steers),
        "crumbs": pages.below(found),
    }
    return render(request, "steering/survey.html", shown)


@require_safe
def unit(request: DeskRequest, key: int, code: str) -> HttpResponse:
    """What a closed survey came to for one unit: criterion, form, question, votes. Never who."""
    found = queries.survey_for(key)
    about = queries.unit_for(found, code)
    if not rounds.reads(request.user, rounds.sheet_for(found.round, code), day(timezone.now())):
        raise PermissionDenied(CLOSED)
    shown = {"survey": found, "unit": about, "crumbs": pages.below(found, about.name)}
    return render(request, "steering/survey_unit.html", shown | pages.unit(found, about))


@require_http_methods(["GET", "POST"])
def people(request: DeskRequest, key: int) -> HttpResponse:
    """Who is asked, and what became of each; those chosen are withdrawn or given paper."""
    at = timezone.now()
    _steering(request.user, day(at))
    found, refusal = queries.survey_for(key), ""
    asked = queries.asked(found, request.GET)
    page = Paginator(asked, PAGE).get_page(request.GET.get("trang"))
    form = forms.ChosenForm([row.pk for row in page.object_list], request.POST or None)
    if request.method == "POST":
        try:
            messages.success(request, _chosen(found, form, request.user, at))
            return redirect(request.get_full_path())
        except Refused as refused:
            refusal = refused.reason
    shown = _people(request, found, page) | {"refusal": refusal, "form": form}
    return render(request, "steering/survey_people.html", shown, status=409 if refusal else 200)


@require_http_methods(["GET", "POST"])
def take_people(request: DeskRequest, key: int) -> HttpResponse:
    """Take a list of people in: every line, or none and what to mend."""
    at = timezone.now()
    _steering(request.user, day(at))
    found, problems = queries.survey_for(key), []
    form = forms.PeopleForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            lines = _read(form, reading.respondents)
            taken = acts.list_respondents(found, lines, by=request.user, at=at)
        except WrongFile as wrong:
            form.add_error("file", wrong.told)
        except Refused as refused:
            form.add_error("file", refused.reason)
        else:
            problems = taken.problems
            if not problems:
                messages.success(request, f"Đã thêm {taken.made} người; {taken.known} người đã có từ trước.")
                return redirect("survey", found.pk)
    shown = {"survey": found, "form": form, "problems": problems[:100], "more": max(0, len(problems) - 100)}
    shown["crumbs"] = pages.below(found, "Nhập danh sách")
    wrong_ = problems or form.errors
    return render(request, "steering/survey_take.html", shown, status=422 if wrong_ else 200)


@require_safe
def pattern(request: DeskRequest, key: int) -> HttpResponse:
    """The empty list of people of a survey."""
    found = queries.survey_for(key)
    headers = {"Content-Disposition": f'attachment; filename="danh-sach-dieu-tra-{found.pk}.csv"'}
    text = reading.pattern([form.code for form in found.questions.forms])
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def letters(request: DeskRequest, key: int) -> HttpResponse:
    """Send the letters: invitations, or reminders."""
    found, reminding = queries.survey_for(key), request.POST.get("do") == "nhac"
    address = settings.PUBLIC_URL or request.build_absolute_uri("/")
    send = acts.remind if reminding else acts.invite
    try:
        count = send(found, address=address, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
    else:
        word = "thư nhắc" if reminding else "thư mời"
        nobody = "Không còn ai cần nhắc hôm nay." if reminding else "Ai có địa chỉ thư đều đã được mời."
        messages.success(request, f"Đang gửi {count} {word}." if count else nobody)
    return redirect("survey", found.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def links(request: DeskRequest, key: int, code: str, form: str) -> HttpResponse:
    """The sheet of links of a unit and form: made as it is shown, and never shown again."""
    at = timezone.now()
    _steering(request.user, day(at))
    found = queries.survey_for(key)
    about, asked = queries.unit_for(found, code), _form_of(found, form)
    context = {"survey": found, "unit": about, "form": asked}
    context["waiting"] = queries.waited_for(found).filter(unit=about, form=form).count()
    context["crumbs"] = pages.below(found, f"Tờ liên kết, {about.name}")
    if request.method == "GET":
        return render(request, "steering/survey_links.html", context)
    try:
        made = acts.print_links(found, unit=about, form=form, by=request.user, at=at)
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
        return redirect("survey", found.pk)
    begin = (settings.PUBLIC_URL or request.build_absolute_uri("/")).rstrip("/")
    addresses = [(person, begin + reverse("answer", args=[token])) for person, token in made]
    context["cards"] = [{"person": person, "url": url, "qr": qr.secret(url)} for person, url in addresses]
    return render(request, "steering/survey_links.html", context)


@require_http_methods(["GET", "POST"])
def paper(request: DeskRequest, key: int, code: str, form: str) -> HttpResponse:
    """Type in forms given on paper, one after the other."""
    at = timezone.now()
    _steering(request.user, day(at))
    found = queries.survey_for(key)
    about, asked = queries.unit_for(found, code), _form_of(found, form)
    typed = forms.AnswerForm(asked, request.POST or None)
    if typed.is_bound and typed.is_valid():
        try:
            said, seen = typed.said, _count(request.POST.get("con", ""))
            left = acts.enter_paper(found, said, unit=about, form=form, by=request.user, at=at, seen=seen)
        except Refused as refused:
            typed.add_error(None, refused.reason)
        else:
            messages.success(request, f"Đã nhập một phiếu giấy; còn {left} phiếu đã phát.")
            return redirect(request.path) if left else redirect("survey", found.pk)
    shown = {
        "survey": found,
        "unit": about,
        "asked": asked,
        "form": typed,
        "left": queries.papers_left(found, about, form),
        "crumbs": pages.below(found, f"Phiếu giấy, {about.name}"),
    }
    return render(request, "steering/survey_paper.html", shown, status=422 if typed.errors else 200)


@require_http_methods(["GET", "POST"])
def extend(request: DeskRequest, key: int) -> HttpResponse:
    """Make the term longer."""
    at = timezone.now()
    _steering(request.user, day(at))
    found = queries.survey_for(key)
    form = forms.ExtendForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            acts.extend(found, **form.cleaned_data, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "Đã gia hạn nhận phiếu.")
            return redirect("survey", found.pk)
    shown = {"form": form, "title": "Gia hạn nhận phiếu", "about": found.name, "do": "Gia hạn"}
    shown["crumbs"] = pages.below(found, "Gia hạn")
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Withdraw a survey opened by mistake."""
    at = timezone.now()
    _steering(request.user, day(at))
    found = queries.survey_for(key)
    form = forms.WithdrawForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            acts.withdraw_survey(found, **form.cleaned_data, by=request.user, at=at)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, "Đã rút cuộc điều tra.")
            return redirect("survey", found.pk)
    shown = {
        "form": form,
        "title": "Rút cuộc điều tra mở nhầm",
        "about": found.name,
        "do": "Rút cuộc điều tra",
    }
    shown["crumbs"] = pages.below(found, "Rút cuộc điều tra")
    return render(request, "steering/par_form.html", shown, status=422 if form.errors else 200)


@require_POST
def close(request: DeskRequest, key: int) -> HttpResponse:
    """Count and close."""
    found = queries.survey_for(key)
    try:
        acts.close_survey(found, by=request.user, at=timezone.now())
        messages.success(request, "Đã khóa cuộc điều tra; kết quả đã vào phiếu chấm của các đơn vị.")
    except Refused as refused:
        messages.error(request, f"{refused.reason}.")
    return redirect("survey", found.pk)


def _people(request: DeskRequest, survey: Survey, page: Any) -> dict[str, Any]:
    rows = list(page.object_list)
    said = Invitation.objects.filter(respondent__in=[row.pk for row in rows]).order_by("id")
    letters_ = {each.respondent_id: _letter(each) for each in said}
    kept = request.GET.copy()
    for name in ("o", "trang"):
        kept.pop(name, None)
    query = f"&{kept.urlencode()}" if kept else ""
    return {
        "survey": survey,
        "page": page,
        "rows": [pages.person(row, letters_) for row in rows],
        "columns": COLUMNS,
        "counts": pages.counts(survey, request.GET.dict(), query),
        "filter": forms.PeopleFilter(survey, queries.units(survey), request.GET),
        "shelf": request.GET.get("o", ""),
        "takes": not survey.closed_at and any(not (r.answered or r.withdrawn or r.paper) for r in rows),
        "crumbs": pages.below(survey, "Người được hỏi"),
        "empty": {"title": "Không có ai", "text": "Nhập danh sách người được hỏi, hoặc bỏ bớt bộ lọc."},
    }


def _letter(letter: Invitation) -> str:
    word = "Thư nhắc" if letter.reminder else "Thư mời"
    when = f" {ui.day_short(letter.done_at)}" if letter.done_at and letter.state == State.SENT else ""
    return f"{word}: {State(letter.state).label.lower()}{when}"


def _chosen(survey: Survey, form: forms.ChosenForm, by: Officer, at: datetime) -> str:
    if not form.is_valid():
        raise Refused("Hãy chọn ít nhất một người còn chờ trả lời")
    said = form.cleaned_data
    if said["do"] == "rut":
        count = acts.withdraw(survey, said["nguoi"], reason=said["reason"], by=by, at=at)
        return f"Đã rút {count} người; liên kết của họ không còn dùng được."
    count = acts.hand_papers(survey, said["nguoi"], by=by, at=at)
    return f"Đã ghi phát phiếu giấy cho {count} người."


def _count(told: str) -> int | None:
    return int(told) if told.isdecimal() and len(told) < 10 else None


def _form_of(survey: Survey, code: str) -> law.Form:
    found = survey.questions.form(code)
    if found is None:
        raise Http404(f"Cuộc điều tra không có mẫu phiếu {code}")
    return found


def _read(form: Any, read: Callable[[Path], Any]) -> Any:
    file = form.cleaned_data["file"]
    with TemporaryDirectory() as folder:
        path = Path(folder, f"tep{Path(file.name or 'tep').suffix.lower()}")
        path.write_bytes(file.read())
        return read(path)


def _steering(officer: Officer, on: date) -> None:
    if not rounds.steers(officer, on):
        raise PermissionDenied(f"{officer.full_name} không phụ trách điều tra xã hội học")

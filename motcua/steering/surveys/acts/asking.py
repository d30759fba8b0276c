"""Who is asked, and how they are reached: lists taken in, letters queued, sheets of links, forms on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from motcua.catalogue.words import words
from motcua.journal import log, wire
from motcua.journal.outbox import job
from motcua.law.facts import Refused
from motcua.law.surveys import SOURCE, LinksGiven, PapersHanded, RespondentsListed, RespondentsWithdrawn
from motcua.notices import reach
from motcua.notices.models import State
from motcua.people.models import Officer, Unit

from .. import queries, tasks, tokens
from ..models import Invitation, Respondent, Survey, SurveyLink
from .opening import SHORTEST, held_open, told

ALL, SEPARATOR = "tat ca", ";"
APART = timedelta(days=1)  # between two letters to one respondent
LONGEST = 200
KNOWN = ("unit_id", "form", "name", "email", "role", "phone")
TWICE = (
    "trùng dòng {first}: cùng họ tên, không có thư điện tử; nếu là hai người, ghi chức vụ hoặc điện thoại khác nhau,"
    " nếu là một người, bỏ một dòng"
)
MOST = 100_000  # people of one list, each counted once for every unit asked about


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: its number in the file, the units asked about, the form, the person."""

    row: int
    unit: str
    form: str
    name: str
    role: str = ""
    email: str = ""
    phone: str = ""


@dataclass(slots=True)
class Taken:
    """What came of a list (kết quả nhập): people put on it, those there already, and what cannot be taken, by row."""

    made: int = 0
    known: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


_Key = tuple[int | str, ...]


@transaction.atomic(durable=True)
def list_respondents(survey: Survey, lines: Sequence[Line], *, by: Officer, at: datetime) -> Taken:
    """Nhập danh sách người được hỏi: every line or none; whoever is there already is not asked twice.

    Of two lines of one list that tell of nobody which of them it is, nobody knows whether they are one person.
    """
    held, taken = held_open(survey, by, at), Taken()
    units = list(queries.units(held))
    rows: dict[_Key, tuple[Line, Respondent]] = {}
    listed = 0
    for line in lines:
        for row in _read(held, line, units, taken):
            listed += 1
            if listed > MOST:
                raise Refused(
                    f"Danh sách quá {MOST:,} lượt hỏi; hãy chia thành nhiều tệp".replace(",", "."), SOURCE
                )
            first, _ = rows.setdefault(_key(*(getattr(row, name) for name in KNOWN)), (line, row))
            if first is not line and not row.email:
                taken.problems.append((line.row, TWICE.format(first=first.row)))
    taken.problems = list(dict.fromkeys(taken.problems))
    if taken.problems:
        return taken
    there = {_key(*each) for each in held.respondents.order_by().values_list(*KNOWN)}
    new = [row for key, (_, row) in rows.items() if key not in there]
    Respondent.objects.bulk_create(new)
    taken.made, taken.known = len(new), listed - len(new)
    if new:
        counts = dict(Counter(row.form for row in new))
        log.record(held.stream, [told(RespondentsListed, by, at, counts=counts)])
    return taken


@transaction.atomic(durable=True)
def invite(survey: Survey, *, address: str, by: Officer, at: datetime) -> int:
    """Gửi thư mời: a letter to everybody with an address who has had none; how many. `address` begins the links."""
    held = held_open(survey, by, at)
    new = queries.waited_for(held).exclude(email="").filter(invitations=None)
    return _queued(held, new, False, address, by, at)


@transaction.atomic(durable=True)
def remind(survey: Survey, *, address: str, by: Officer, at: datetime) -> int:
    """Gửi thư nhắc người chưa trả lời, at most one letter a day to anybody; how many."""
    held = held_open(survey, by, at)
    lately = Invitation.objects.filter(respondent__survey=held, queued_at__gt=at - APART)
    waiting = Invitation.objects.filter(respondent__survey=held, state__in=[State.WAITING, State.SENDING])
    due = queries.waited_for(held).exclude(email="").exclude(invitations=None)
    due = due.exclude(pk__in=(lately | waiting).values("respondent"))
    return _queued(held, due, True, address, by, at)


@transaction.atomic(durable=True)
def print_links(
    survey: Survey, *, unit: Unit, form: str, by: Officer, at: datetime
) -> list[tuple[Respondent, str]]:
    """In tờ liên kết để phát tay: everybody still waited for, each with a new token, which is told only here.

    The links of an earlier sheet end: nobody knows where it lies.
    """
    held = held_open(survey, by, at)
    people = list(queries.waited_for(held).filter(unit=unit, form=form))
    if not people:
        raise Refused("Không còn ai chưa trả lời ở đơn vị và mẫu phiếu này", SOURCE)
    SurveyLink.objects.filter(respondent__in=people, printed=True).update(ended=True)
    made = [(person, tokens.new()) for person in people]
    SurveyLink.objects.bulk_create(
        SurveyLink(respondent=person, digest=tokens.digest(token), printed=True) for person, token in made
    )
    log.record(held.stream, [told(LinksGiven, by, at, way="tờ in", count=len(made))])
    return made


@transaction.atomic(durable=True)
def withdraw(survey: Survey, keys: Sequence[int], *, reason: str, by: Officer, at: datetime) -> int:
    """Rút người được hỏi chưa trả lời, có lý do; their links end. Returns how many."""
    held = held_open(survey, by, at)
    if len(reason.strip()) < SHORTEST:
        raise Refused("Hãy ghi lý do rút", SOURCE)
    count = _marked(held, keys, "withdrawn")
    log.record(held.stream, [told(RespondentsWithdrawn, by, at, count=count, reason=reason.strip())])
    return count


@transaction.atomic(durable=True)
def hand_papers(survey: Survey, keys: Sequence[int], *, by: Officer, at: datetime) -> int:
    """Phát phiếu giấy thay cho liên kết; as many forms may be typed in as were handed out. Returns how many."""
    held = held_open(survey, by, at)
    count = _marked(held, keys, "paper")
    log.record(held.stream, [told(PapersHanded, by, at, count=count)])
    return count


def _marked(held: Survey, keys: Sequence[int], mark: str) -> int:
    people = list(queries.waited_for(held).filter(pk__in=keys).select_for_update(of=("self",)))
    if not people:
        raise Refused("Chưa chọn ai còn chờ trả lời", SOURCE)
    return Respondent.objects.filter(pk__in=[each.pk for each in people]).update(**{mark: True})


def _queued(
    held: Survey, people: QuerySet[Respondent], reminder: bool, address: str, by: Officer, at: datetime
) -> int:
    keys = list(people.values_list("pk", flat=True))
    if not keys:
        return 0
    kept = {"reminder": reminder, "address": address, "queued_at": at, "next_at": at}
    Invitation.objects.bulk_create(Invitation(respondent_id=key, **kept) for key in keys)
    way = "thư nhắc" if reminder else "thư mời"
    log.record(held.stream, [told(LinksGiven, by, at, way=way, count=len(keys))])
    statement = job(tasks.send, lock="surveys.send")
    wire.ask(statement.sql, statement.values)
    return len(keys)


def _read(held: Survey, line: Line, units: Sequence[Unit], taken: Taken) -> Iterator[Respondent]:
    """The respondents a line names, or its problems noted."""
    wrong, about = [], list(_about(line.unit, units))
    if not about or None in about:
        wrong.append(f"đơn vị “{line.unit}” không thuộc cuộc điều tra; ghi mã hoặc tên, hoặc “tất cả”")
    if held.questions.form(line.form) is None:
        known = ", ".join(form.code for form in held.questions.forms)
        wrong.append(f"không có mẫu phiếu “{line.form}”; ghi một trong: {known}")
    if not line.name:
        wrong.append("thiếu họ tên")
    if line.email and not reach.address(line.email):
        wrong.append(f"“{line.email}” không phải địa chỉ thư điện tử")
    if max(map(len, (line.name, line.role, line.email))) > LONGEST or len(line.phone) > 20:
        wrong.append("họ tên, chức vụ hoặc địa chỉ dài quá 200 ký tự, hoặc số điện thoại quá 20")
    taken.problems += [(line.row, problem) for problem in wrong]
    said: Mapping[str, str] = {"name": " ".join(line.name.split()), "role": line.role, "phone": line.phone}
    for unit in [] if wrong else about:
        yield Respondent(survey=held, unit=unit, form=line.form, email=line.email.casefold(), **said)


def _key(unit: int, form: str, name: str, email: str, role: str, phone: str) -> _Key:
    """By what a respondent is known: by name and address, else by name, office and telephone."""
    return (unit, form, name, email) if email else (unit, form, name, "", role, phone)


def _about(cell: str, units: Sequence[Unit]) -> Iterator[Unit | None]:
    """The units a cell names: codes or names with ; between, or all."""
    if " ".join(words(cell)) == ALL:
        yield from units
        return
    for part in filter(None, (part.strip() for part in cell.split(SEPARATOR))):
        bare = " ".join(words(part))
        yield next((u for u in units if part == u.code or bare == " ".join(words(u.name))), None)

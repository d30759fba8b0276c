"""Reception at the counter as one form: who hands in, what, and what comes of it (tiếp nhận hồ sơ)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5

from django.db.models import QuerySet

from motcua.catalogue import queries as catalogue
from motcua.catalogue import searching, shortlist
from motcua.catalogue.models import Channel, Fee, Level, Term, Version
from motcua.catalogue.offers import offer
from motcua.law import clock
from motcua.law.calendar import day
from motcua.law.facts import Accepted
from motcua.people import access, calendars
from motcua.people.models import Officer, Unit

from . import cards, papers, queries
from .acts import Agent, Applicant, Asking, Filing
from .conditions import at_once
from .counter import AGENT, COUNTER, ListForm, ReceptionForm
from .models import ApplicantKind

HITS = 8
USUAL = 5
PERSON = ("name", "kind", "identity", "phone", "email", "address")


@dataclass
class Intake:
    """The reception page at `at`: its form, and what follows from what is filled in so far.

    `final` says that an outcome was asked for, so that what is missing is told; until then nothing is.
    """

    officer: Officer
    at: datetime
    data: Any = None
    final: bool = False
    form: ReceptionForm = field(init=False)
    kind_of_form: ClassVar[type[ReceptionForm]] = ReceptionForm
    version: Version | None = None
    hits: searching.Hits | None = None
    papers: list[papers.Paper] = field(default_factory=list)
    limit: clock.TimeLimit | None = None
    reading: clock.Reading | None = None
    fee: int = 0
    at_once: bool = False
    for_another: Unit | None = None

    def __post_init__(self) -> None:
        if self.data is not None:
            self.data = self.data.copy()
            self.data.setdefault("procedure", self.data.get("da-chon", ""))
            self.data = cards.read(self.data, self.today)
        fresh = {"request_id": uuid4(), "kind": ApplicantKind.CITIZEN, "channel": Channel.DIRECT}
        typed = {name: value for name, value in (self.data or {}).items() if value}
        self.form = self.kind_of_form(self.data) if self.final else self.kind_of_form(initial=fresh | typed)
        cards.shown(self.form, self.today)
        receiving = self.form.fields["receiving_unit"]
        receiving.queryset = desks(self.officer, self.today)
        receiving.initial = receiving.queryset.first()
        self._choose(self._said("procedure"))
        if self.asked and (self._said("do") == "tim" or not self.version):
            self.hits = shortlist.find(self.asked, self._usually(), limit=HITS)
        elif not self.asked and not self.version:
            self.hits = shortlist.find("", self._usually(), limit=USUAL)
        if self.version:
            self._fit(self.version)

    @property
    def today(self) -> date:
        return day(self.at)

    @property
    def turns_away(self) -> bool:
        """Whether the officer may refuse and ask for papers here; an operator's guides and receives only."""
        return self._may("refuse_reception")

    @property
    def takes_fees(self) -> bool:
        """Whether the officer may take a fee here."""
        return self._may("take_fee")

    def _may(self, power: str) -> bool:
        return access.may(self.officer, power, None, self.today)

    @property
    def asked(self) -> str:
        """What is searched for."""
        return self._said("tim").strip()

    @property
    def unseen(self) -> int:
        """How many procedures were found besides those shown."""
        return self.hits.total - len(self.hits.procedures) if self.hits else 0

    @property
    def gone(self) -> str:
        """The code of a procedure that was asked for and is not in force."""
        return "" if self.version else self._said("procedure")

    @property
    def unclear(self) -> bool:
        """Whether the term hangs on a case that is not chosen yet."""
        if not self.version or self.limit:
            return False
        return any(term.amount for term in catalogue.terms_for(self.version, self.channel))

    @property
    def channel(self) -> str:
        said = self._said("channel")
        return said if said in dict(COUNTER) else Channel.DIRECT

    def complete(self, *, reason: bool, missing: bool, files: bool = True, number: bool = False) -> bool:
        """Whether all is said that the act needs; says on the form what is not. `files` False: guidance only."""
        if not files:
            for name in ("channel", "deciding_unit"):
                self.form.errors.pop(name, None)
        if not self.version:
            for name in ("channel", "receiving_unit", "deciding_unit"):  # asked once a procedure is chosen
                self.form.errors.pop(name, None)
            if self._said("procedure"):
                self.form.add_error("procedure", "Thủ tục này không còn hiệu lực. Hãy tìm lại.")
        if not self.form.is_valid():
            return False
        if files and self.unclear:
            self.form.add_error("case", "Thời hạn khác nhau theo trường hợp. Hãy chọn trường hợp.")
        if reason and not self.form.cleaned_data["reason"].strip():
            self.form.add_error("reason", "Hãy ghi rõ lý do." if files else "Hãy ghi nội dung hướng dẫn.")
        if number and not self.form.cleaned_data["number"].strip():
            self.form.add_error("number", "Hãy nhập số, ký hiệu của kết quả trả ngay.")
        if missing and not papers.missing(self.papers):
            self.form.add_error(None, "Mọi giấy tờ đã đánh dấu là có. Bỏ dấu ở giấy tờ phải bổ sung.")
        return self.form.is_valid()

    def filing(self) -> Filing:
        """What is handed in, once `complete`."""
        said, version = self.form.cleaned_data, self.version
        assert version is not None
        kept = (*PERSON, "vneid")
        return Filing(
            request_id=said["request_id"],
            version=version,
            channel=said["channel"],
            receiving_unit=said["receiving_unit"],
            deciding_unit=said["deciding_unit"],
            applicant=Applicant(**{name: said[name] for name in kept}),
            components=papers.handed(self.papers),
            case=self.case,
            subject=said["subject"],
            agent=self._agent(),
        )

    def asking(self) -> Asking:
        """What guidance is asked for, once `complete`."""
        said, version = self.form.cleaned_data, self.version
        assert version is not None
        person = Applicant(name=said["name"], identity=said["identity"], phone=said["phone"])
        return Asking(said["request_id"], version, said["receiving_unit"], person, self._said("case"))

    def _agent(self) -> Agent | None:
        told = {name.removeprefix("agent_"): self.form.cleaned_data[name] for name in AGENT}
        return Agent(name=told.pop("agent"), **told) if told["agent"] else None

    @property
    def case(self) -> str:
        """The case that chooses term and fee; one that only chooses papers does not."""
        said = self._said("case")
        known = self.version and any(row.case == said for row in announced(self.version, self.channel))
        return said if known else ""

    def _said(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.data is not None else ""

    def _usually(self) -> list[int]:
        return queries.usual(self.form.fields["receiving_unit"].queryset)

    def _choose(self, code: str) -> None:
        with suppress(catalogue.NotFound):
            self.version = catalogue.in_force(code, self.today) if code else None

    def _fit(self, version: Version) -> None:
        """Fit cases, deciding units, papers, term and fee to the procedure chosen."""
        told = cases(version, self.channel)
        self.form.fields["case"].choices = [
            ("", "Chung cho mọi trường hợp"),
            *((case, case) for case in told),
        ]
        self.papers = papers.checklist(queries.components(version, self._said("case")), self.data)
        promised = offer(version, self.channel, self.case)
        self.limit, self.fee = promised.limit, promised.fee
        unit = self._decider(version)
        if unit and self.limit:
            self.reading = self._promise(unit, self.limit)
        desk = self._desk()
        if unit and desk:
            own = access.own_desk(desk, unit)
            ends = own and self._may("return_at_once") and self._ends_here(version, unit)
            self.for_another, self.at_once = (None if own else unit), ends

    def _desk(self) -> Unit | None:
        """Where this is received: the desk told, else the officer's first."""
        units = list(self.form.fields["receiving_unit"].queryset)
        said = self._said("receiving_unit")
        return next((unit for unit in units if str(unit.pk) == said), units[0] if units else None)

    def _ends_here(self, version: Version, unit: Unit) -> bool:
        """Whether the published process of the deciding unit ends at this desk (Đ.17.4)."""
        with suppress(catalogue.NotFound):
            return at_once(catalogue.process_for(version.procedure, unit, self.today).graph)
        return False

    def _decider(self, version: Version) -> Unit | None:
        """The unit told to decide, else the usual one; a unit that cannot decide this procedure is not kept."""
        deciding = self.form.fields["deciding_unit"]
        deciding.queryset = deciders(version, self.today)
        said, units = self._said("deciding_unit"), list(deciding.queryset)
        told = next((unit for unit in units if str(unit.pk) == said), None)
        if not told and not self.final:
            self.form.initial["deciding_unit"] = told = self._usual(version, units)
        return told

    def _promise(self, unit: Unit, limit: clock.TimeLimit) -> clock.Reading:
        """The clock this dossier would have if it were accepted now."""
        accepted = Accepted(at=self.at, channel=self.channel, limit=str(limit), rules_day="", due="")
        return clock.read(
            [accepted], limit=limit, calendar=calendars.of(unit), rules=clock.rules(self.today), now=self.at
        )

    def _usual(self, version: Version, units: list[Unit]) -> Unit | None:
        """The unit that most likely decides: the one that receives, the only one, or the one the text names."""
        desks = self.form.fields["receiving_unit"].queryset
        homes = {unit.pk for desk in desks for unit in (desk, desk.parent) if unit}
        text = f"{version.agency} {version.authority}".casefold()
        near = [unit for unit in units if unit.pk in homes]
        named = [unit for unit in units if unit.name.casefold() in text]
        return next((found[0] for found in (near, units, named) if len(found) == 1), None)


class ListIntake(Intake):
    """The same for a list of applicants: everything but who they are."""

    kind_of_form = ListForm

    def filings(self, people: Sequence[Mapping[str, Any]]) -> list[Filing]:
        """One filing for each person, once `complete`; sent twice they are the same filings."""
        whole = self.filing()
        return [
            replace(
                whole,
                request_id=of_batch(whole.request_id, place),
                applicant=Applicant(**{name: said[name] for name in PERSON}),
                subject=said["subject"],
            )
            for place, said in enumerate(people)
        ]


def of_batch(batch: UUID, place: int) -> UUID:
    """The request of one dossier of a list, by its place in it."""
    return uuid5(batch, str(place))


def desks(officer: Officer, on: date) -> QuerySet[Unit]:
    """Where an officer receives: the units of their posts at the one-stop desk, of an agency's or an operator's."""
    held = [post.unit_id for post in access.posts(officer, on) if "receive" in access.POWERS[post.role]]
    return Unit.objects.filter(pk__in=held).select_related("parent").order_by("code")


def deciders(version: Version, on: date) -> QuerySet[Unit]:
    """The units that may decide a procedure: those of its levels, or of any when no level was announced."""
    levels = version.levels or [Level.PROVINCE, Level.COMMUNE]
    units = catalogue.deciding_units(levels, on)
    return Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("kind", "name")


def announced(version: Version, channel: str) -> list[Term | Fee]:
    """The terms and fees of a channel."""
    rows: list[Term | Fee] = [*version.terms.all(), *version.fees.all()]
    return [row for row in rows if row.channel == channel]


def cases(version: Version, channel: str) -> list[str]:
    """The cases a procedure tells apart, by term, fee or papers, in the order they are announced."""
    told = [row.case for row in announced(version, channel)]
    told += [component.case for component in version.components.all()]
    return [case for case in dict.fromkeys(told) if case]

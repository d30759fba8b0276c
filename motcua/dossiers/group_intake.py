"""Handing in a whole group at the counter as one form: who, which procedures, the papers once (nộp một lần)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms

from motcua.catalogue import queries as catalogue
from motcua.catalogue.models import Bundle, BundleKind, Channel, Component, Version
from motcua.catalogue.offers import offer
from motcua.catalogue.words import fold
from motcua.law.calendar import day
from motcua.people.models import Officer, Unit

from . import cards, papers, queries
from .acts import Applicant, Choice, GroupFiling
from .counter import ReceptionForm
from .intake import cases, deciders, desks
from .models import ApplicantKind

WHO = ("kind", "identity", "name", "phone", "email", "address", "vneid")


class GroupForm(ReceptionForm):
    """What the counter is told of a group: the applicant as for one dossier, and a unit and a case for each member."""

    procedure = case = deciding_unit = number = reason = agent = None  # type: ignore[assignment]
    agent_identity = agent_phone = authorisation = None  # type: ignore[assignment]

    def clean(self) -> None:
        """Nothing is said twice of a group."""

    clean_agent = clean_agent_phone = clean_agent_identity = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Line:
    """One member on the form: its text in force, None where there is none, and its fields."""

    key: str
    name: str
    needs: str
    version: Version | None
    unit: Any
    case: Any


@dataclass
class GroupIntake:
    """The page on which a group is handed in, or a project planned, at `at`."""

    officer: Officer
    at: datetime
    bundle: Bundle
    data: Any = None
    form: GroupForm = field(init=False)

    def __post_init__(self) -> None:
        fresh = {"request_id": uuid4(), "kind": ApplicantKind.CITIZEN, "channel": Channel.DIRECT}
        self.data = cards.read(self.data, self.today) if self.data is not None else None
        self.form = GroupForm(self.data) if self.data is not None else GroupForm(initial=fresh)
        cards.shown(self.form, self.today)
        self.form.fields["channel"].widget = forms.RadioSelect(choices=self.form.fields["channel"].choices)
        receiving = self.form.fields["receiving_unit"]
        receiving.queryset = desks(self.officer, self.today)
        receiving.initial = receiving.queryset.first()
        subject = self.form.fields["subject"]
        if self.project:
            subject.label, subject.required, subject.help_text = "Tên dự án", True, ""
            subject.error_messages["required"] = "Hãy nhập tên dự án."
        for member in self._members:
            self._add(member)

    @property
    def today(self) -> date:
        return day(self.at)

    @property
    def project(self) -> bool:
        return self.bundle.kind == BundleKind.PROJECT

    @property
    def versions(self) -> dict[str, Version]:
        """The texts in force of the members' procedures, by code."""
        if not hasattr(self, "_versions"):
            codes = [member["procedure"] for member in self.bundle.members]
            self._versions = catalogue.all_in_force(codes, self.today)
        return self._versions

    @property
    def lines(self) -> Iterator[Line]:
        """The members as the page lists them."""
        names = {member["key"]: member["name"] for member in self.bundle.members}
        for member in self.bundle.members:
            key, fields = member["key"], self.form.fields
            yield Line(
                key,
                member["name"],
                "; ".join(names[need] for need in member["needs"]),
                self.versions.get(member["procedure"]),
                self.form[f"don-vi-{key}"] if f"don-vi-{key}" in fields else None,
                self.form[f"truong-hop-{key}"] if f"truong-hop-{key}" in fields else None,
            )

    @property
    def papers(self) -> list[papers.Paper]:
        """The papers of all members, each once."""
        found: dict[str, Component] = {}
        for member in self._members:
            version = self.versions[member["procedure"]]
            for component in queries.components(version, self._said(f"truong-hop-{member['key']}")):
                found.setdefault(fold(component.name), component)
        return papers.checklist(list(found.values()), self.data)

    @property
    def missing(self) -> list[str]:
        """Members whose procedures have no text in force: then nothing can be handed in."""
        told = self.versions
        return [member["name"] for member in self.bundle.members if member["procedure"] not in told]

    def complete(self) -> bool:
        """Whether all is said that the act needs; says on the form what is not."""
        if not self.form.is_valid():
            return False
        for member in self._members:
            version, name = self.versions[member["procedure"]], f"truong-hop-{member['key']}"
            channel, said = self.form.cleaned_data["channel"], self.form.cleaned_data.get(name, "")
            terms = catalogue.terms_for(version, channel)
            if not offer(version, channel, said).limit and any(term.amount for term in terms):
                self.form.add_error(name, "Thời hạn khác nhau theo trường hợp. Hãy chọn trường hợp.")
        return self.form.is_valid()

    def filing(self) -> GroupFiling:
        """What is handed in, once `complete`."""
        said = self.form.cleaned_data
        choices = {
            member["key"]: Choice(
                self.versions[member["procedure"]],
                said[f"don-vi-{member['key']}"],
                said.get(f"truong-hop-{member['key']}", ""),
            )
            for member in self._members
        }
        return GroupFiling(
            request_id=said["request_id"],
            bundle=self.bundle,
            channel=said["channel"],
            receiving_unit=said["receiving_unit"],
            applicant=Applicant(**{name: said[name] for name in WHO}),
            choices=choices,
            papers=papers.handed(self.papers) if choices else (),
            name=said["subject"],
        )

    @property
    def _members(self) -> list[dict[str, Any]]:
        """The members that are handed in now: all of a group, none of a project."""
        if self.project:
            return []
        return [member for member in self.bundle.members if member["procedure"] in self.versions]

    def _add(self, member: dict[str, Any]) -> None:
        key, version = member["key"], self.versions[member["procedure"]]
        units = deciders(version, self.today)
        self.form.fields[f"don-vi-{key}"] = forms.ModelChoiceField(
            units,
            label="Cơ quan giải quyết",
            empty_label="Chọn cơ quan",
            initial=self._usual(version, list(units)),
            error_messages={"required": f"Hãy chọn cơ quan giải quyết: {member['name']}."},
        )
        if told := cases(version, self._said("channel") or Channel.DIRECT):
            every = [("", "Chung cho mọi trường hợp"), *((case, case) for case in told)]
            self.form.fields[f"truong-hop-{key}"] = forms.ChoiceField(
                label="Trường hợp", required=False, choices=every
            )

    def _usual(self, version: Version, units: list[Unit]) -> Unit | None:
        """Who most likely decides: the desk's own agency, the only one, or the one the text names."""
        homes = {
            unit.pk
            for desk in self.form.fields["receiving_unit"].queryset
            for unit in (desk, desk.parent)
            if unit
        }
        text = f"{version.agency} {version.authority}".casefold()
        near = [unit for unit in units if unit.pk in homes]
        named = [unit for unit in units if unit.name.casefold() in text]
        return next((found[0] for found in (near, units, named) if len(found) == 1), None)

    def _said(self, name: str) -> str:
        return str(self.data.get(name, "")) if self.data is not None else ""

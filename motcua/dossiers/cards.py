"""Identity cards read at the counter: the reader types the whole code of the card into the field of its number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from motcua.law import packs

from . import identity

# Where the parts of the code go: for whom a dossier is, and for who hands it in.
INTO: Mapping[str, Mapping[str, str]] = {
    "identity": {"identity": "identity", "name": "name", "address": "address"},
    "agent_identity": {"identity": "agent_identity", "name": "agent"},
}


def shown(form: forms.Form, on: date) -> None:
    """Tell the page which part of the code goes to which of its fields."""
    for name in INTO:
        if name in form.fields:
            form.fields[name].widget.attrs["data-card"] = ",".join(_order(name, on))


def read(data: Any, on: date) -> Any:
    """What was typed, a code of a card spread over the fields it fills; its number and name are those of the card."""
    found: dict[str, str] = {}
    for name in INTO:
        found |= identity.scanned(data.get(name, ""), _order(name, on))
    if not found:
        return data
    spread = data.copy()
    for name, said in found.items():
        spread[name] = said
    return spread


def _order(name: str, on: date) -> list[str]:
    """The field each part goes to, "" for those nobody asks for."""
    return [INTO[name].get(part, "") for part in packs.on("reception", on)["card_code"]]

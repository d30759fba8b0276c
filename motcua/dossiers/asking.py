"""What the form of every act on a dossier knows, and the fields many of them ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms

from motcua.law.process import Action, allowed
from motcua.people.models import Officer

from .folding import Folded
from .models import Dossier

REASON = "Viết để người nhận hiểu vì sao và phải làm gì tiếp."


def reason(label: str = "Lý do", help_text: str = REASON) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=area,
        max_length=2000,
        error_messages={"required": "Hãy ghi rõ lý do."},
    )


def choice(label: str, choices: list[tuple[str, str]], **kwargs: Any) -> forms.ChoiceField:
    errors = {"required": "Hãy chọn một.", "invalid_choice": "Lựa chọn này không có."}
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=errors, **kwargs
    )


class ActForm(forms.Form):
    """What every act knows: the dossier as it was shown (`seen` facts), at which step, who acts and when."""

    button: ClassVar[str] = "Ghi"
    explain: str = ""
    data: Any
    fields: dict[str, Any]
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, case: Folded, officer: Officer, at: datetime, step: str = ""
    ) -> None:
        super().__init__(data, initial={"seen": case.past.version})
        self.case, self.officer, self.at, self.step = case, officer, at, step
        self.shape()

    def shape(self) -> None:
        """Fit the fields to the dossier."""

    def act(self) -> None:
        """Call the act with what was filled in. Raises Refused."""
        raise NotImplementedError

    @property
    def dossier(self) -> Dossier:
        return self.case.dossier

    @property
    def open_action(self) -> Action | None:
        found = (
            action for action in allowed(self.case.process, self.case.marking) if action.step == self.step
        )
        return next(found, None)


def said(form: ActForm, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}

"""What is said about a question; each form ends in an act."""

from __future__ import annotations

from datetime import datetime

from django import forms

from motcua.people.models import Officer

from . import acts
from .models import Question

ACTS = {"giai-trinh": acts.answer, "hoi-lai": acts.ask_again, "xem-xet": acts.settle}


class SayForm(forms.Form):
    """Giải trình, hỏi lại hoặc kết quả xem xét."""

    text = forms.CharField(
        label="Nội dung",
        max_length=2000,
        error_messages={"required": "Hãy ghi nội dung."},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def act(self, wish: str, question: Question, *, by: Officer, at: datetime) -> None:
        ACTS[wish](question, text=self.cleaned_data["text"], by=by, at=at)

"""The one thing an officer tells of a counter: which it is."""

from __future__ import annotations

from django import forms


class CounterForm(forms.Form):
    """The counter numbers are called to, kept for the session (quầy)."""

    quay = forms.CharField(
        label="Quầy số",
        max_length=20,
        error_messages={"required": "Hãy nhập số quầy để màn hình chỉ đúng chỗ."},
    )

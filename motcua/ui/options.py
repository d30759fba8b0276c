"""What is wrong with the words of a command, in Vietnamese with what to do: argparse says it in English only."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_ARGUMENT = re.compile(r"argument (?P<name>.+?): (?P<said>.+)", re.DOTALL)
_QUOTED = re.compile(r"^'(.*)'$", re.DOTALL)
_CHOICE = re.compile(r"invalid choice: (?P<value>.+?) \(choose from (?P<choices>.+)\)")

_WHOLE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"unrecognized arguments: (.+)", "không có tùy chọn {0}"),
        (r"the following arguments are required: (.+)", "thiếu {0}"),
        (r"one of the arguments (.+) is required", "phải có một trong: {0}"),
        (r"ambiguous option: (\S+) could match (.+)", "{0} viết tắt của nhiều tùy chọn: {1}"),
    )
)
_OF_ONE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"expected one argument", "cần một giá trị"),
        (r"expected at least one argument", "cần ít nhất một giá trị"),
        (r"expected at most one argument", "nhận nhiều nhất một giá trị"),
        (r"expected (\d+) arguments?", "cần {0} giá trị"),
        (r"not allowed with argument (.+)", "không dùng cùng {0}"),
        (r"ignored explicit argument (.+)", "không nhận giá trị {0}"),
        (r"invalid int value: (.+)", "{0} không phải số nguyên"),
        (r"invalid (?:float|Decimal) value: (.+)", "{0} không phải số"),
        (r"invalid \S+ value: (.+)", "{0} không dùng được"),
    )
)


def told(said: str, argv: Sequence[str]) -> str:
    """The complaint in Vietnamese, and where the command explains itself; as it is, if nobody foresaw it."""
    command = next((word for word in argv[1:] if not word.startswith("-")), "")
    return f"{_told(said)}; xem motcua {command} --help" if command else _told(said)


def _told(said: str) -> str:
    if found := _ARGUMENT.fullmatch(said):
        return f"{found['name']}: {_first(_OF_ONE, found['said'], _choice)}"
    return _first(_WHOLE, said, str)


def _first(
    patterns: Sequence[tuple[re.Pattern[str], str]], said: str, otherwise: Callable[[str], str]
) -> str:
    for pattern, words in patterns:
        if found := pattern.fullmatch(said):
            return words.format(*map(_quoted, found.groups()))
    return otherwise(said)


def _choice(said: str) -> str:
    found = _CHOICE.fullmatch(said)
    if not found:
        return said
    choices = ", ".join(choice.strip().strip("'") for choice in found["choices"].split(","))
    return f"không có {_quoted(found['value'])}; chọn một trong: {choices}"


def _quoted(value: str) -> str:
    return _QUOTED.sub(r"“\1”", value)

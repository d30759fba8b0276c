"""What is known after a message was handed to a gateway: the words mail and SMS share (kết quả gửi).

The difference that matters is between what was surely not taken, which may be sent again, and what nobody knows,
which may not: sent again it could arrive twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from socket import gaierror
from typing import Protocol


class Outcome(StrEnum):
    """TAKEN: the gateway has it. LATER: surely not taken, may work later. REFUSED: surely not taken, and never will
    be. UNKNOWN: it was sent and no answer tells whether it was taken."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """The outcome of one attempt. `fault`: the gateway itself is at fault, so the next message would fare no better."""

    outcome: Outcome
    message: str = ""
    fault: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What one recipient is told. `key` is the same at every attempt; `kind` is the notice it is (a slug)."""

    key: str
    kind: str
    to: str
    subject: str
    body: str


def said(error: Exception) -> str:
    """What went wrong on the way to a gateway, in words an officer understands."""
    match error:
        case TimeoutError():
            return "hết giờ chờ"
        case ConnectionRefusedError():
            return "máy chủ từ chối kết nối"
        case gaierror():
            return "không tìm thấy máy chủ"
        case ConnectionError():
            return "mất kết nối"
    return str(error) or type(error).__name__


class Sender(Protocol):
    stand_in: bool

    def send(self, message: Message) -> Sent:
        """Hand a message over once. Raises nothing: whatever happens is an outcome."""
        ...

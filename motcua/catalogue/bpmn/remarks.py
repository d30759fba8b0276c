"""What reading a BPMN file has to say besides the process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


class WrongDiagram(Exception):
    """A file that is no BPMN 2.0 at all, or one that must not be read (tệp không đọc được)."""


@dataclass(frozen=True, slots=True)
class Remark:
    """An element that is not kept as it is (phát hiện khi nhập): its id and name, what happened to it, the remedy.

    `element` is "" when the remark is about the whole file; with a `fatal` one no process is made.
    """

    element: str
    name: str
    problem: str
    done: str
    remedy: str
    fatal: bool = False

    def __str__(self) -> str:
        where = " ".join(filter(None, (f"“{self.name}”" if self.name else "", self.element)))
        return f"{where + ': ' if where else ''}{self.problem} → {self.done}. {self.remedy}"


@dataclass(slots=True)
class Remarks:
    """The remarks of one file as they come up."""

    told: list[Remark] = field(default_factory=list)

    @property
    def fatal(self) -> bool:
        return any(remark.fatal for remark in self.told)

    def kept(self, about: Sequence[str], problem: str, done: str, remedy: str = "Không cần sửa") -> None:
        """`about` is the id and the name of the element."""
        self.told.append(Remark(about[0], about[1], problem, done, remedy))

    def dropped(self, about: Sequence[str], problem: str, remedy: str) -> None:
        self.kept(about, problem, "bỏ", remedy)

    def stop(self, about: Sequence[str], problem: str, remedy: str) -> None:
        self.told.append(Remark(about[0], about[1], problem, "không nhập quy trình", remedy, fatal=True))


FILE = ("", "")

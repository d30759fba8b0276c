"""What is checked before a process is published, as a list a person can tick off (danh mục kiểm tra)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from motcua.law.process import Process
from motcua.law.soundness import Finding, Severity, Topic, longest_path_hours

from .tabling import labels_of, said

TOPICS = {
    Topic.FLOW: "Không có ngõ cụt, không có bước rời, nhánh nào cũng đi tới kết thúc",
    Topic.ROLE: "Bước nào cũng có người làm: vai trò và đơn vị có thật",
    Topic.LIMIT: "Bước nào cũng có thời hạn, hoặc ghi rõ không tính thời gian",
    Topic.TERM: "Tổng giờ theo đường dài nhất vừa thời hạn đã công bố của thủ tục",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One finding with the row it is about; `node` is "" for the whole process."""

    severity: Severity
    message: str
    node: str
    where: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: `state` is ok, warning or error."""

    label: str
    state: str
    found: tuple[Told, ...]


def listed(process: Process, found: Sequence[Finding]) -> list[Check]:
    """Every check with what it found; none is left out because it is well."""
    labels = labels_of(process)
    return [_check(topic, label, found, labels, process) for topic, label in TOPICS.items()]


def passed(checks: Sequence[Check]) -> bool:
    """Whether the process may be published."""
    return all(check.state != Severity.ERROR for check in checks)


def _check(
    topic: Topic, label: str, found: Sequence[Finding], labels: dict[str, str], process: Process
) -> Check:
    ours = [each for each in found if each.topic is topic]
    told = tuple(Told(each.severity, each.message, each.node, labels.get(each.node, "")) for each in ours)
    worst = {each.severity for each in ours}
    state = next((s.value for s in (Severity.ERROR, Severity.WARNING) if s in worst), "ok")
    if topic is Topic.TERM and state == "ok":
        label = f"{label}: cần {said(longest_path_hours(process)) or '0'} giờ làm việc"
    return Check(label, state, told)

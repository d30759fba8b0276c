"""A plan and a meeting's conclusions in the demo, their tasks done through the real acts (văn bản, nhiệm vụ).

Few and fixed by the seed, so that the pages have something to show; what was given before is not given again. The
numbers and titles are invented.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from motcua.law.calendar import TZ, day
from motcua.law.facts import Refused
from motcua.people.models import Officer, Role, Unit, UnitKind
from motcua.steering import acts, queries, reminders
from motcua.steering.models import Instrument, Task
from motcua.steering.targets import acts as targets

PAPER = b"%PDF-1.4\n% van ban cua ban thu\n%%EOF\n"
WHY = "Chưa đủ nội dung theo yêu cầu; bổ sung số liệu từng thủ tục."
# Title, product, to whom (a group or how many departments), days from the beginning to the deadline, field, tags.
LINES: tuple[tuple[str, str, str, int, str, tuple[str, ...]], ...] = (
    (
        "Rà soát, đơn giản hóa thủ tục hành chính nội bộ",
        "Quyết định phê duyệt phương án",
        "so",
        30,
        "thu-tuc",
        ("trong-tam",),
    ),
    (
        "Làm sạch dữ liệu thủ tục hành chính đã công bố",
        "Báo cáo kết quả làm sạch",
        "so",
        12,
        "thu-tuc",
        ("de-an-06",),
    ),
    ("Trang bị đủ thiết bị cho Bộ phận Một cửa", "Biên bản nghiệm thu", "xa", 40, "tai-chinh", ("kho",)),
    (
        "Kiện toàn Tổ công nghệ số cộng đồng",
        "Quyết định kiện toàn",
        "xa",
        15,
        "chinh-quyen-so",
        ("cds", "moi"),
    ),
    ("Xây dựng đề án vị trí việc làm", "Đề án được duyệt", "4", 20, "cong-vu", ("quan-trong",)),
)


def play(seed: int, at: datetime) -> int:
    """Register the plan and the conclusions, give their tasks and let units work on them; how many tasks there are."""
    chief = _officer(Role.HEAD, UnitKind.PROVINCE)
    top = Unit.objects.filter(kind=UnitKind.PROVINCE, valid_to=None).first()
    begun = datetime.combine(day(at) - timedelta(days=35), time(9), TZ)
    if chief is None or top is None or Instrument.objects.filter(number=f"15/KH-UBND ({seed})").exists():
        return Task.objects.count()
    plan = _registered(seed, top, chief, begun)
    rng = random.Random(f"{seed}:directives")
    for n, (title, product, whom, days, field, tags) in enumerate(LINES, start=1):
        leads = list(queries.group(whom, day(begun))) if whom in ("so", "xa") else _some(int(whom), begun)
        line = acts.Assignment(
            title=title,
            product=product,
            leads=leads[:24],
            due=day(begun) + timedelta(days=days),
            item=str(n),
            field=field,
            tags=tags,
            milestones=(
                {
                    "key": "1",
                    "title": "Trình dự thảo",
                    "due": (day(begun) + timedelta(days=days // 2)).isoformat(),
                },
            ),
        )
        for task in acts.give_tasks([line], giver=top, instrument=plan, by=chief, at=begun):
            _live(task, chief, rng, begun, at)
    targets.load_targets(unit=top, year=day(at).year, by=chief, at=begun)
    reminders.remind_all(at)
    return Task.objects.count()


def _registered(seed: int, top: Unit, chief: Officer, begun: datetime) -> Instrument:
    kept: dict[str, Any] = {"issuer": top.name, "issuer_kind": "province", "issued_on": day(begun)}
    plan = acts.NewInstrument(
        kind="plan",
        number=f"15/KH-UBND ({seed})",
        summary="Kế hoạch cải cách hành chính của tỉnh (bản thử)",
        unit=top,
        year=day(begun).year,
        **kept,
    )
    made = acts.register_instrument(plan, by=chief, at=begun)
    told = acts.NewInstrument(
        kind="conclusion",
        number=f"147/TB - UBND ({seed})",
        aliases=(f"147/UBND-NCPC ({seed})",),
        summary="Kết luận hội nghị trực tuyến về cải cách hành chính (bản thử)",
        meeting="Hội nghị trực tuyến công tác cải cách hành chính",
        meeting_on=day(begun),
        parent=made,
        **kept,
    )
    acts.register_instrument(told, by=chief, at=begun)
    return made


def _live(task: Task, chief: Officer, rng: random.Random, begun: datetime, at: datetime) -> None:
    """What its unit does about a task until `at`: some in time, some late, some nothing."""
    unit = Unit.objects.get(pk=task.lead_id)
    head = queries.heads([unit], day(begun)).get(unit.pk)
    if head is None or rng.random() < 0.12:
        return
    length = (task.due - day(begun)).days
    start = begun + timedelta(days=rng.randrange(1, max(2, length // 3)))
    issued = task.due + timedelta(days=rng.choice((-6, -3, -2, -1, -1, 0, 0, 2, 5, 9)))
    story: list[tuple[datetime, str, dict[str, Any]]] = [
        (start, "note_solution", {"text": "Đã lập tổ thực hiện, phân công từng việc.", "by": head})
    ]
    if rng.random() < 0.15:
        later = task.due + timedelta(days=10)
        asked, answered = start + timedelta(days=1), start + timedelta(days=2)
        story.append((asked, "ask_extension", {"until": later, "reason": "Chờ ý kiến của bộ.", "by": head}))
        story.append((answered, "grant_extension", {"until": later, "by": chief}))
    done = datetime.combine(issued, time(15), TZ) + timedelta(days=1)
    story.append((done, "report_task", {"issued": issued, "by": head}))
    judged = done + timedelta(days=rng.randrange(1, 6))
    if rng.random() < 0.1:
        story.append((judged, "return_task", {"reason": WHY, "by": chief}))
    elif rng.random() < 0.85:
        story.append((judged, "accept_task", {"by": chief}))
    _told(task, story, at)


def _told(task: Task, story: Sequence[tuple[datetime, str, dict[str, Any]]], at: datetime) -> None:
    for moment, name, said in story:
        if moment > at:
            return
        try:
            if name == "report_task":
                _report(task, said["issued"], said["by"], moment)
            else:
                getattr(acts, name)(task, **said, at=moment)
        except Refused:
            return


def _report(task: Task, issued: Any, by: Officer, moment: datetime) -> None:
    file = acts.attach_file(task.stream, name="san-pham.pdf", content=PAPER, by=by, at=moment)
    said = {
        "product": task.product,
        "number": f"{task.pk}/BC",
        "product_on": issued,
        "result": "Đã hoàn thành.",
    }
    acts.report_task(task, **said, files=[file], by=by, at=moment)


def _officer(role: str, kind: str) -> Officer | None:
    held = {"posts__role": role, "posts__unit__kind": kind, "posts__valid_to": None}
    return Officer.objects.filter(**held).order_by("pk").first()


def _some(number: int, begun: datetime) -> list[Unit]:
    return list(queries.group("so", day(begun))[:number])

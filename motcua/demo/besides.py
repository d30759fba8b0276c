"""What happens beside the steps of a dossier: other agencies' opinions, and results that turn out to be wrong."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import TYPE_CHECKING

from motcua.dossiers.models import Dossier
from motcua.law.calendar import day
from motcua.people.models import Role, Unit, UnitKind

if TYPE_CHECKING:
    from .story import Deed, Story

DAY = 480  # working minutes
QUESTION = "Đề nghị cho ý kiến về sự phù hợp với quy hoạch và quy định của ngành."
OPINIONS = {
    "agreed": "Nội dung đề nghị phù hợp quy hoạch và quy định của ngành.",
    "disagreed": "Nội dung đề nghị chưa phù hợp quy hoạch được duyệt.",
    "other": "Đồng ý với điều kiện bổ sung biện pháp an toàn.",
}
NOT_WAITED_FOR = "Đã quá thời hạn trả lời; hồ sơ đủ căn cứ để giải quyết."


class Opinions:
    """The opinions asked for in one story: who answers when, and who never does."""

    def __init__(self, story: Story) -> None:
        self.story, self.rng = story, story.rng
        self.awaited: dict[int, tuple[Unit, datetime | None]] = {}

    def ask(self) -> Generator[Deed, Dossier, None]:
        """One to three departments at once, by the same day."""
        story = self.story
        asked = story.minutes(10, 60)
        until = story.calendar.add_working_days(day(asked), self.rng.randint(1, 3))
        there = [unit for unit in self.others() if story.world.calendars[unit.pk].is_working(until)]
        units = self.rng.sample(there, min(len(there), self.rng.choice((1, 2, 2, 3))))
        if not units:
            return
        by = story.officer(Role.HANDLER)
        yield story.deed("consult", asked, units=units, content=QUESTION, until=until, by=by)
        for number, unit in enumerate(units, start=1):
            self.awaited[number] = (unit, self.answered())

    def others(self) -> list[Unit]:
        """The departments with somebody to answer, but the one that decides."""
        world, deciding = self.story.world, self.story.plan.deciding.pk
        found = [unit for unit in world.units.values() if unit.kind == UnitKind.DEPARTMENT]
        able = [unit for unit in found if world.staff.get((unit.pk, Role.HANDLER)) and unit.pk != deciding]
        return sorted(able, key=lambda unit: unit.code)

    def answered(self) -> datetime | None:
        story = self.story
        if story.happens("opinion_never"):
            return None
        late = 3 * DAY if story.happens("opinion_late") else 0
        return story.minutes(60 + late, DAY + late)

    def answer(self) -> Generator[Deed, Dossier, None]:
        """What has come in by now."""
        story = self.story
        for number, (unit, at) in list(self.awaited.items()):
            if at is None or at > story.at:
                continue
            position = self.rng.choice(["agreed"] * 4 + ["disagreed", "other"])
            told = {"number": number, "position": position, "content": OPINIONS[position]}
            by = story.officer(Role.HANDLER, unit)
            yield story.deed("reply_consultation", story.minutes(1, 4), **told, by=by)
            del self.awaited[number]

    def give_up(self) -> Generator[Deed, Dossier, str]:
        """What is said of those who have not answered when the result is there: withdrawn, or why not waited for."""
        story = self.story
        for number in list(self.awaited):
            if story.happens("opinion_withdrawn"):
                told = {"number": number, "reason": "Đã đủ căn cứ, không cần thêm ý kiến."}
                by = story.officer(Role.HANDLER)
                yield story.deed("withdraw_consultation", story.minutes(1, 4), **told, by=by)
                del self.awaited[number]
        return NOT_WAITED_FOR if self.awaited else ""


def correction(
    story: Story, number: str, electronic: str, means: str, *, signed: bool
) -> Generator[Deed, Dossier, None]:
    """A mistake is found in the result: it is put right, signed if the first was, and handed out again, or was none."""
    found = story.citizen_returns(1, 20)
    reason = "Sai ngày sinh của người nộp so với giấy tờ."
    yield story.deed("request_correction", found, by=story.receptionist, reason=reason)
    by = story.officer(Role.CLERK)
    if story.happens("correction_declined"):
        why = "Kết quả đúng như giấy tờ đã nộp."
        yield story.deed("decline_correction", story.minutes(60, DAY), by=by, reason=why)
        return
    if signed:
        signer = story.officer(Role.SIGNER)
        yield story.deed("sign_result", story.minutes(60, DAY // 2), by=signer, note="Bản đính chính.")
    told = {"number": f"{number}-ĐC", "electronic": electronic, "note": "Sửa ngày sinh."}
    yield story.deed("correct_result", story.minutes(DAY // 2, 3 * DAY), by=by, **told)
    at = max(story.office(story.at), story.at)
    yield story.deed("return_result", at, by=story.receptionist, means=means)
